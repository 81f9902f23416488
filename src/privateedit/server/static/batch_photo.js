/** One photo of many: reviewed, and later sent only if it comes out the same. Never two open at once. */
import * as api from './api.js';
import { save } from './dom.js';
import { bare, sealedBytes } from './leaving.js';
import { editedName, formatFor } from './result.js';
import { batchText as words } from './strings.js';

const THUMBNAIL = 320; // pixels, the longer side

/** Opens a photo, does something with it and closes it, whatever happens. */
export async function opened(file, signal, task) {
  const photo = await api.open(file, signal);
  try {
    return await task(photo);
  } finally {
    await api.close(photo.id).catch(() => {}); // the server forgets it by itself in the end
  }
}

/** Masks and seals one photo and keeps a small picture of what would leave, and its digest. */
export async function reviewOne(item, { look, service, model, prompt }, signal) {
  try {
    await opened(item.file, signal, async (photo) => {
      if (!photo.faces.length) throw new api.Failure(words.noFace);
      const { sealed, blob } = await sealedBytes(photo.id, look, { service, model }, signal);
      Object.assign(item, { names: await namesIn(photo.id, prompt, service, signal), asked: prompt });
      if (item.thumbnail) URL.revokeObjectURL(item.thumbnail);
      item.thumbnail = URL.createObjectURL(await small(blob));
      const hidden = sealed.hidden.length;
      Object.assign(item, { digest: bare(sealed.digest), bytes: sealed.bytes, hidden, state: 'ready', chosen: true });
    });
  } catch (error) {
    const stopped = api.isAborted(error);
    Object.assign(item, { state: stopped ? 'waiting' : 'error', said: stopped ? '' : error.message });
  }
}

/**
 * Seals one photo again, edits it if that gives the reviewed bytes, and saves the result. Words that name
 * somebody are sent only if that was said in the review.
 * `item.sent` says afterwards what was sent: `no`, `yes` or `unknown`.
 */
export async function sendOne(item, { look, service, model, order, formats }, signal, mark) {
  item.sent = 'no';
  mark('sealing');
  try {
    await opened(item.file, signal, async (photo) => {
      const sealed = await api.seal(photo.id, look, service, model, signal);
      if (bare(sealed.digest) !== item.digest) {
        item.state = 'changed';
        return;
      }
      const names = await namesIn(photo.id, order.prompt, service, signal);
      // What the review showed counts for those words alone.
      if (names && (names !== item.names || order.prompt !== item.asked)) {
        Object.assign(item, { state: 'changed', said: names });
        return;
      }
      signal.throwIfAborted();
      mark('editing');
      const result = await edited(photo.id, { digest: sealed.digest, ...order, ...(names ? { names_seen: true } : {}) }, signal);
      item.sent = result.sent;
      const format = formatFor(item.file.name, formats);
      const blob = await api.download(photo.id, { format: format.name, quality: 92, metadata: 'drop' });
      save(blob, editedName(item.file.name, format.suffix));
      item.state = 'done';
    });
  } catch (error) {
    if (api.isAborted(error)) {
      item.state = 'cancelled';
      return;
    }
    if (item.sent === 'no') item.sent = error.sent ?? 'unknown';
    if (error.code === 'names_found') {
      Object.assign(item, { state: 'changed', said: error.message });
      return;
    }
    Object.assign(item, { state: item.sent === 'unknown' ? 'unknown' : 'failed', said: error.message });
  }
}

/** Edits what was sealed; stopping stops the edit, and then the server tells what was sent. */
async function edited(id, order, signal) {
  const { job } = await api.edit(id, order);
  const stop = () => api.cancel(id, job).catch(() => {}); // the events tell how it ended
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await api.follow(id, job, () => {});
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What in an instruction may name somebody in this very photo, as sentences; empty for nothing. */
async function namesIn(id, prompt, service, signal) {
  if (!prompt) return '';
  const { findings } = await api.words(id, prompt, service, signal);
  return findings.join(' ');
}

/** A small picture of a large one. */
async function small(blob) {
  const whole = await createImageBitmap(blob);
  const share = Math.min(1, THUMBNAIL / Math.max(whole.width, whole.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(whole.width * share));
  canvas.height = Math.max(1, Math.round(whole.height * share));
  const pen = canvas.getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
