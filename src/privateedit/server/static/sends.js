/**
 * What left this device since the page was opened: one record for all of the page, whichever photo it was.
 * It only grows. What is unknown stays beside what is known.
 */

let sent = null; // the latest that left, in words
let unknown = null; // the latest of which nobody knows, in words
let underWay = 0;

/** Notes that something left, in words. */
export function noteSent(words) {
  sent = words;
}

/** Notes that something may have left, in words. */
export function noteUnknown(words) {
  unknown = words;
}

/** Notes that an edit begins, from which on the page does not know that nothing was sent. */
export function noteBegun() {
  underWay += 1;
}

/** Notes that an edit ended. */
export function noteEnded() {
  underWay = Math.max(0, underWay - 1);
}

/** What left or may have left, the worst first: `{kind, words}` with kind `unknown` or `sent`; null for nothing. */
export function record() {
  if (unknown) return { kind: 'unknown', words: [unknown, sent].filter(Boolean).join('. ') };
  return sent ? { kind: 'sent', words: sent } : null;
}

/** Whether the page knows that nothing was sent: none was since it was opened, and no edit is under way. */
export const isNothingSent = () => !sent && !unknown && underWay === 0;
