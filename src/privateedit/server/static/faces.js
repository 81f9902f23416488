/** The list of faces: each can be hidden or shown without a pointer. */
import { byId, element } from './dom.js';
import { text } from './strings.js';
import { hiddenIds, state } from './state.js';
import { hideAll, toggleFace } from './marks.js';

/** Draws the list anew; the focus stays where it was. */
export function showFaces() {
  const place = byId('faces');
  const { photo } = state;
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.face : null;
  place.replaceChildren();
  if (!photo) return;
  const hidden = new Set(hiddenIds());
  const shown = photo.faces.filter((face) => !hidden.has(face.id));
  if (photo.faces.length === 0) place.append(element('p', { class: 'warning' }, text.noFaces));
  else place.append(faceList(photo.faces, hidden, shown.length > 0));
  if (shown.length) place.append(element('p', { class: 'warning' }, text.shownWarning(shown.length)));
  if (photo.several) place.append(element('p', { class: 'hint' }, text.severalFrames));
  if (photo.transparent) place.append(element('p', { class: 'hint' }, text.transparent));
  if (focused !== null) place.querySelector(`[data-face="${focused}"]`)?.focus();
}

const MANY = 4; // faces; of more, only the numbers are shown

function faceList(faces, hidden, someShown) {
  const [word, number] = [text.face(0).replace(/\d+$/, ''), (id) => text.face(id).match(/\d+$/)[0]];
  const chips = faces.map((face) => {
    const on = hidden.has(face.id);
    const input = element('input', { type: 'checkbox', checked: on, disabled: state.choices.fixed_policy, 'data-face': face.id, onchange: () => toggleFace(face.id) });
    return element('label', { class: 'chip' }, input, element('span', {}, element('span', { class: faces.length > MANY ? 'unseen' : '' }, word), `${number(face.id)} `, element('em', {}, on ? text.hidden : text.shown)));
  });
  const all = element('button', { type: 'button', class: 'quiet small', hidden: !someShown, onclick: hideAll }, text.hideAll);
  return element('fieldset', { class: 'faces' }, element('legend', {}, text.facesTitle), element('div', { class: 'row' }, chips, all));
}
