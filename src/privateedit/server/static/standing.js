/** The one line that says, at every moment, whether anything was sent. */
import { byId } from './dom.js';
import { noteBegun, noteEnded, noteSent, noteUnknown, record } from './sends.js';
import { text } from './strings.js';

let resting = null; // what is said while nothing was sent
let sending = null; // what is said while something is being sent

function draw() {
  const { kind, words } = sending ?? record() ?? { kind: 'nothing', words: resting ?? text.nothingSent };
  const line = byId('standing');
  line.dataset.kind = kind;
  line.title = words;
  byId('standing-text').textContent = words;
}

/** Says what was sent since the page was opened, whatever is open now. */
export function standStill() {
  resting = null;
  draw();
}

/** Says that an edit is under way. One on this device leaves what was sent before in sight. */
export function standBegin({ title, local }) {
  noteBegun();
  resting = local ? text.editingHere : null;
  sending = local ? null : { kind: 'sending', words: text.sendingTo(title) };
  draw();
}

/** Says that it ended; what it sent was noted before. @param {boolean} done here whether it was edited on this device */
export function standEnd(done = false) {
  noteEnded();
  resting = done ? text.localDone : null;
  sending = null;
  draw();
}

/** Notes what an error or a result told of a send: `no`, `yes` or `unknown`; `words` instead of the usual ones. */
export function standAfter(sent, title, words = null) {
  if (sent === 'yes') noteSent(words ?? text.sentOnce(title, now()));
  else if (sent !== 'no') noteUnknown(words ?? text.sentUnknown(title));
  draw();
}

/** The time of day, as people write it. */
export const now = () => new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
