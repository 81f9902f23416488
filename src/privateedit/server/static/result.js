/** The result: its report, how it is finished, and taking it along. */
import * as api from './api.js';
import { announce, byId, complain, complainOf, debounced, element, save, spinning } from './dom.js';
import { list, oneOf, slider, toggle, words } from './controls.js';
import { numbered, text } from './strings.js';
import { change, state } from './state.js';
import { compareFinal } from './compare.js';

/** What the person changed of the finishing of one photo; survives from one result to the next. */
const wanted = {};
const UNSAID = { harmonize: 'auto', style_match: 'auto', blend: 'auto', size: 'edited' };
const MANY = 3; // faces; of more, only those with something to say are in sight
let fitting = null;

/** The finishing that holds where nobody chose one. */
export const usualFinishing = () => ({ ...UNSAID, ...state.choices.finish });

/** The finishing of one photo, as the server takes it. */
export const finishing = () => ({ ...usualFinishing(), ...wanted });

/** Fills the section while there is no result. */
export function forgetResult() {
  fitting?.abort();
  byId('result').replaceChildren(element('p', { class: 'hint' }, text.resultNone));
}

/** Shows a result in the panel. */
export function showResult(result) {
  const report = element('div', { id: 'report' });
  byId('result').replaceChildren(report, taking(), closeness(text.closeness, text.closenessNote, finishAgain));
  describe(result, report);
}

/**
 * Shows that no face fits what came back, and how it may be tried otherwise.
 * @param {string} why @param {(result: object) => void} onResult gets a result, once the faces fit
 */
export function showMisfit(why, onResult) {
  const said = element('p', { class: 'warning' }, why);
  const again = (spinner) =>
    fittedAgain(spinner, onResult, (error) => {
      if (error.code === 'cannot_align') said.textContent = error.message;
      else complainOf(error);
    });
  byId('result').replaceChildren(element('h3', {}, text.reportTitle), said, closeness(text.again, text.misfitNote, again));
}

function describe(result, place = byId('report')) {
  const rowOf = ({ sentence, guessed, gone }) =>
    element('li', { class: guessed ? 'bad' : gone ? 'warn' : 'good' }, numbered(sentence).split('\n').map(lineOf));
  const many = result.report.length > MANY;
  const loud = result.report.filter(({ guessed, gone }) => !many || guessed || gone).map(rowOf);
  const quiet = result.report.filter(({ guessed, gone }) => many && !guessed && !gone).map(rowOf);
  const told = new Set(result.report.flatMap(({ sentence }) => sentence.split('\n')));
  const rest = result.text.split('\n').filter((line) => line && !told.has(line));
  place.replaceChildren(
    element('h3', {}, text.reportTitle),
    loud.length || rest.length ? element('ul', { class: 'report' }, loud, rest.map((line) => element('li', {}, numbered(line)))) : '',
    quiet.length ? element('details', { class: 'more' }, element('summary', {}, text.reportAll(quiet.length)), element('ul', { class: 'report' }, quiet)) : '',
    element('p', { class: 'hint' }, text.resultSize(result.width, result.height)),
  );
}

/** A sentence with its figures, in brackets, set apart. */
function lineOf(line) {
  const [, said, figures] = line.match(/^(.*?) \((.*)\)\.$/) ?? [null, line, null];
  return element('span', {}, figures ? `${said}. ` : said, figures ? element('small', {}, figures) : null);
}

function closeness(title, note, task) {
  const spinner = element('span', { class: 'spinner', hidden: true, 'aria-hidden': 'true' });
  const again = debounced(() => task(spinner), 250);
  const set = (some) => {
    Object.assign(wanted, some);
    again();
  };
  const light = amount('harmonize', text.harmonize, set);
  const edge = amount('blend', text.blend, set);
  const style = toggle(text.style, (on) => set({ style_match: on ? 'auto' : 'off' }));
  style.value = finishing().style_match === 'auto';
  return element('section', { class: 'fit' }, element('h3', {}, title, spinner), element('p', { class: 'hint' }, note), light, style.root, edge, sizes(set));
}

/** Automatic, or a share from 0 to 1. */
function amount(name, title, set) {
  const auto = toggle(text.auto, (on) => {
    share.input.disabled = on;
    set({ [name]: on ? 'auto' : share.value });
  });
  const share = slider(title, { min: 0, max: 1, step: 0.05, words: text.percent }, (value) => set({ [name]: value }));
  const now = finishing()[name];
  auto.value = now === 'auto';
  share.input.disabled = auto.value;
  share.value = auto.value ? 1 : now;
  auto.input.setAttribute('aria-label', `${title}: ${text.auto}`);
  return element('div', { class: 'amount' }, share.root, auto.root);
}

function sizes(set) {
  const { photo } = state;
  const kinds = oneOf(text.outSize, Object.entries(text.outSizes).map(([value, title]) => ({ value, title })), (kind) => {
    exact.hidden = kind !== 'exact';
    set({ size: kind === 'exact' ? given() : kind });
  }, 'segments');
  const given = () => `${width.value}x${height.value}`;
  const side = (title) => {
    const field = words(title, {}, () => whole() && set({ size: given() }));
    Object.assign(field.input, { type: 'number', min: 16, max: 20000, inputMode: 'numeric' });
    return field;
  };
  const width = side(text.width);
  const height = side(text.height);
  const whole = () => [width, height].every(({ value }) => /^\d{2,5}$/.test(value));
  const { size } = finishing();
  const [before] = size.match(/^\d+x\d+$/) ?? [];
  [width.value, height.value] = before ? before.split('x') : [photo.width, photo.height].map(String);
  const exact = element('div', { class: 'exact', hidden: !before }, width.root, height.root);
  kinds.value = before ? 'exact' : size;
  return element('div', {}, kinds.root, exact);
}

const finishAgain = (spinner) =>
  fittedAgain(
    spinner,
    async (result) => {
      change({ result, taken: false });
      describe(result);
      complain(null);
      await compareFinal();
    },
    complainOf,
  );

/** Puts the faces in otherwise; only the latest answer counts. */
async function fittedAgain(spinner, onResult, onError) {
  fitting?.abort();
  const mine = (fitting = new AbortController());
  const { photo } = state;
  try {
    const result = await spinning(spinner, api.finish(photo.id, finishing(), mine.signal));
    if (fitting !== mine || state.photo !== photo) return;
    await onResult(result);
  } catch (error) {
    if (fitting === mine && !api.isAborted(error)) onError(error);
  }
}

function taking() {
  const { formats } = state.choices;
  const format = list(text.format, formats.map(({ name }) => ({ value: name, title: text.formats[name] ?? name.toUpperCase() })), refresh);
  const quality = slider(text.quality, { min: 50, max: 100, step: 1, words: String }, () => {});
  const metadata = toggle(text.keepMetadata, () => {}, text.keepMetadataNote);
  const spinner = element('span', { class: 'spinner', hidden: true, 'aria-hidden': 'true' });
  const button = element('button', { type: 'button', class: 'primary', onclick: take }, text.saveIt);
  quality.value = 92;
  format.value = formatFor(state.fileName, formats).name;
  function refresh() {
    quality.root.hidden = ['png', 'tiff', 'bmp'].includes(format.value);
  }
  async function take() {
    const { photo, fileName, result } = state; // others may be there when the picture is
    const how = { format: format.value, quality: quality.value, metadata: metadata.value ? 'keep' : 'drop' };
    button.disabled = true;
    try {
      const blob = await spinning(spinner, api.download(photo.id, how));
      save(blob, editedName(fileName, formats.find((each) => each.name === how.format).suffix));
      if (state.result === result) change({ taken: true });
      announce(text.saved);
    } catch (error) {
      complainOf(error);
    } finally {
      button.disabled = false;
    }
  }
  refresh();
  return element('section', { class: 'take' }, element('h3', {}, text.download, spinner), format.root, quality.root, state.photo.metadata ? metadata.root : null, button, element('p', { class: 'hint' }, text.saved.split('. ').slice(1).join('. ')));
}

/** PNG for what was PNG, JPEG for every other photo. */
export const formatFor = (name, formats) =>
  formats.find((each) => each.name === (/\.png$/i.test(name) ? 'png' : 'jpeg')) ?? formats[0];

/** `holiday.heic` becomes `holiday-edited.jpg`. */
export function editedName(name, suffix) {
  const stem = name.replace(/\.[^.]*$/, '') || 'photo';
  const ending = suffix.replace(/^\.?/, '.');
  return `${stem}-edited${ending}`;
}
