/** The one line that says, at every moment, whether anything was sent. */
import { byId } from './dom.js';
import { text } from './strings.js';

/** @param {'nothing'|'sending'|'sent'|'unknown'|'handed'} kind @param {string} words */
export function stand(kind, words) {
  byId('standing').dataset.kind = kind;
  byId('standing-text').textContent = words;
  byId('standing').title = words;
}

export const nothingSent = () => stand('nothing', text.nothingSent);

/** The time of day, as people write it. */
export const now = () => new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** What an error or a result says of the send: `no`, `yes` or `unknown`. A send that happened stays one. */
export function standAfter(sent, { title, local }) {
  if (sent === 'yes') stand('sent', text.sentOnce(title, now()));
  else if (sent === 'unknown') stand('unknown', text.sentUnknown(title));
  else if (local) stand('nothing', text.localDone);
  else nothingSent();
}
