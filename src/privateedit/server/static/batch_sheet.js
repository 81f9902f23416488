/** The sheet: where photos come in, and one card a photo with what would leave and its state in words. */
import { element, keepHere } from './dom.js';
import { batchText as words, bytes } from './strings.js';
import { dropped, picked } from './folders.js';

const PICTURES = 'image/*,.heic,.heif,.avif,.tif,.tiff';

/**
 * Builds the empty place and the sheet.
 * @param {{onTake: (found: object[]) => void, onAll: (on: boolean) => void, onClear: () => void}} does
 */
export function makeSheet({ onTake, onAll, onClear }) {
  const cards = element('ul', { class: 'cards', id: 'cards' });
  const count = element('p', { class: 'count', id: 'many-count', role: 'status' });
  const small = (title, onclick, id = null) => element('button', { type: 'button', class: 'quiet small', id, onclick }, title);
  const clear = small(words.cleared, onClear, 'many-clear');
  const bar = element(
    'div',
    { class: 'sheet-bar' },
    element('h2', {}, words.sheet),
    count,
    small(words.chooseAll, () => onAll(true)),
    small(words.chooseNone, () => onAll(false)),
    clear,
  );
  const hint = element('p', { class: 'hint' }, words.keptAway);
  const sheet = element('div', { class: 'sheet', hidden: true }, bar, hint, cards);
  const start = entrance(onTake);
  const root = element('section', { class: 'many-sheet', 'aria-label': words.sheet }, start, sheet);
  root.addEventListener('drop', async (event) => onTake(await dropped(event.dataTransfer)));
  return { root, start, sheet, cards, count, clear };
}

/** Where photos or a folder are chosen. */
function entrance(onTake) {
  const pick = (id, more) => {
    const input = element('input', {
      type: 'file',
      class: 'pick',
      id,
      multiple: true,
      ...more,
      onchange: () => {
        const found = picked(input.files);
        input.value = '';
        onTake(found);
      },
    });
    return input;
  };
  const button = (id, kind, title) => element('label', { class: `button ${kind}`, for: id }, title);
  const choices = [
    pick('pick-folder', { webkitdirectory: true }),
    button('pick-folder', 'primary', words.pickFolder),
    pick('pick-files', { accept: PICTURES }),
    button('pick-files', 'secondary', words.pickFiles),
  ];
  return element(
    'div',
    { class: 'drop', id: 'many-drop' },
    element('h2', {}, words.title),
    element('p', { class: 'lead' }, words.lead),
    element('p', { class: 'drop-actions' }, choices),
    element('p', { class: 'hint' }, words.dropHere),
  );
}

/**
 * A card for a photo; `onChoose()` is told when it is chosen or not, `onView()` when its picture is clicked.
 */
export function card(item, onChoose, onView) {
  const image = element('img', { alt: '', hidden: true });
  keepHere(image);
  const choose = element('input', {
    type: 'checkbox',
    checked: true,
    'aria-label': words.send(item.path),
    onchange: () => {
      item.chosen = choose.checked;
      onChoose();
    },
  });
  const whole = element(
    'button',
    { type: 'button', class: 'thumbnail', 'aria-label': words.whole(item.path), onclick: onView },
    image,
  );
  const name = element('span', { class: 'card-name', title: item.path }, item.path);
  const state = element('span', { class: 'state' });
  const said = element('span', { class: 'card-said' });
  item.card = element('li', { class: 'card' }, whole, element('label', { class: 'card-line' }, choose, name), state, said);
  item.parts = { image, choose, whole, state, said };
  refreshCard(item);
  return item.card;
}

/** Brings a card up to date. */
export function refreshCard(item, busy = null) {
  const { image, choose, whole, state, said } = item.parts;
  if (item.thumbnail && image.src !== item.thumbnail) image.src = item.thumbnail;
  image.hidden = !item.thumbnail;
  image.alt = item.thumbnail ? words.alt(item.path) : '';
  const usable = item.state === 'ready';
  choose.checked = usable && item.chosen;
  if (busy !== null || !usable) choose.disabled = !usable || Boolean(busy);
  if (busy !== null) whole.disabled = Boolean(busy) || !item.digest;
  state.textContent = words.states[item.state];
  const facts = usable ? `${words.faces(item.hidden)} · ${bytes(item.bytes)}` : '';
  const names = usable && item.names ? words.names(item.names) : '';
  said.textContent = item.said || [facts, names].filter(Boolean).join(' · ');
  item.card.dataset.state = item.state;
  item.card.classList.toggle('off', usable && !item.chosen);
}
