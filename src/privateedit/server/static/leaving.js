/** "What leaves this device": the exact bytes, shown, with their digest computed here. */
import * as api from './api.js';
import { announce, byId, complainOf, element, keepHere, show, spinning } from './dom.js';
import { text } from './strings.js';
import { change, isSealed, sealKey, service, state, watch, wholeLook } from './state.js';
import { showMeter } from './meter.js';

let under = null;
let caption = '';

/** SHA-256 of bytes, in hexadecimal. */
async function digestOf(blob) {
  const sum = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A digest without the name of its algorithm. */
export const bare = (digest) => digest.toLowerCase().replace(/^sha-?256[:=]/, '');

/**
 * Seals the photo as it is set, fetches the bytes and holds that they are the sealed ones.
 * @returns {Promise<boolean>} whether they are shown
 */
export async function seeWhatLeaves(spinner) {
  under?.abort();
  const mine = (under = new AbortController());
  const key = sealKey();
  const { photo, editor } = state;
  change({ sealed: null, looking: true });
  try {
    const { sealed, blob } = await spinning(spinner, sealedBytes(photo.id, wholeLook(), editor, mine.signal));
    if (under !== mine || key !== sealKey()) return false;
    show(byId('payload'), blob);
    byId('payload').parentElement.style.setProperty('--ratio', String(sealed.width / sealed.height));
    const known = new Set(photo.faces.map((face) => face.id));
    change({ sealed: { ...sealed, key, proven: true } });
    describe(sealed, sealed.faces.filter((face) => !known.has(face.id)).length);
    if (sealed.faces.length > known.size) adopt(sealed);
    announce(text.sealedReady);
    attack(photo, mine);
    return true;
  } catch (error) {
    if (under !== mine || api.isAborted(error)) return false;
    forgetLeaving();
    complainOf(error);
    return false;
  } finally {
    if (under === mine) change({ looking: false });
  }
}

/**
 * Seals an open photo, fetches the bytes and holds that they are the sealed ones: `{sealed, blob}`.
 * @throws {api.Failure} when they are not
 */
export async function sealedBytes(id, look, { service: name, model }, signal) {
  const sealed = await api.seal(id, look, name, model, signal);
  const blob = await api.payload(id, signal);
  const same = (await digestOf(blob)) === bare(sealed.digest) && blob.size === sealed.bytes && sealed.sealed === true;
  if (!same) throw new api.Failure(api.knowing(text.digestWrong), { code: 'digest' });
  return { sealed, blob };
}

/** Takes what was shown away. */
export function forgetLeaving() {
  under?.abort();
  under = null;
  show(byId('payload'), null);
  change({ sealed: null, looking: false });
  document.getElementById('leaves-facts')?.remove();
  byId('leaves-intro').hidden = false;
}

/** Fills the section before anything was sealed. */
export function prepareLeaving(place, ...below) {
  keepHere(byId('payload'));
  watch(['photo', 'look', 'marks', 'editor', 'sealed'], mark);
  place.replaceChildren(element('p', { class: 'hint', id: 'leaves-intro' }, text.leavesIntro), ...below);
}

/** Whether a picture is shown that is not what would leave, or not proven to be. */
export const isStale = () => byId('payload').hasAttribute('src') && !isSealed();

function mark() {
  byId('stamp').hidden = !isSealed();
  byId('view-leaves').classList.toggle('stale', isStale());
  byId('payload-caption').textContent = isStale() ? text.notLeaving : caption;
}

/** Takes over faces that the second search found and hid, so that they can be seen and chosen. */
const adopt = ({ faces }) => change({ photo: { ...state.photo, faces } });

/** Whether anything is painted by hand. */
const isPainted = ({ strokes, boxes }) => boxes.length > 0 || strokes.some(({ kind }) => kind === 'brush');

function describe(sealed, late) {
  document.getElementById('leaves-facts')?.remove();
  byId('leaves-intro').hidden = true;
  const size = text.sizeWords(sealed.bytes, sealed.width, sealed.height, sealed.format);
  byId('payload').alt = text.payloadAlt(sealed.hidden.length);
  caption = `${service().local ? text.exactlyLocal : text.exactly} · ${size}`;
  byId('stamp').textContent = text.sealedTitle;
  mark();
  const row = (name, value, note) => [element('dt', {}, name), element('dd', {}, value, note ? element('small', {}, note) : null)];
  const hidden = sealed.hidden.length ? text.hiddenList(sealed.hidden, sealed.faces.length) : text.nobodyHidden(isPainted(state.marks));
  const facts = element(
    'div',
    { id: 'leaves-facts' },
    element('div', { class: 'proof' }, element('strong', {}, text.sealedTitle), element('p', {}, text.sealedWords)),
    element(
      'dl',
      { class: 'facts' },
      row(text.size, size),
      row(text.hiddenFaces, hidden),
      row(text.digest, element('code', { class: 'digest' }, bare(sealed.digest)), text.digestSame),
    ),
    sealed.shown.length ? element('p', { class: 'warning' }, text.shownWarning(sealed.shown.length)) : null,
    late ? element('p', { class: 'hint' }, text.lateWords(late)) : null,
    sealed.kept ? element('p', { class: 'hint' }, text.keptWords) : null,
    element('section', { class: 'meter', id: 'sealed-meter', 'aria-label': text.meter }),
  );
  byId('leaves').prepend(facts);
}

/** Measures the sealed picture at full size, beside everything else. */
async function attack(photo, mine) {
  const place = byId('sealed-meter');
  showMeter(place, null, { waiting: text.meterWait });
  try {
    const report = await api.audit(photo.id, mine.signal);
    if (under === mine && place.isConnected) showMeter(place, report, { note: text.meterSealed });
  } catch (error) {
    if (place.isConnected) showMeter(place, null, { waiting: api.isAborted(error) ? '' : error.message });
  }
}
