/** All of one photo of many: the very bytes that would leave, as large as wanted, and what they still tell. */
import * as api from './api.js';
import { element, keepHere, show, spinning } from './dom.js';
import { slider } from './controls.js';
import { sealedBytes, bare } from './leaving.js';
import { showMeter } from './meter.js';
import { opened } from './batch_photo.js';
import { batchText as words, text } from './strings.js';

const MOST = 8; // times the width of the window

/**
 * Masks a photo again and shows what would leave, until the person closes it; the photo is closed then too.
 * @param {object} item of the sheet @param {{look: object, service: string, model: string}} how as reviewed
 */
export async function viewWhole(item, { look, service, model }) {
  const stop = new AbortController();
  const { image, said, spinner, meter } = openDialog(item, () => stop.abort());
  try {
    await opened(item.file, stop.signal, async (photo) => {
      const sealing = sealedBytes(photo.id, look, { service, model }, stop.signal);
      const { sealed, blob } = await spinning(spinner, sealing);
      stop.signal.throwIfAborted();
      show(image, blob);
      image.alt = text.payloadAlt(sealed.hidden.length);
      const same = bare(sealed.digest) === item.digest;
      said.className = same ? 'hint' : 'warning';
      const size = text.sizeWords(sealed.bytes, sealed.width, sealed.height, sealed.format);
      said.textContent = same ? `${words.wholeSame} ${size}` : words.wholeChanged;
      showMeter(meter, null, { waiting: text.meterWait });
      showMeter(meter, await api.audit(photo.id, stop.signal), { note: text.meterSealed });
    });
  } catch (error) {
    if (api.isAborted(error)) return;
    said.className = 'warning';
    said.textContent = error.message;
  }
}

function openDialog(item, onClose) {
  const image = element('img', { alt: '' });
  keepHere(image);
  const stage = element('div', { class: 'whole-stage', tabIndex: 0, role: 'region', 'aria-label': words.alt(item.path) }, image);
  const zoom = slider(words.wholeZoom, { min: 1, max: MOST, step: 0.25, words: text.percent }, (times) =>
    stage.style.setProperty('--zoom', String(times)),
  );
  zoom.value = 1;
  const spinner = element('span', { class: 'spinner', hidden: true, 'aria-hidden': 'true' });
  const said = element('p', { class: 'hint', role: 'status' }, words.wholeSealing);
  const meter = element('section', { class: 'meter', 'aria-label': text.meter });
  const close = element('button', { type: 'button', class: 'secondary', onclick: () => root.close() }, words.wholeClose);
  const title = element('h2', { id: 'whole-title' }, item.path, spinner);
  const root = element('dialog', { id: 'whole', class: 'ask whole', 'aria-labelledby': 'whole-title' }, title, stage, zoom.root, said, meter, close);
  root.addEventListener('close', () => {
    onClose();
    show(image, null);
    root.remove();
  });
  document.body.append(root);
  root.showModal();
  return { image, said, spinner, meter };
}
