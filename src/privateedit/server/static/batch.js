/** Many photos: one setting, a sheet of what would leave, and then one after the other. */
import { announce, complain, element } from './dom.js';
import { batchText as words, text } from './strings.js';
import { makeLooks } from './looks.js';
import { makeWords } from './words.js';
import { makeServices } from './services.js';
import { usualFinishing } from './result.js';
import { reviewOne, sendOne } from './batch_photo.js';
import { card, makeSheet, refreshCard } from './batch_sheet.js';
import { viewWhole } from './batch_view.js';
import { change, state, watch } from './state.js';
import { standAfter, standBegin, standEnd } from './standing.js';

const FRESH = Object.freeze({ state: 'waiting', said: '', digest: '', names: '', asked: '', sent: 'no' });

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
    watch(['busy'], () => this.#refresh());
  }

  get #service() {
    return this.#choices.services.find((each) => each.name === this.#editor.service);
  }

  get #setting() {
    return JSON.stringify([Object.entries(this.#look).sort(), this.#editor]);
  }

  get #isFresh() {
    return this.#reviewed === this.#setting;
  }

  get #isBusy() {
    return Boolean(this.#under || state.busy);
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
    const section = (title, ...inside) =>
      element('section', { class: 'step' }, element('h2', {}, title), element('div', { class: 'body' }, inside));
    const [looks, instruct, services] = [0, 0, 0].map(() => element('div'));
    const settings = element(
      'div',
      { class: 'panel many-panel' },
      section(text.stepHide, looks),
      section(text.stepAsk, instruct, services),
      this.#actions(),
    );
    this.#fill(looks, instruct, services);
    const sheet = makeSheet({
      onTake: (found) => this.#take(found),
      onAll: (on) => this.#choose(on),
      onClear: () => this.#clear(),
    });
    Object.assign(this.#parts, sheet);
    this.#refresh();
    return [sheet.root, settings];
  }

  /** The same fields as for one photo, with an answer for all. */
  #fill(looks, instruct, services) {
    const onLook = (look) => this.#set(() => (this.#look = look));
    this.#look = makeLooks(looks, this.#choices, onLook, { noise: false }).look();
    let fields = null;
    const editors = makeServices(services, this.#choices, (editor) => {
      this.#set(() => (this.#editor = editor));
      fields?.served();
    });
    this.#editor = editors.value();
    const context = () => ({ photo: null, service: this.#editor.service, local: this.#service.local });
    fields = makeWords(instruct, this.#choices, (asked) => this.#set(() => (this.#words = asked)), context);
    fields.begin();
  }

  #actions() {
    const button = (kind, id, onclick) => element('button', { type: 'button', class: kind, id, disabled: true, onclick });
    const why = element('p', { class: 'why', role: 'status', id: 'many-why' });
    const review = button('primary', 'many-review', () => this.#review());
    const send = button('secondary', 'many-send', () => this.#send());
    const bar = element('progress', { max: 1, value: 0, 'aria-label': text.working });
    const said = element('span', { role: 'status' });
    const stop = () => this.#under?.abort();
    const cancel = element('button', { type: 'button', class: 'quiet small', id: 'many-cancel', onclick: stop }, text.cancel);
    const progress = element('div', { class: 'progress', hidden: true }, bar, said, cancel);
    Object.assign(this.#parts, { why, review, send, bar, said, progress, cancel });
    return element('div', { class: 'actions' }, why, progress, element('div', { class: 'two' }, review, send));
  }

  #set(set) {
    set();
    this.#refresh();
  }

  #choose(on) {
    for (const item of this.#items) item.chosen = on;
    this.#refresh();
  }

  #take(found) {
    if (this.#under) return;
    if (!found.length) {
      complain(words.nothing);
      return;
    }
    complain(null);
    this.#clear();
    this.#items = found.map(({ file, path }) => ({ ...FRESH, file, path, chosen: true, thumbnail: null, hidden: 0 }));
    for (const item of this.#items) {
      this.#parts.cards.append(card(item, () => this.#refresh(), () => this.#view(item)));
    }
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

  /** Shows all of a photo, as it was reviewed. */
  #view(item) {
    if (this.#isBusy) return;
    if (this.#isFresh) viewWhole(item, { look: this.#look, ...this.#editor });
    else complain(words.staleSheet);
  }

  async #review() {
    const setting = this.#setting;
    for (const item of this.#items) Object.assign(item, FRESH);
    this.#reviewed = setting;
    const how = { look: this.#look, ...this.#editor, prompt: this.#order.prompt };
    const done = await this.#each(this.#items, words.reviewing, async (item, signal) => {
      this.#mark(item, 'masking');
      await reviewOne(item, how, signal);
    });
    if (!done) this.#reviewed = null;
    this.#refresh();
    if (done) this.#parts.send.focus();
  }

  async #send() {
    if (this.#isBusy) return;
    const service = this.#service;
    const chosen = this.#chosen;
    const order = { ...this.#order, ...usualFinishing() };
    const how = { look: this.#look, ...this.#editor, order, formats: this.#choices.formats };
    change({ busy: 'many' });
    standBegin(service);
    try {
      await this.#each(chosen, words.busy, async (item, signal) => {
        await sendOne(item, how, signal, (now) => this.#mark(item, now));
        standAfter(item.sent, service.title);
      });
    } finally {
      for (const item of chosen) if (item.state === 'ready') this.#mark(item, 'cancelled');
      const said = this.#sum(chosen, service);
      change({ busy: '' });
      this.#parts.why.textContent = said;
      announce(said);
    }
  }

  /** Says at the top what was sent of these, and gives the sum in a sentence. */
  #sum(chosen, service) {
    const count = (test) => chosen.filter(test).length;
    const sent = count((item) => item.sent === 'yes');
    const unknown = count((item) => item.sent === 'unknown');
    const local = count((item) => item.state === 'done' && item.sent === 'no');
    const failed = count((item) => item.state === 'failed');
    const skipped = count((item) => ['changed', 'cancelled'].includes(item.state));
    if (sent) standAfter('yes', service.title, text.manySent(sent, service.title));
    if (unknown) standAfter('unknown', service.title, text.manyUnknown(unknown, service.title));
    standEnd(local > 0);
    return words.summary(sent, local, failed, unknown, skipped);
  }

  /** Does a task for each in turn; false when it was stopped. */
  async #each(items, telling, task) {
    const mine = (this.#under = new AbortController());
    const { progress, bar, said, cancel } = this.#parts;
    progress.hidden = false;
    this.#refresh();
    cancel.focus();
    try {
      for (const [i, item] of items.entries()) {
        if (mine.signal.aborted) break;
        said.textContent = telling(i + 1, items.length);
        bar.value = i / items.length;
        await task(item, mine.signal);
        refreshCard(item);
      }
    } finally {
      progress.hidden = true;
      this.#under = null;
    }
    return !mine.signal.aborted;
  }

  #mark(item, now) {
    item.state = now;
    refreshCard(item);
  }

  /** Why nothing can be sent, or what is worth knowing before. */
  #why(usable, chosen) {
    const service = this.#service;
    if (this.#under) return '';
    if (state.busy) return text.otherUnderWay;
    if (this.#reviewed !== null && !this.#isFresh) return words.staleSheet;
    if (usable && !this.#hasWords) return words.wordsFirst;
    if (usable && service && !service.ready) return text.notReady;
    return chosen ? words.manyDownloads : '';
  }

  #refresh() {
    const { why, review, send, count, clear } = this.#parts;
    if (!why || !count) return;
    const busy = this.#isBusy;
    const usable = this.#items.filter((item) => item.state === 'ready').length;
    const chosen = this.#chosen.length;
    const service = this.#service;
    for (const item of this.#items) refreshCard(item, busy);
    count.textContent = usable ? words.chosen(chosen, this.#items.length) : words.count(this.#items.length);
    review.textContent = words.review(this.#items.length);
    review.disabled = busy || !this.#items.length;
    send.textContent = service?.local ? words.editN(chosen) : words.sendN(chosen, service?.title ?? '');
    send.disabled = busy || !chosen || !this.#isFresh || !service?.ready || !this.#hasWords;
    review.className = send.disabled ? 'primary' : 'secondary';
    send.className = send.disabled ? 'secondary' : 'primary';
    clear.disabled = busy;
    why.textContent = this.#why(usable, chosen);
  }
}
