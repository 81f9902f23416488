/** Sending what was shown, following it, and stopping it. */
import * as api from './api.js';
import { announce, byId, complain, complainOf } from './dom.js';
import { text } from './strings.js';
import { change, hasWords, instruction, isSealed, service, state, watch } from './state.js';
import { stand, standAfter } from './standing.js';

let job = null;
let stopping = false;
let clock = null;

/** Begins to keep the buttons in step with what is known. */
export function keepActions() {
  watch(['photo', 'look', 'marks', 'editor', 'words', 'sealed', 'busy', 'result'], refresh);
  byId('cancel').addEventListener('click', stop);
}

/** Why Send is not possible, or what it does. */
function reason() {
  const chosen = service();
  if (!state.sealed) return text.seeFirst;
  if (!isSealed()) return text.stale;
  if (!chosen.ready) return text.notReady;
  if (!hasWords()) return text.wordsFirst;
  return chosen.local ? text.allSetLocal : text.allSet(chosen.title);
}

function refresh() {
  const chosen = service();
  if (!chosen || !state.photo) return;
  const send = byId('send');
  send.textContent = chosen.local ? text.sendLocal : text.sendTo(chosen.title);
  send.disabled = !(isSealed() && chosen.ready && hasWords()) || state.busy;
  const see = byId('see');
  see.textContent = state.sealed && !isSealed() ? text.seeAgain : text.see;
  see.disabled = state.busy;
  see.className = isSealed() || state.result ? 'secondary' : 'primary';
  send.className = isSealed() && !state.result ? 'primary' : 'secondary';
  byId('why').textContent = state.busy ? '' : reason();
  byId('why').dataset.stale = String(Boolean(state.sealed) && !isSealed());
}

/**
 * Sends exactly what is shown, with the finishing that is set.
 * @returns {Promise<object|null>} the result; null when there is none, which the page then tells
 */
export async function send(finishing) {
  if (!isSealed() || state.busy) return null;
  const { photo, sealed } = state;
  const chosen = service();
  complain(null);
  change({ busy: true });
  stopping = false;
  begin(chosen);
  try {
    ({ job } = await api.edit(photo.id, { digest: sealed.digest, ...instruction(), ...finishing }));
    const result = await api.follow(photo.id, job, (stage) => progress(stage, chosen));
    standAfter(result.sent, chosen);
    announce(text.resultReady);
    return result;
  } catch (error) {
    if (error.code === 'preview_changed') change({ sealed: null });
    standAfter(error.sent ?? 'unknown', { ...chosen, local: false });
    complainOf(error);
    return null;
  } finally {
    end();
  }
}

function begin(chosen) {
  const from = Date.now();
  let words = chosen.local ? text.editingNow : text.waiting;
  stand('sending', chosen.local ? text.editingHere : text.sendingTo(chosen.title));
  byId('progress').hidden = false;
  byId('cancel').disabled = false;
  byId('progress-text').textContent = words;
  byId('cancel').focus();
  // The seconds are for the eye: a screen reader hears a stage once.
  clock = setInterval(() => (byId('progress-text').dataset.seconds = text.seconds(Math.round((Date.now() - from) / 1000))), 1000);
}

function progress(stage, chosen) {
  if (stopping) return;
  const words = { waiting: text.waiting, sending: chosen.local ? text.editingNow : text.sendingNow(chosen.title), restoring: text.restoring }[stage];
  if (words) byId('progress-text').textContent = words;
}

async function stop() {
  if (!job || stopping) return;
  stopping = true;
  byId('cancel').disabled = true;
  byId('progress-text').textContent = text.cancelling;
  try {
    await api.cancel(state.photo.id, job);
  } catch (error) {
    complainOf(error);
  }
}

function end() {
  clearInterval(clock);
  delete byId('progress-text').dataset.seconds;
  job = null;
  byId('progress').hidden = true;
  const inside = byId('progress').contains(document.activeElement) || document.activeElement === document.body;
  change({ busy: false });
  if (inside) byId('see').focus();
}
