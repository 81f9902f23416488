/** The sheet: one card a photo, with the small picture of what would leave and its state in words. */
import { element } from './dom.js';
import { batchText as words, bytes } from './strings.js';

/** A card for a photo; `onChoose()` is told when it is chosen or not. */
export function card(item, onChoose) {
  const image = element('img', { alt: '', hidden: true });
  const choose = element('input', { type: 'checkbox', checked: true, 'aria-label': words.send(item.path), onchange: () => ((item.chosen = choose.checked), onChoose()) });
  const state = element('span', { class: 'state' });
  const said = element('span', { class: 'card-said' });
  const made = element('li', { class: 'card' }, element('label', {}, element('span', { class: 'thumbnail' }, image), element('span', { class: 'card-line' }, choose, element('span', { class: 'card-name', title: item.path }, item.path))), state, said);
  item.parts = { image, choose, state, said };
  item.card = made;
  refreshCard(item);
  return made;
}

/** Brings a card up to date. */
export function refreshCard(item, busy = null) {
  const { image, choose, state, said } = item.parts;
  if (item.thumbnail && image.src !== item.thumbnail) image.src = item.thumbnail;
  image.hidden = !item.thumbnail;
  image.alt = item.thumbnail ? words.alt(item.path) : '';
  const usable = item.state === 'ready';
  choose.checked = usable && item.chosen;
  if (busy !== null || !usable) choose.disabled = !usable || Boolean(busy);
  state.textContent = words.states[item.state];
  const facts = usable ? `${words.faces(item.hidden)} · ${bytes(item.bytes)}` : '';
  said.textContent = item.said || [facts, usable && item.names ? words.names(item.names) : ''].filter(Boolean).join(' · ');
  item.card.dataset.state = item.state;
  item.card.classList.toggle('off', usable && !item.chosen);
}
