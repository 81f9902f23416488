/** The leak meter: what attacks on the masked picture get out of every face, in bars and in words. */
import { element } from './dom.js';
import { text } from './strings.js';

const THRESHOLD_AT = 0.7; // of a bar: where a recognizer takes two pictures for one person
const FIRST = ['as-sent', 'recognition', 'stretch', 'search']; // in sight; the others fold away
const ALIKE = 30; // decibels: looks like the photo
const NOTHING_ALIKE = 5; // decibels

/**
 * Draws a report of `/leaks` or `/audit` in `place`.
 * @param {object|null} report null while there is none
 * @param {{note?: string, aside?: string, waiting?: string}} words below it, on its title, and while there is none
 */
export function showMeter(place, report, { note = '', aside = '', waiting = '' } = {}) {
  const opened = new Set([...place.querySelectorAll('details[open]')].map((each) => each.dataset.face));
  const known = place.querySelector('details') !== null;
  const title = element('h3', { title: aside }, text.meterTitle);
  if (!report) {
    place.replaceChildren(title, element('p', { class: 'hint' }, waiting));
    return;
  }
  if (!report.faces.length && !report.found) {
    place.replaceChildren(title, element('p', { class: 'hint' }, text.meterNoFace));
    return;
  }
  const few = report.faces.length === 1;
  const faces = report.faces.map((face) => {
    const drawn = faceOf(face, report.recognizer);
    drawn.open = known ? opened.has(String(face.id)) : few;
    return drawn;
  });
  const list = element('div', { class: 'meter-faces' }, faces);
  const folded = element('details', { class: 'more', 'data-face': 'all', open: opened.has('all') }, element('summary', {}, text.eachFace), list);
  place.replaceChildren(
    title,
    verdict(report),
    few ? list : faces.length ? folded : '',
    note ? element('p', { class: 'hint' }, note) : '',
  );
}

/** Whether a server refused because there is nothing to hide, which is no fault. */
export const hidesNothing = ({ code, message }) => code === 'no_face_found' || (code === 'invalid_value' && /nothing would be hidden/.test(message));

/** The whole in one sentence. Without a recognizer nobody can say that none recognizes: it is never called safe. */
function verdict(report) {
  const hidden = report.faces.filter((face) => face.hidden);
  const told = hidden.filter((face) => face.told).length;
  const shown = report.faces.length - hidden.length;
  const said = report.recognizer ? [] : [text.meterUnaided];
  if (told) said.push(report.recognizer ? text.meterTold(told) : text.meterUnaidedTold(told));
  else if (!report.recognizer && hidden.length) said.push(text.meterUnaidedNothing);
  if (shown) said.push(text.meterShown(shown));
  if (report.found) said.push(text.meterFound(report.found));
  const bad = told > 0 || report.found > 0;
  if (!said.length) said.push(text.meterSafe);
  const sentence = said.join('; ');
  return element('p', { class: `verdict ${bad ? 'bad' : shown || !report.recognizer ? 'warn' : 'good'}` }, `${sentence[0].toUpperCase()}${sentence.slice(1)}.`);
}

function faceOf(face, recognizer) {
  const state = !face.hidden ? 'shown' : face.told ? 'told' : 'hidden';
  const words = { shown: text.verdictShown, told: recognizer ? text.verdictTold : text.verdictBack, hidden: text.verdictHidden }[state];
  const order = ({ name }) => FIRST.indexOf(name);
  const first = face.attacks.filter((each) => order(each) >= 0).sort((a, b) => order(a) - order(b));
  const others = face.attacks.filter((each) => order(each) < 0);
  return element(
    'details',
    { class: 'meter-face', 'data-face': face.id },
    element('summary', {}, element('span', {}, text.face(face.id)), element('span', { class: `tag ${state}${recognizer ? '' : ' unaided'}` }, words)),
    attacksOf(first, recognizer),
    others.length ? element('details', { class: 'more', open: others.some((each) => each.told) }, element('summary', {}, text.moreAttacks(others.length)), attacksOf(others, recognizer)) : null,
  );
}

const attacksOf = (attacks, recognizer) => element('ul', { class: 'attacks' }, attacks.map((attack) => attackOf(attack, recognizer)));

function attackOf(attack, recognizer) {
  const fill = element('span', { class: 'fill' });
  fill.style.width = `${Math.round(100 * closeness(attack, recognizer))}%`;
  const bar = element('span', { class: `meter-bar${recognizer ? ' ticked' : ''}`, 'aria-hidden': 'true' }, fill);
  return element(
    'li',
    { class: attack.told ? 'told' : '', title: [attack.explanation, measured(attack)].filter(Boolean).join(' ') },
    element('span', { class: 'attack' }, text.attacks[attack.name] ?? attack.name),
    bar,
    element('span', { class: 'said' }, outcome(attack, recognizer)),
  );
}

const measured = ({ distance, threshold }) => (distance === null || threshold === null ? '' : text.attackMeasured(distance, threshold));

function outcome({ name, told, distance, psnr }, recognizer) {
  if (distance === null && name === 'search') return !told ? text.attackBlank : recognizer ? text.attackTold : text.attackFound;
  if (recognizer) return told ? text.attackTold : text.attackSafe;
  if (told) return text.attackAlike;
  return Number.isFinite(psnr) ? text.attackPsnr(psnr) : text.attackBlank;
}

/** How near to recognition, from 0 to 1. */
function closeness({ name, told, distance, threshold, psnr }, recognizer) {
  if (distance !== null && threshold !== null) return Math.min(1, THRESHOLD_AT * (threshold / Math.max(distance, 0.01)));
  if (recognizer || name === 'search') return told ? 1 : 0;
  return Number.isFinite(psnr) ? Math.min(1, Math.max(0, (psnr - NOTHING_ALIKE) / (ALIKE - NOTHING_ALIKE))) : 0;
}
