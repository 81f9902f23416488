/** Sending what was shown, following it, and stopping it. */
import * as api from './api.js';
import { announce, byId, complain, complainOf } from './dom.js';
import { text } from './strings.js';
import { change, hasWords, instruction, isSealed, isWarned, service, state, watch } from './state.js';
import { isStale } from './leaving.js';
import { standAfter, standBegin, standEnd } from './standing.js';

let job = null;
let stopping = false;
let clock = null;

/** Begins to keep the buttons in step with what is known. */
export function keepActions() {
  watch(['photo', 'look', 'marks', 'editor', 'words', 'sealed', 'looking', 'busy', 'result', 'named'], refresh);
  byId('cancel').addEventListener('click', stop);
}

/** Why Send is not possible, or what it does. */
function reason() {
  const chosen = service();
  if (state.looking) return text.sealing;
  if (!isSealed()) return isStale() ? text.stale : text.seeFirst;
  if (!chosen.ready) return text.notReady;
  if (!hasWords()) return text.wordsFirst;
  if (isWarned()) return text.namesShown;
  return chosen.local ? text.allSetLocal : text.allSet(chosen.title);
}

function refresh() {
  const chosen = service();
  if (!chosen || !state.photo) return;
  const send = byId('send');
  send.textContent = isWarned() ? (chosen.local ? text.editAnyway : text.sendAnyway) : chosen.local ? text.sendLocal : text.sendTo(chosen.title);
  send.disabled = !(isSealed() && chosen.ready && hasWords()) || Boolean(state.busy);
  const see = byId('see');
  see.textContent = isStale() ? text.seeAgain : text.see;
  if (state.looking) see.setAttribute('aria-busy', 'true');
  else see.removeAttribute('aria-busy');
  see.disabled = Boolean(state.busy);
  see.className = isSealed() || state.result ? 'secondary' : 'primary';
  send.className = isSealed() && !state.result ? 'primary' : 'secondary';
  byId('why').textContent = { '': reason, one: () => '', many: () => text.otherUnderWay }[state.busy]();
  byId('why').dataset.stale = String(isStale() && !state.looking);
}

/**
 * Sends exactly what is shown, with the finishing that is set; first the words are looked through for names.
 * @param {() => Promise<string[]>} findNames says what in the words may name somebody
 * @returns {Promise<{result?: object, misfit?: string, names?: string[]}>} the result; or why no face fits what
 *   came back; or names that the person was not warned of, and then nothing was sent. Nothing of these where it
 *   failed, which the page then tells.
 */
export async function send(finishing, findNames) {
  if (!isSealed() || state.busy) return {};
  const { photo, sealed } = state;
  const order = { digest: sealed.digest, ...instruction(), ...finishing, ...(isWarned() ? { names_seen: true } : {}) };
  complain(null);
  change({ busy: 'one' });
  try {
    return await ordered(photo, order, service(), findNames);
  } catch (error) {
    complainOf(error);
    return {};
  } finally {
    change({ busy: '' });
  }
}

/** Orders the edit and follows it to its end, whatever that is. */
async function ordered(photo, order, chosen, findNames) {
  let done = false;
  stopping = false;
  begin(chosen);
  try {
    const names = order.names_seen ? [] : await findNames();
    if (stopping) throw stopped();
    if (names.length) return { names };
    ({ job } = await api.edit(photo.id, order));
    if (stopping) {
      await api.cancel(photo.id, job).catch(() => {}); // it begins only when somebody listens, and nobody will
      throw stopped();
    }
    const result = await api.follow(photo.id, job, (stage) => progress(stage, chosen));
    standAfter(result.sent, chosen.title);
    done = result.sent === 'no';
    announce(text.resultReady);
    return { result };
  } catch (error) {
    if (error.code === 'preview_changed') change({ sealed: null });
    standAfter(error.sent ?? 'unknown', chosen.title);
    if (error.code === 'names_found') return { names: [error.message] };
    if (error.code === 'cannot_align') return { misfit: error.message };
    throw error;
  } finally {
    end(done);
  }
}

const stopped = () => new api.Failure(text.stopped, { code: 'cancelled', sent: 'no' });

function begin(chosen) {
  const from = Date.now();
  let words = chosen.local ? text.editingNow : text.waiting;
  standBegin(chosen);
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
  if (stopping) return;
  stopping = true;
  byId('cancel').disabled = true;
  byId('progress-text').textContent = text.cancelling;
  if (!job) return; // it is not ordered yet
  try {
    await api.cancel(state.photo.id, job);
  } catch (error) {
    complainOf(error);
  }
}

function end(done) {
  clearInterval(clock);
  standEnd(done);
  delete byId('progress-text').dataset.seconds;
  job = null;
  byId('progress').hidden = true;
  const inside = byId('progress').contains(document.activeElement) || document.activeElement === document.body;
  change({ busy: '' }); // before the focus moves: what is disabled takes none
  if (inside) byId(isWarned() ? 'send' : 'see').focus();
}
