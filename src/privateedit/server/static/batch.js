/** Many photos: one setting, a sheet of what would leave, and then one after the other. */
import { complain, announce, element } from './dom.js';
import { batchText as words, text } from './strings.js';
import { makeLooks } from './looks.js';
import { makeWords } from './words.js';
import { makeServices } from './services.js';
import { finishing } from './result.js';
import { dropped, picked } from './folders.js';
import { reviewOne, sendOne } from './batch_photo.js';
import { card, refreshCard } from './batch_sheet.js';
import { forgetSends, nothingSent, stand } from './standing.js';

/** Builds the place for many photos. */
export function makeBatch(place, choices) {
  const batch = new Batch(choices);
  place.append(...batch.build());
}

class Batch {
  #choices;
  #items = [];
  #look = {};
  #editor = { service: '', model: '' };
  #words = { kind: 'preset', preset: '', prompt: '' };
  #reviewed = null; // what the sheet was made with
  #under = null;
  #parts = {};

  constructor(choices) {
    this.#choices = choices;
    this.#look = choices.fixed_policy ? {} : { trust: choices.trust };
  }

  get #service() {
    return this.#choices.services.find((each) => each.name === this.#editor.service);
  }

  get #setting() {
    return JSON.stringify([Object.entries(this.#look).sort(), this.#editor]);
  }

  get #chosen() {
    return this.#items.filter((item) => item.state === 'ready' && item.chosen);
  }

  get #hasWords() {
    return Boolean(this.#words.kind === 'preset' ? this.#words.preset : this.#words.prompt.trim());
  }

  get #order() {
    return this.#words.kind === 'preset' ? { preset: this.#words.preset } : { prompt: this.#words.prompt.trim() };
  }

  build() {
    const settings = element('div', { class: 'panel many-panel' });
    const section = (title, ...inside) => element('section', { class: 'step' }, element('h2', {}, title), element('div', { class: 'body' }, inside));
    const [looks, instruct, services] = [0, 0, 0].map(() => element('div'));
    settings.append(section(text.stepHide, looks), section(text.stepAsk, instruct, services), this.#actions());
    makeLooks(looks, this.#choices, (look) => this.#set(() => (this.#look = look)), { noise: false });
    let fields = null;
    const editors = makeServices(services, this.#choices, (editor) => {
      this.#set(() => (this.#editor = editor));
      fields?.served();
    });
    this.#editor = editors.value();
    const context = () => ({ photo: null, service: this.#editor.service, local: this.#service.local });
    fields = makeWords(instruct, this.#choices, (asked) => this.#set(() => (this.#words = asked)), context);
    fields.begin();
    const sheet = this.#sheet();
    this.#refresh();
    return [sheet, settings];
  }

  #sheet() {
    const folder = element('input', { type: 'file', class: 'pick', id: 'pick-folder', webkitdirectory: true, multiple: true, onchange: () => this.#take(picked(folder.files), folder) });
    const files = element('input', { type: 'file', class: 'pick', id: 'pick-files', multiple: true, accept: 'image/*,.heic,.heif,.avif,.tif,.tiff', onchange: () => this.#take(picked(files.files), files) });
    const start = element(
      'div',
      { class: 'drop', id: 'many-drop' },
      element('h2', {}, words.title),
      element('p', { class: 'lead' }, words.lead),
      element('p', { class: 'drop-actions' }, folder, element('label', { class: 'button primary', for: 'pick-folder' }, words.pickFolder), files, element('label', { class: 'button secondary', for: 'pick-files' }, words.pickFiles)),
      element('p', { class: 'hint' }, words.dropHere),
    );
    const cards = element('ul', { class: 'cards', id: 'cards' });
    const all = (on) => () => {
      for (const item of this.#items) item.chosen = on;
      this.#refresh();
    };
    const clear = element('button', { type: 'button', class: 'quiet small', id: 'many-clear', onclick: () => this.#clear() }, words.cleared);
    const count = element('p', { class: 'count', id: 'many-count', role: 'status' });
    const bar = element(
      'div',
      { class: 'sheet-bar' },
      element('h2', {}, words.sheet),
      count,
      element('button', { type: 'button', class: 'quiet small', onclick: all(true) }, words.chooseAll),
      element('button', { type: 'button', class: 'quiet small', onclick: all(false) }, words.chooseNone),
      clear,
    );
    const sheet = element('div', { class: 'sheet', hidden: true }, bar, element('p', { class: 'hint' }, words.keptAway), cards);
    const root = element('section', { class: 'many-sheet', 'aria-label': words.sheet }, start, sheet);
    Object.assign(this.#parts, { start, sheet, cards, count, clear });
    root.addEventListener('drop', async (event) => this.#take(await dropped(event.dataTransfer)));
    return root;
  }

  #actions() {
    const why = element('p', { class: 'why', role: 'status', id: 'many-why' });
    const review = element('button', { type: 'button', class: 'primary', id: 'many-review', disabled: true, onclick: () => this.#review() });
    const send = element('button', { type: 'button', class: 'secondary', id: 'many-send', disabled: true, onclick: () => this.#send() });
    const bar = element('progress', { max: 1, value: 0, 'aria-label': text.working });
    const said = element('span', { role: 'status' });
    const cancel = element('button', { type: 'button', class: 'quiet small', id: 'many-cancel', onclick: () => this.#under?.abort() }, text.cancel);
    const progress = element('div', { class: 'progress', hidden: true }, bar, said, cancel);
    Object.assign(this.#parts, { why, review, send, bar, said, progress, cancel });
    return element('div', { class: 'actions' }, why, progress, element('div', { class: 'two' }, review, send));
  }

  #set(set) {
    set();
    this.#refresh();
  }

  #take(found, input = null) {
    if (this.#under) return;
    if (input) input.value = '';
    if (!found.length) return complain(words.nothing);
    complain(null);
    this.#clear();
    this.#items = found.map(({ file, path }) => ({ file, path, state: 'waiting', chosen: true, said: '', thumbnail: null, digest: '', hidden: 0, names: '' }));
    for (const item of this.#items) this.#parts.cards.append((item.card = card(item, () => this.#refresh())));
    this.#parts.start.hidden = true;
    this.#parts.sheet.hidden = false;
    this.#refresh();
    this.#parts.review.focus();
  }

  #clear() {
    if (this.#under) return;
    for (const item of this.#items) if (item.thumbnail) URL.revokeObjectURL(item.thumbnail);
    this.#items = [];
    this.#reviewed = null;
    this.#parts.cards.replaceChildren();
    this.#parts.start.hidden = false;
    this.#parts.sheet.hidden = true;
    this.#refresh();
  }

  async #review() {
    const setting = this.#setting;
    for (const item of this.#items) Object.assign(item, { state: 'waiting', said: '', digest: '', names: '' });
    forgetSends();
    this.#reviewed = setting;
    const done = await this.#each(this.#items, words.reviewing, async (item, signal) => {
      this.#mark(item, 'masking');
      await reviewOne(item, { look: this.#look, ...this.#editor, prompt: this.#order.prompt }, signal);
    });
    if (!done) this.#reviewed = null;
    this.#refresh();
    if (done) this.#parts.send.focus();
  }

  async #send() {
    const service = this.#service;
    const chosen = this.#chosen;
    const order = { ...this.#order, ...finishing() };
    stand('sending', service.local ? text.editingHere : text.sendingTo(service.title));
    const how = { look: this.#look, ...this.#editor, order, formats: this.#choices.formats };
    await this.#each(chosen, words.busy, (item, signal) => sendOne(item, how, signal, (state) => this.#mark(item, state)));
    for (const item of chosen) if (item.state === 'ready') this.#mark(item, 'cancelled');
    this.#sum(chosen, service);
  }

  #sum(chosen, service) {
    const count = (test) => chosen.filter(test).length;
    const sent = count((item) => item.sent === 'yes');
    const unknown = count((item) => item.sent === 'unknown');
    const local = count((item) => item.state === 'done' && item.sent === 'no');
    const failed = count((item) => item.state === 'failed');
    const skipped = count((item) => ['changed', 'cancelled'].includes(item.state));
    const said = words.summary(sent, local, failed, unknown, skipped);
    if (sent) stand('sent', text.manySent(sent, service.title));
    else if (unknown) stand('unknown', text.sentUnknown(service.title));
    else if (local) stand('nothing', text.localDone);
    else nothingSent();
    this.#refresh();
    this.#parts.why.textContent = said;
    announce(said);
  }

  /** Does a task for each in turn; false when it was stopped. */
  async #each(items, telling, task) {
    const mine = (this.#under = new AbortController());
    const { progress, bar, said, cancel } = this.#parts;
    progress.hidden = false;
    this.#refresh();
    cancel.focus();
    for (const [i, item] of items.entries()) {
      if (mine.signal.aborted) break;
      said.textContent = telling(i + 1, items.length);
      bar.value = i / items.length;
      await task(item, mine.signal);
      refreshCard(item);
    }
    progress.hidden = true;
    this.#under = null;
    return !mine.signal.aborted;
  }

  #mark(item, state) {
    item.state = state;
    refreshCard(item);
  }

  #refresh() {
    const { why, review, send, count, clear } = this.#parts;
    if (!why || !count) return;
    const busy = Boolean(this.#under);
    const usable = this.#items.filter((item) => item.state === 'ready').length;
    const chosen = this.#chosen.length;
    const fresh = this.#reviewed === this.#setting;
    const service = this.#service;
    for (const item of this.#items) refreshCard(item, busy);
    count.textContent = usable ? words.chosen(chosen, this.#items.length) : words.count(this.#items.length);
    review.textContent = words.review(this.#items.length);
    review.disabled = busy || !this.#items.length;
    send.textContent = service?.local ? words.editN(chosen) : words.sendN(chosen, service?.title ?? '');
    send.disabled = busy || !chosen || !fresh || !service?.ready || !this.#hasWords;
    review.className = send.disabled ? 'primary' : 'secondary';
    send.className = send.disabled ? 'secondary' : 'primary';
    clear.disabled = busy;
    const stale = this.#reviewed !== null && !fresh;
    why.textContent = busy ? '' : stale ? words.staleSheet : usable && !this.#hasWords ? words.wordsFirst : usable && service && !service.ready ? text.notReady : chosen ? words.manyDownloads : '';
  }
}
