/** The four steps of one photo: one is open, and the headings of all say how far it is. */
import { byId } from './dom.js';
import { text } from './strings.js';
import { hasWords, hiddenIds, isSealed, service, state } from './state.js';

/** Opens one step; the headings of all stay in sight. */
export function openStep(name) {
  for (const each of ['hide', 'ask', 'leaves', 'result']) byId(`step-${each}`).open = each === name;
}

/** Writes beside each heading what is set there. */
export function showGists() {
  const { photo, result } = state;
  if (!photo) return;
  byId('gist-hide').textContent = text.facesGist(hiddenIds().length, photo.faces.length);
  byId('gist-ask').textContent = text.askGist(state.words, service()?.title ?? '');
  byId('gist-leaves').textContent = isSealed() ? text.sealedGist : '';
  byId('gist-result').textContent = result ? text.resultSize(result.width, result.height) : '';
  document.body.classList.toggle('ready', isSealed() && hasWords());
}
