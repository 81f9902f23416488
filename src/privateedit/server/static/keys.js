/** The keyboard: tools, undo, zoom, and boxes that are placed without a pointer. */
import { announce } from './dom.js';
import { text } from './strings.js';
import { state } from './state.js';
import { addBox, redo, undo } from './marks.js';
import { cut } from './tools.js';

const TOOLS = { v: 'pick', b: 'brush', e: 'eraser', r: 'box' };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.01; // of the photo's longer side, for one press of an arrow
const PAN = 60; // CSS pixels

const isTyping = ({ target }) => target.closest('input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, dialog');

/**
 * Listens to the keyboard.
 * @param {{stage: import('./stage.js').Stage, canvas: HTMLCanvasElement, tools: import('./tools.js').Tools,
 *   choose: (tool: string) => void, zoom: (factor: number) => void, fit: () => void, active: () => boolean}} parts
 */
export function listenToKeys(parts) {
  document.addEventListener('keydown', (event) => {
    if (!parts.active() || isTyping(event)) return;
    if (event.ctrlKey || event.metaKey) return steps(event);
    if (event.altKey) return;
    const onCanvas = event.target === parts.canvas;
    if (onCanvas && event.key === ' ') {
      parts.tools.space = true;
      event.preventDefault();
    } else if (onCanvas && onStage(event, parts)) event.preventDefault();
    else if (!event.shiftKey && TOOLS[event.key] && !event.target.closest('input')) parts.choose(TOOLS[event.key]);
    else if (onCanvas || event.target === document.body) zooms(event, parts);
  });
  document.addEventListener('keyup', (event) => event.key === ' ' && (parts.tools.space = false));
}

function steps(event) {
  const key = event.key.toLowerCase();
  const back = key === 'z' && !event.shiftKey;
  const again = key === 'y' || (key === 'z' && event.shiftKey);
  if (!back && !again) return;
  event.preventDefault();
  if (back ? undo() : redo()) announce(back ? text.undone : text.redone);
}

function zooms({ key }, parts) {
  if (key === '+' || key === '=') parts.zoom(1.25);
  else if (key === '-' || key === '−') parts.zoom(0.8);
  else if (key === '0') parts.fit();
}

/** What a key does while the stage has the focus; true when it did something. */
function onStage(event, { stage, tools }) {
  const arrow = ARROWS[event.key];
  if (tools.tool !== 'box') {
    if (arrow) stage.viewport.pan(-arrow[0] * PAN, -arrow[1] * PAN);
    if (arrow) stage.draw();
    return Boolean(arrow);
  }
  if (event.key === 'Escape' && stage.draft) {
    stage.draft = null;
  } else if (event.key === 'Enter') {
    set(stage);
  } else if (arrow) {
    moveBox(stage, arrow, event.shiftKey);
  } else return false;
  stage.draw();
  return true;
}

function set(stage) {
  if (!stage.draft) return propose(stage);
  const box = cut(stage.draft.box);
  stage.draft = null;
  if (!box) return;
  stage.hold({ kind: 'box', box });
  addBox(box);
  announce(text.boxSet);
}

/** A box in the middle of what is seen. */
function propose(stage) {
  const [x, y] = stage.viewport.center;
  const half = Math.max(state.photo.width, state.photo.height) / 12;
  stage.draft = { kind: 'box', box: [x - half, y - half, x + half, y + half].map(Math.round) };
  tell(stage.draft.box);
}

function moveBox(stage, [dx, dy], resizing) {
  if (!stage.draft) return propose(stage);
  const { width, height } = state.photo;
  const step = Math.max(1, Math.round(Math.max(width, height) * STEP));
  let [x0, y0, x1, y1] = stage.draft.box;
  x1 = Math.max(x1 + dx * step, x0 + 2);
  y1 = Math.max(y1 + dy * step, y0 + 2);
  if (!resizing) {
    x0 += dx * step;
    y0 += dy * step;
  }
  stage.draft = { kind: 'box', box: [x0, y0, x1, y1] };
  tell(stage.draft.box);
}

const tell = ([x0, y0, x1, y1]) => announce(text.boxHere(x0, y0, x1 - x0, y1 - y0));
