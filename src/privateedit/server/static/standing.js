/** The one line that says, at every moment, whether anything was sent. */
import { byId } from './dom.js';
import { text } from './strings.js';

let last = null; // what left, or may have left, of what is open now

/** @param {'nothing'|'sending'|'sent'|'unknown'|'handed'} kind @param {string} words */
export function stand(kind, words) {
  if (kind === 'sent' || kind === 'handed' || (kind === 'unknown' && !last)) last = { kind, words };
  const line = byId('standing');
  line.dataset.kind = kind;
  line.title = words;
  byId('standing-text').textContent = words;
}

/** Says that nothing was sent, or what was sent before. */
export const nothingSent = () => (last ? stand(last.kind, last.words) : stand('nothing', text.nothingSent));

/** Begins anew, with another photo of which nothing was sent. */
export function forgetSends() {
  last = null;
  nothingSent();
}

/** The time of day, as people write it. */
export const now = () => new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** Says what an error or a result told of the send: `no`, `yes` or `unknown`. A send that happened stays one. */
export function standAfter(sent, { title, local }) {
  if (sent === 'yes') stand('sent', text.sentOnce(title, now()));
  else if (sent === 'unknown') stand('unknown', text.sentUnknown(title));
  else if (local && !last) stand('nothing', text.localDone);
  else nothingSent();
}
