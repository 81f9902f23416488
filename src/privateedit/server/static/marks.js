/** What is hidden by hand (faces chosen, strokes, boxes), each step of which can be undone. */
import { change, state } from './state.js';

const MOST = 200; // steps back
const NOTHING = Object.freeze({ shown: [], strokes: [], boxes: [] });
let past = [];
let future = [];

/** Begins anew, with every face hidden and nothing painted. */
export function clearMarks() {
  past = [];
  future = [];
  change({ marks: NOTHING });
}

/** Hides every face, as one step. */
export const hideAll = () => step({ ...state.marks, shown: [] });

/** Hides a shown face, or shows a hidden one. */
export function toggleFace(id) {
  if (state.choices.fixed_policy) return;
  const { shown } = state.marks;
  step({ ...state.marks, shown: shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id].sort((a, b) => a - b) });
}

/** Adds a stroke: kind `brush` or `eraser`, radius and points in pixels of the photo. */
export const addStroke = (stroke) => step({ ...state.marks, strokes: [...state.marks.strokes, stroke] });

/** Adds a box: x0, y0, x1, y1 in pixels of the photo. */
export const addBox = (box) => step({ ...state.marks, boxes: [...state.marks.boxes, box] });

export const canUndo = () => past.length > 0;
export const canRedo = () => future.length > 0;

/** Takes the last step back; false when there is none. */
export function undo() {
  if (!canUndo()) return false;
  future.push(state.marks);
  change({ marks: past.pop() });
  return true;
}

/** Does again what was undone; false when there is nothing. */
export function redo() {
  if (!canRedo()) return false;
  past.push(state.marks);
  change({ marks: future.pop() });
  return true;
}

function step(marks) {
  past = [...past.slice(-MOST + 1), state.marks];
  future = [];
  change({ marks });
}
