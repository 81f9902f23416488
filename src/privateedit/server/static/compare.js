/** Two of original, sent, returned and final beside each other, with a divider that a key moves too. */
import * as api from './api.js';
import { byId, complainOf, element, show } from './dom.js';
import { text } from './strings.js';
import { state } from './state.js';

const NAMES = ['original', 'sent', 'returned', 'final'];
let held = new Map(); // another one for every result and finish: what comes later for an earlier one is not shown
let at = 50;

/** Fills the two lists and makes the divider move. */
export function prepareCompare() {
  for (const id of ['left', 'right']) {
    byId(id).append(...NAMES.map((name) => element('option', { value: name, id: `${id}-${name}` }, text.pictures[name])));
    byId(id).addEventListener('change', refresh);
  }
  const divider = byId('divider');
  divider.addEventListener('input', () => divide(Number(divider.value)));
  const pair = byId('pair');
  const follow = (event) => {
    const box = pair.getBoundingClientRect();
    divide(Math.round(Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width))));
  };
  pair.addEventListener('pointerdown', (event) => {
    pair.setPointerCapture(event.pointerId);
    follow(event);
  });
  pair.addEventListener('pointermove', (event) => pair.hasPointerCapture(event.pointerId) && follow(event));
  divide(at);
}

/** Shows a new result: original against final. */
export async function compareResult() {
  held = new Map();
  keepRatio();
  byId('left').value = 'original';
  byId('right').value = 'final';
  await refresh();
}

/** Shows what came back where no face fits it: there is no final picture. */
export async function compareReturned() {
  held = new Map();
  keepRatio();
  byId('left').value = 'sent';
  byId('right').value = 'returned';
  await refresh();
}

/** Shows the final picture anew; the others stay. */
export async function compareFinal() {
  held = new Map(held);
  held.delete('final');
  keepRatio();
  await refresh();
}

/** Forgets every picture. */
export function forgetCompare() {
  held = new Map();
  show(byId('under'), null);
  show(byId('over'), null);
}

/** Gives the pair the proportions of the final picture, or of the photo while there is none to choose. */
function keepRatio() {
  const { width, height } = state.result ?? state.photo;
  for (const id of ['left', 'right']) byId(`${id}-final`).disabled = !state.result;
  byId('pair').style.setProperty('--ratio', String(width / height));
}

async function refresh() {
  const [left, right] = [byId('left').value, byId('right').value];
  const mine = held;
  try {
    const [one, two] = await Promise.all([fetched(left), fetched(right)]);
    if (mine !== held || left !== byId('left').value || right !== byId('right').value) return;
    for (const [id, name, blob] of [['over', left, one], ['under', right, two]]) {
      show(byId(id), blob);
      byId(id).alt = text.pictureAlt[name];
    }
    byId('side-left').textContent = text.pictures[left];
    byId('side-right').textContent = text.pictures[right];
  } catch (error) {
    if (mine === held) complainOf(error);
  }
}

async function fetched(name) {
  const { photo } = state;
  const mine = held;
  if (!mine.has(name)) {
    const blob = await api.picture(photo.id, name);
    mine.set(name, blob);
  }
  return mine.get(name);
}

function divide(percent) {
  at = percent;
  byId('divider').value = String(at);
  byId('over').style.clipPath = `inset(0 ${100 - at}% 0 0)`;
  byId('handle').style.left = `${at}%`;
  byId('side-left').style.opacity = at < 12 ? '0' : '1';
  byId('side-right').style.opacity = at > 88 ? '0' : '1';
}
