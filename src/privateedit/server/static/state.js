/** What the page knows, in one place; whoever is concerned is told of a change. */

const watchers = new Set();

/**
 * @property {object|null} choices what can be chosen, as the server says
 * @property {object|null} photo the open photo, as the server described it
 * @property {string} fileName its name, which never leaves this page
 * @property {object} look what the person changed of how faces are hidden; empty for the server's own settings
 * @property {{shown: number[], strokes: object[], boxes: number[][]}} marks faces that are shown, and what is
 *   hidden by hand. A face that nobody chose to show is hidden, also one that is found later.
 * @property {{service: string, model: string}} editor
 * @property {{kind: string, preset: string, prompt: string}} words
 * @property {object|null} sealed what was sealed last, with the key of what it was made from
 * @property {boolean} looking whether what leaves is being made
 * @property {string|null} named the words whose warning about names the person was shown, as `wordsKey` tells
 * @property {''|'one'|'many'} busy where on the page an edit is under way
 * @property {object|null} result
 * @property {boolean} taken whether the result was downloaded
 */
export const state = {
  choices: null,
  photo: null,
  fileName: '',
  look: {},
  marks: { shown: [], strokes: [], boxes: [] },
  editor: { service: '', model: '' },
  words: { kind: 'preset', preset: '', prompt: '' },
  sealed: null,
  looking: false,
  named: null,
  busy: '',
  result: null,
  taken: false,
};

/** Calls `task` after each change of one of these. */
export function watch(names, task) {
  watchers.add({ names: new Set(names), task });
}

/** Changes what is known and tells who watches it. */
export function change(changes) {
  Object.assign(state, changes);
  const changed = Object.keys(changes);
  for (const { names, task } of watchers) if (changed.some((name) => names.has(name))) task(state);
}

/** The whole look, as the server takes it. */
export function wholeLook() {
  const { look, marks } = state;
  const { strokes, boxes } = marks;
  return { ...look, hide: marks.shown.length ? hiddenIds() : null, strokes, boxes };
}

/** What a seal is made from; two states with the same key leave the same bytes. */
export const sealKey = ({ photo, look, marks, editor } = state) =>
  JSON.stringify([photo?.id, Object.entries(look).sort(), marks, editor]);

/** Whether the picture shown is of the present settings and was proven to be the one that was sealed. */
export const isSealed = () => Boolean(state.sealed?.proven) && state.sealed.key === sealKey();

/** The service that is chosen, as the server describes it. */
export const service = () => state.choices?.services.find((each) => each.name === state.editor.service);

/** Ids of the faces that the settings hide. */
export const hiddenIds = ({ photo, marks } = state) =>
  (photo?.faces ?? []).map((face) => face.id).filter((id) => !marks.shown.includes(id));

/** Whether there is an instruction. */
export const hasWords = ({ words } = state) =>
  Boolean(words.kind === 'preset' ? words.preset : words.prompt.trim());

/** The instruction, as the server takes it: preset or prompt, never both. */
export const instruction = ({ words } = state) =>
  words.kind === 'preset' ? { preset: words.preset } : { prompt: words.prompt.trim() };

/** What a warning about names is for: exactly these words, for this photo and this service. */
export const wordsKey = ({ photo, editor } = state, { prompt } = instruction()) =>
  JSON.stringify([photo?.id, editor.service, prompt ?? '']);

/** Whether the person was warned of a name in the present words. */
export const isWarned = () => state.named !== null && state.named === wordsKey();
