/** The way in with a ticket, the heartbeat, and leaving nothing behind. */
import * as api from './api.js';
import { byId, complain, complainOf } from './dom.js';
import { text } from './strings.js';
import { state } from './state.js';

const BEAT = 60_000; // milliseconds

/** Takes the ticket out of the address, so that it stays in no history. */
export function ticketOfAddress() {
  const ticket = decodeURIComponent(location.hash.slice(1));
  if (location.hash) history.replaceState(null, '', location.pathname);
  return ticket;
}

/** Signs in with a ticket; tells at the door why not. @returns {Promise<boolean>} */
export async function enter(ticket) {
  if (!ticket) return atDoor(text.doorFirst);
  try {
    await api.signIn(ticket);
    return true;
  } catch (error) {
    return atDoor(error.status === 401 ? text.doorWrong : error.message);
  }
}

/** Shows the field for the server's token; `why` says what happened. */
export function atDoor(why) {
  document.body.dataset.place = 'door';
  for (const id of ['empty', 'one', 'many']) byId(id).hidden = true;
  byId('places').hidden = true;
  byId('another').hidden = true;
  byId('door').hidden = false;
  byId('door-reason').textContent = why;
  byId('door-token').focus();
  return false;
}

/** Lets somebody in who pastes the token. @param {() => void} onEntered */
export function watchDoor(onEntered) {
  byId('door-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const field = byId('door-token');
    const token = field.value.trim();
    field.value = '';
    if (!token || !(await enter(token))) return;
    byId('door').hidden = true;
    complain(null);
    onEntered();
  });
}

/** Tells the server that the page is still open, and that it is not when it is closed. */
export function keepSession(onLost) {
  setInterval(async () => {
    if (!api.isSignedIn()) return;
    const asked = state.photo?.id;
    try {
      const { photos } = await api.session();
      if (asked && state.photo?.id === asked && !photos.includes(asked)) onLost();
    } catch (error) {
      // What stands there already may say more: that nobody knows what was sent.
      if (error.code === 'gone' && byId('notice').hidden) complainOf(error);
    }
  }, BEAT);
  window.addEventListener('beforeunload', (event) => {
    if (state.busy || (state.result && !state.taken)) event.preventDefault();
  });
  window.addEventListener('pagehide', () => api.leave());
  // A page that comes back from the browser's memory has no key any more.
  window.addEventListener('pageshow', (event) => event.persisted && location.reload());
}
