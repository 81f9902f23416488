/** The instruction: a preset or words of one's own, never both, with a warning about names. */
import * as api from './api.js';
import { debounced, element } from './dom.js';
import { list, oneOf, words } from './controls.js';
import { numbered, text, titled } from './strings.js';
import { change, wordsKey } from './state.js';

/**
 * Builds the fields in `place`; `onChange({kind, preset, prompt})` gets what is asked.
 * @param {() => {photo: string|null, service: string, local: boolean}} context what the words are checked against
 */
export function makeWords(place, choices, onChange, context) {
  let asked = { kind: 'preset', preset: choices.presets[0]?.name ?? '', prompt: '' };
  let checking = null;
  let looked = null; // the words that were looked through for a send
  let told = null; // the words of which was told before a send: no later look at the same takes that back
  const explained = element('p', { class: 'hint' });
  const warning = element('div', { class: 'warning names', role: 'status', hidden: true });
  const localOnly = element('p', { class: 'hint', hidden: true }, text.presetsLocal);
  const kinds = oneOf(text.how, [{ value: 'preset', title: text.byPreset }, { value: 'prompt', title: text.byWords }], (kind) => set({ kind }), 'segments');
  const presets = list(text.preset, choices.presets.map(({ name }) => ({ value: name, title: titled(name) })), (preset) => set({ preset }));
  const prompt = words(text.prompt, { lines: 2, placeholder: text.promptHint }, (typed) => set({ prompt: typed }));
  const note = element('p', { class: 'hint' }, text.promptNote);
  const byPreset = element('div', {}, presets.root, explained);
  const byWords = element('div', {}, prompt.root, note, warning);
  place.append(element('div', { class: 'words' }, kinds.root, localOnly, byPreset, byWords));

  const check = debounced(async () => {
    checking?.abort();
    const { photo, service } = context();
    if (asked === told) return;
    if (asked.kind !== 'prompt' || !asked.prompt.trim() || !photo) return warn([]);
    checking = new AbortController();
    try {
      const { findings } = await api.words(photo, asked.prompt.trim(), service, checking.signal);
      warn(findings);
    } catch (error) {
      if (!api.isAborted(error)) warn([]); // the same words are looked through again before they leave
    }
  }, 400);

  function warn(findings) {
    warning.hidden = findings.length === 0;
    warning.replaceChildren(element('strong', {}, text.namesTitle), element('ul', {}, findings.map((each) => element('li', {}, numbered(each)))));
    // In a step that is folded up nobody has seen it.
    if (findings.length && warning.checkVisibility()) change({ named: wordsKey() });
  }

  function set(some) {
    asked = { ...asked, ...some };
    refresh();
    onChange(asked);
    check();
  }

  /** Follows the choice of a service: presets belong to the one on this device. */
  function refresh() {
    const local = context().local;
    kinds.inputs[0].disabled = !local;
    localOnly.hidden = local;
    kinds.value = asked.kind;
    presets.value = asked.preset;
    byPreset.hidden = asked.kind !== 'preset';
    byWords.hidden = asked.kind !== 'prompt';
    explained.textContent = choices.presets.find((each) => each.name === asked.preset)?.explanation ?? '';
  }
  return {
    value: () => asked,
    /** Tells that the service is another now. */
    served() {
      told = null;
      if (!context().local && asked.kind === 'preset') set({ kind: 'prompt' });
      else refresh();
      check();
    },
    begin: () => set({}),
    /** What in the present words may name somebody, looked up now. @returns {Promise<string[]>} */
    async findings() {
      const { photo, service } = context();
      looked = asked;
      if (asked.kind !== 'prompt' || !photo) return [];
      return (await api.words(photo, asked.prompt.trim(), service)).findings;
    },
    /** Shows what was found before a send, in a step that is open; of words that are others by now, nothing. */
    warn(findings) {
      checking?.abort();
      if (asked !== looked) return check();
      told = asked;
      warn(findings);
      warning.scrollIntoView({ block: 'nearest' });
    },
  };
}
