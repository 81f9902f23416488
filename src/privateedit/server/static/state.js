/** What the page knows, in one place; whoever is concerned is told of a change. */

const watchers = new Set();

/**
 * @property {object|null} choices what can be chosen, as the server says
 * @property {object|null} photo the open photo, as the server described it
 * @property {string} fileName its name, which never leaves this page
 * @property {object} look settings that differ from the trust's own, and the trust
 * @property {{hide: number[]|null, strokes: object[], boxes: number[][]}} marks what is hidden by hand
 * @property {{service: string, model: string}} editor
 * @property {{kind: string, preset: string, prompt: string}} words
 * @property {object|null} sealed what was sealed last, with the key of what it was made from
 * @property {boolean} busy whether an edit is under way
 * @property {object|null} result
 */
export const state = {
  choices: null,
  photo: null,
  fileName: '',
  look: { trust: 'low' },
  marks: { hide: null, strokes: [], boxes: [] },
  editor: { service: '', model: '' },
  words: { kind: 'preset', preset: '', prompt: '' },
  sealed: null,
  busy: false,
  result: null,
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
export const wholeLook = ({ look, marks } = state) => ({ ...look, ...marks });

/** What a seal is made from; two states with the same key leave the same bytes. */
export const sealKey = ({ photo, look, marks, editor } = state) =>
  JSON.stringify([photo?.id, Object.entries(look).sort(), marks, editor]);

/** Whether the picture shown is of the present settings and was proven to be the one that was sealed. */
export const isSealed = () => Boolean(state.sealed?.proven) && state.sealed.key === sealKey();

/** The service that is chosen, as the server describes it. */
export const service = () => state.choices?.services.find((each) => each.name === state.editor.service);

/** Ids of the faces that the settings hide. */
export const hiddenIds = ({ photo, marks } = state) =>
  marks.hide ?? (photo ? photo.faces.map((face) => face.id) : []);

/** Whether there is an instruction. */
export const hasWords = ({ words } = state) =>
  Boolean(words.kind === 'preset' ? words.preset : words.prompt.trim());

/** The instruction, as the server takes it: preset or prompt, never both. */
export const instruction = ({ words } = state) =>
  words.kind === 'preset' ? { preset: words.preset } : { prompt: words.prompt.trim() };
