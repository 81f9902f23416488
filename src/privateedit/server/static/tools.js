/** Pointer and touch on the stage: choosing faces, brush, eraser, box, pan and pinch. */
import { state } from './state.js';
import { addBox, addStroke, toggleFace } from './marks.js';

const A_CLICK = 6; // CSS pixels within which a press is a click

export class Tools {
  #stage;
  #canvas;
  #pointers = new Map();
  #pinch = null;
  #start = null;
  #moved = false;
  tool = 'pick';
  diameter = 44; // CSS pixels
  /** Whether the space bar is held, which moves the photo with any tool. */
  space = false;

  /** @param {import('./stage.js').Stage} stage @param {() => void} onZoom told when zoom or pan changed */
  constructor(stage, canvas, onZoom) {
    this.#stage = stage;
    this.#canvas = canvas;
    this.onZoom = onZoom;
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerup', (event) => this.#up(event));
    canvas.addEventListener('pointercancel', (event) => this.#cancel(event));
    canvas.addEventListener('pointerleave', () => this.#hover(null));
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  /** Takes another tool; a stroke on its way is given up. */
  choose(tool) {
    this.tool = tool;
    this.#stage.draft = null;
    this.#stage.cursor = null;
    this.#canvas.dataset.tool = tool;
    this.settle();
  }

  /** One finger scrolls the page while there is nothing to move or paint. */
  settle() {
    this.#canvas.style.touchAction = this.tool === 'pick' && this.#stage.viewport.fitted ? 'pan-y' : 'none';
    this.#stage.draw();
  }

  get #radius() {
    return this.diameter / 2 / this.#stage.viewport.scale;
  }

  #at(event) {
    const box = this.#canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event) {
    if (!state.photo || event.button > 1) return;
    this.#canvas.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#pointers.set(event.pointerId, at);
    if (this.#pointers.size === 2) return this.#beginPinch();
    if (this.#pointers.size > 2) return;
    this.#start = at;
    this.#moved = false;
    this.moving = event.button === 1 || this.space || this.tool === 'pick';
    if (this.moving) return;
    const point = this.#stage.viewport.toPhoto(at).map(Math.round);
    this.#stage.draft =
      this.tool === 'box' ? { kind: 'box', box: [...point, ...point] } : { kind: this.tool, radius: this.#radius, points: [point] };
    this.#stage.draw();
  }

  #move(event) {
    const at = this.#at(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) return this.#hover(at);
    this.#pointers.set(event.pointerId, at);
    if (this.#pinch) return this.#goOnPinching();
    if (Math.hypot(at.x - this.#start.x, at.y - this.#start.y) > A_CLICK) this.#moved = true;
    if (this.moving) {
      this.#stage.viewport.pan(at.x - before.x, at.y - before.y);
      this.#stage.draw();
      return;
    }
    if (this.tool !== 'box') this.#stage.cursor = { ...at, radius: this.diameter / 2 };
    const events = event.getCoalescedEvents?.() ?? [event];
    for (const each of events.length ? events : [event]) this.#extend(this.#stage.viewport.toPhoto(this.#at(each)));
    this.#stage.draw();
  }

  #extend([x, y]) {
    const { draft } = this.#stage;
    if (!draft) return;
    const point = [Math.round(x), Math.round(y)];
    if (draft.kind === 'box') {
      draft.box = [draft.box[0], draft.box[1], ...point];
      return;
    }
    const last = draft.points.at(-1);
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= Math.max(1, draft.radius / 5)) draft.points.push(point);
  }

  #up(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#pinch) {
      if (this.#pointers.size === 0) this.#pinch = null;
      return;
    }
    const { draft } = this.#stage;
    this.#stage.draft = null;
    if (draft) this.#commit(draft);
    else if (this.tool === 'pick' && !this.#moved && event.button === 0) {
      const face = this.#stage.faceAt(this.#stage.viewport.toPhoto(this.#at(event)));
      if (face) toggleFace(face.id);
    }
    if (event.pointerType === 'touch') this.#stage.cursor = null;
    this.#stage.draw();
  }

  #commit(draft) {
    if (draft.kind === 'box') {
      const box = cut(draft.box);
      if (!box) return;
      this.#stage.hold({ kind: 'box', box });
      addBox(box);
      return;
    }
    this.#stage.hold(draft);
    addStroke({ kind: draft.kind, radius: Math.max(1, Math.round(draft.radius * 10) / 10), points: draft.points });
  }

  #cancel(event) {
    this.#pointers.delete(event.pointerId);
    this.#stage.draft = null;
    if (this.#pointers.size === 0) this.#pinch = null;
    this.#stage.draw();
  }

  #hover(at) {
    const paints = this.tool === 'brush' || this.tool === 'eraser';
    this.#stage.cursor = at && paints && !this.space ? { ...at, radius: this.diameter / 2 } : null;
    const face = at && this.tool === 'pick' ? this.#stage.faceAt(this.#stage.viewport.toPhoto(at)) : null;
    this.#stage.hovered = face?.id ?? null;
    this.#canvas.classList.toggle('on-face', Boolean(face));
    this.#stage.draw();
  }

  #beginPinch() {
    this.#stage.draft = null;
    this.#pinch = spread(this.#pointers);
  }

  #goOnPinching() {
    if (this.#pointers.size < 2) return;
    const now = spread(this.#pointers);
    this.#stage.viewport.zoom(now.distance / Math.max(this.#pinch.distance, 1), now.middle);
    this.#stage.viewport.pan(now.middle.x - this.#pinch.middle.x, now.middle.y - this.#pinch.middle.y);
    this.#pinch = now;
    this.settle();
    this.onZoom();
  }

  #wheel(event) {
    // Where the page itself scrolls, as on a phone, a plain wheel scrolls it.
    const scrolls = document.documentElement.scrollHeight > window.innerHeight + 4;
    if (!state.photo || (scrolls && !event.ctrlKey)) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 30 : 1;
    this.#stage.viewport.zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.002)), this.#at(event));
    this.settle();
    this.onZoom();
  }
}

/** A box in order and inside the photo; null where nothing of it is. */
export function cut([x0, y0, x1, y1]) {
  const { width, height } = state.photo;
  const within = (value, most) => Math.min(Math.max(value, 0), most);
  const box = [within(Math.min(x0, x1), width), within(Math.min(y0, y1), height), within(Math.max(x0, x1), width), within(Math.max(y0, y1), height)];
  return box[2] - box[0] >= 2 && box[3] - box[1] >= 2 ? box : null;
}

function spread(pointers) {
  const [a, b] = [...pointers.values()];
  return { distance: Math.hypot(a.x - b.x, a.y - b.y), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
}
