/** "I'll use another app": the masked picture goes along by hand, and the edited one comes back. */
import * as api from './api.js';
import { complain, complainOf, element, save, spinning } from './dom.js';
import { bare } from './leaving.js';
import { finishing } from './result.js';
import { record } from './sends.js';
import { text } from './strings.js';
import { isSealed, state, watch } from './state.js';
import { now, standAfter } from './standing.js';

/**
 * Builds the section; `onResult(result)` gets what came of a picture that was brought back, and
 * `onMisfit(why)` is told when the faces do not fit it.
 */
export function byHand(onResult, onMisfit) {
  const out = element('button', { type: 'button', class: 'secondary', onclick: handOver }, text.handOver);
  const spinner = element('span', { class: 'spinner', hidden: true, 'aria-hidden': 'true' });
  const pick = element('input', { type: 'file', class: 'pick', id: 'pick-returned', accept: 'image/*,.heic,.heif,.avif,.tif,.tiff', onchange: () => bring(pick.files[0]) });
  const zone = element('div', { class: 'return-zone', id: 'return-zone' }, element('p', {}, text.dropReturned, spinner), pick, element('label', { class: 'button secondary', for: 'pick-returned' }, text.chooseReturned));
  const hint = element('p', { class: 'hint' }, text.handOverHint);
  const root = element('details', { class: 'more by-hand', id: 'by-hand' }, element('summary', {}, text.byHand), element('p', { class: 'hint' }, text.byHandIntro), out, hint, zone);
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove('over');
    document.body.classList.remove('dragging');
    bring(event.dataTransfer.files[0]);
  });
  const refresh = () => {
    out.disabled = !isSealed() || Boolean(state.busy);
    hint.hidden = isSealed();
    pick.disabled = Boolean(state.busy);
  };
  watch(['photo', 'look', 'marks', 'editor', 'sealed', 'busy'], refresh);
  refresh();

  async function handOver() {
    const { photo, sealed } = state;
    try {
      const blob = await api.handOver(photo.id, sealed.digest);
      save(blob, `masked-${bare(sealed.digest).slice(0, 8)}.${sealed.format}`); // the photo's own name may tell
      standAfter('yes', '', text.handedOver(now()));
    } catch (error) {
      complainOf(error);
    }
  }

  async function bring(file) {
    if (!file || !state.photo || state.busy) return;
    complain(null);
    pick.value = '';
    const { id } = state.photo;
    const isOpen = () => state.photo?.id === id; // or what came of it is nobody's any more
    try {
      const result = await spinning(spinner, api.returned(id, file, finishing()));
      if (result.sent === 'yes' && !record()) standAfter('yes', '', text.handedOver(now())); // taken from the screen
      if (isOpen()) onResult(result);
    } catch (error) {
      if (!isOpen()) return;
      if (error.code === 'cannot_align') onMisfit(error.message);
      else complainOf(error);
    }
  }
  return root;
}
