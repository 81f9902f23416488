/** All requests of the page, to the server it came from and nowhere else. */
import { isNothingSent } from './sends.js';
import { numbered, text } from './strings.js';

/** Known to this module alone, and gone with the page. */
let key = null;
let onForgotten = (_why) => {};

/** What went wrong, as a sentence that tells what was sent; `sent` is `no`, `yes` or `unknown`. */
export class Failure extends Error {
  constructor(message, { code = '', sent = 'no', status = 0 } = {}) {
    super(message);
    Object.assign(this, { code, sent, status });
  }
}

/** Whether somebody stopped waiting on purpose. */
export const isAborted = (error) => error?.name === 'AbortError';

/** Calls `task(why)` whenever the server no longer knows this page. */
export function whenForgotten(task) {
  onForgotten = task;
}

function failureOf(said, status) {
  const error = said?.error;
  if (!error?.message) return new Failure(text.strange, { status, sent: error?.sent ?? 'unknown' });
  return new Failure(numbered(error.message), { code: error.code, sent: error.sent ?? 'no', status });
}

/** A sentence of this page, which says that nothing was sent only where the page knows it. */
export const knowing = (sentence) => (isNothingSent() ? `${sentence} ${text.nothingWasSent}` : sentence);

/** What the server says of a page that it has forgotten: of what was sent before, it knows nothing. */
function forgotten(said, underWay) {
  const sentence = numbered(said?.error?.message ?? text.strange).replace(text.nothingWasSent, '').trim();
  return underWay ? `${sentence} ${text.unknownSent}` : knowing(sentence);
}

/**
 * Asks the server; gives the response when it is well.
 * @throws {Failure} in every other case, but for AbortError when `signal` says so.
 */
async function ask(method, path, { json, form, signal, keepalive, underWay = false } = {}) {
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  if (json !== undefined) headers['content-type'] = 'application/json';
  const body = json === undefined ? form : JSON.stringify(json);
  const how = { method, headers, body, signal, keepalive, cache: 'no-store', credentials: 'omit', redirect: 'error' };
  let answer;
  try {
    answer = await fetch(path, how);
  } catch (error) {
    if (isAborted(error)) throw error;
    if (underWay) throw new Failure(text.goneUnderWay, { code: 'gone', sent: 'unknown' });
    throw new Failure(knowing(text.gone), { code: 'gone' });
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => null);
  if (answer.status === 401 && key) {
    const why = forgotten(said, underWay);
    key = null;
    onForgotten(why);
    throw new Failure(why, { code: 'forgotten', status: 401, sent: underWay ? 'unknown' : 'no' });
  }
  throw failureOf(said, answer.status);
}

const asJson = async (asking) => (await asking).json();
const asBlob = async (asking) => (await asking).blob();
const photo = (id, rest = '') => `/api/photos/${encodeURIComponent(id)}${rest}`;
const formOf = (fields) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  return form;
};

/** Trades a ticket or the server's token for this page's key. */
export async function signIn(ticket) {
  const { key: given } = await asJson(ask('POST', '/api/sign-in', { json: { ticket } }));
  key = given;
}

export const isSignedIn = () => key !== null;
export const session = () => asJson(ask('GET', '/api/session'));
export const choices = () => asJson(ask('GET', '/api/choices'));

/** Forgets everything on the server; works while the page is being closed. */
export function leave() {
  if (key) ask('DELETE', '/api/session', { keepalive: true }).catch(() => {});
}

export const open = (file, signal) => asJson(ask('POST', '/api/photos', { form: formOf({ photo: file }), signal }));
export const view = (id) => asBlob(ask('GET', photo(id, '/view')));
export const preview = (id, look, signal) => asBlob(ask('POST', photo(id, '/preview'), { json: look, signal }));
export const leaks = (id, look, signal) => asJson(ask('POST', photo(id, '/leaks'), { json: look, signal }));
export const seal = (id, look, service, model, signal) =>
  asJson(ask('POST', photo(id, '/seal'), { json: { look, service, ...(model ? { model } : {}) }, signal }));
export const payload = (id, signal) => asBlob(ask('GET', photo(id, '/payload'), { signal }));
export const audit = (id, signal) => asJson(ask('POST', photo(id, '/audit'), { json: {}, signal }));
export const words = (id, prompt, service, signal) =>
  asJson(ask('POST', photo(id, '/words'), { json: { prompt, service }, signal }));
export const edit = (id, order) => asJson(ask('POST', photo(id, '/edits'), { json: order, underWay: true }));
export const cancel = (id, job) => ask('DELETE', photo(id, `/edits/${encodeURIComponent(job)}`), { underWay: true });
export const finish = (id, how, signal) => asJson(ask('POST', photo(id, '/finish'), { json: how, signal }));
export const picture = (id, which, signal) => asBlob(ask('GET', photo(id, `/pictures/${which}`), { signal }));
export const handOver = (id, digest) => asBlob(ask('POST', photo(id, '/hand-over'), { json: { digest } }));
export const returned = (id, file, how = {}) =>
  asJson(ask('POST', photo(id, '/returned'), { form: formOf({ picture: file, ...how }) }));
export const close = (id) => ask('DELETE', photo(id));
export const download = (id, how) => asBlob(ask('GET', photo(id, `/download?${new URLSearchParams(how)}`)));

/**
 * Follows an edit to its end and gives the result; `onStage` hears of every stage.
 * @throws {Failure} when it failed, or when the stream broke off: then nobody knows what was sent.
 */
export async function follow(id, job, onStage) {
  const answer = await ask('POST', photo(id, `/edits/${encodeURIComponent(job)}/events`), { underWay: true });
  try {
    for await (const { name, data } of eventsOf(answer.body)) {
      if (name === 'progress') onStage(data.stage);
      if (name === 'done') return data;
      if (name === 'failed') throw failureOf(data, 200);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
  }
  throw new Failure(text.goneUnderWay, { code: 'gone', sent: 'unknown' });
}

/** The events of a stream, with their data read; comments are left out. */
async function* eventsOf(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held = (held + value).replaceAll('\r\n', '\n');
    const blocks = held.split('\n\n');
    held = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      const of = (field) => lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).trimStart());
      const data = of('data').join('\n');
      if (data) yield { name: of('event')[0] ?? 'message', data: JSON.parse(data) };
    }
  }
}
