/** The canvas: the photo or its masked preview, outlines of faces, and what is being painted. */
import { faceNumber } from './strings.js';
import { hiddenIds, state } from './state.js';
import { Viewport } from './viewport.js';

const STYLES = ['--hide', '--show', '--badge-ink', '--badge-show-ink', '--trace', '--erase', '--draft'];

const SMALL = 56; // CSS pixels; a face less high gets a small number above it

export class Stage {
  viewport = new Viewport();
  /** A stroke or box on its way: `{kind, radius, points}` or `{kind: 'box', box}`. */
  draft = null;
  /** Where the brush would paint: `{x, y, radius}` in CSS pixels. */
  cursor = null;
  /** Face under the pointer. */
  hovered = null;
  #canvas;
  #photo = null;
  #masked = null;
  #pending = [];
  #peeking = false;
  #drawn = 0;
  #colors = {};

  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#readColors();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#readColors();
      this.draw();
    });
  }

  /** Shows a photo: bitmap at screen size, width and height of the photo itself. */
  setPhoto(bitmap, width, height) {
    this.#photo?.close();
    this.#photo = bitmap;
    this.setMasked(null);
    this.viewport.setPhoto(width, height);
    this.draw();
  }

  /** Shows the masked preview, or the photo where there is none. */
  setMasked(bitmap) {
    this.#masked?.close();
    this.#masked = bitmap;
    this.#pending = [];
    this.draw();
  }

  /** Keeps a finished stroke in sight until the preview has it. */
  hold(draft) {
    this.#pending.push(draft);
  }

  /** Shows the photo without the mask for as long as wanted. */
  set peeking(on) {
    this.#peeking = on;
    this.draw();
  }

  /** The face at a point of the photo, the smallest where several lie there. */
  faceAt([x, y]) {
    const inside = (state.photo?.faces ?? []).filter(({ box: [x0, y0, x1, y1] }) => x >= x0 && x <= x1 && y >= y0 && y <= y1);
    const area = ({ box }) => (box[2] - box[0]) * (box[3] - box[1]);
    return inside.sort((a, b) => area(a) - area(b))[0] ?? null;
  }

  /** Draws with the next frame. */
  draw() {
    if (this.#drawn) return;
    this.#drawn = requestAnimationFrame(() => {
      this.#drawn = 0;
      this.#paint();
    });
  }

  #readColors() {
    const style = getComputedStyle(document.documentElement);
    this.#colors = Object.fromEntries(STYLES.map((name) => [name, style.getPropertyValue(name).trim()]));
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!width || !height) return;
    const dense = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * dense);
    this.#canvas.height = Math.round(height * dense);
    this.viewport.setScreen(width, height);
    this.#paint();
  }

  #paint() {
    const pen = this.#canvas.getContext('2d');
    const dense = this.#canvas.width / Math.max(this.#canvas.clientWidth, 1);
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, this.#canvas.clientWidth, this.#canvas.clientHeight);
    const shown = this.#peeking ? this.#photo : (this.#masked ?? this.#photo);
    if (!shown || !state.photo) return;
    const { scale, x, y } = this.viewport;
    const { width, height } = state.photo;
    pen.imageSmoothingQuality = 'high';
    pen.imageSmoothingEnabled = scale * width < shown.width * 4;
    pen.drawImage(shown, x, y, width * scale, height * scale);
    if (!this.#peeking) for (const draft of this.#pending) this.#trace(pen, draft);
    this.#outlines(pen);
    if (this.draft) this.#trace(pen, this.draft);
    if (this.cursor) this.#ring(pen, this.cursor);
  }

  #outlines(pen) {
    const hidden = new Set(hiddenIds());
    for (const face of state.photo.faces) {
      const on = hidden.has(face.id);
      const points = face.outline.map((point) => this.viewport.toScreen(point));
      const color = this.#colors[on ? '--hide' : '--show'];
      for (const [style, width] of [['rgba(0,0,0,.45)', 4], [color, face.id === this.hovered ? 3 : 2]]) {
        smooth(pen, points);
        pen.setLineDash(on ? [] : [6, 5]);
        pen.strokeStyle = style;
        pen.lineWidth = width;
        pen.stroke();
      }
      pen.setLineDash([]);
      this.#badge(pen, points, faceNumber(face.id), on, color);
    }
  }

  #badge(pen, points, number, on, color) {
    const top = Math.min(...points.map((point) => point[1]));
    const middle = points.reduce((sum, point) => sum + point[0], 0) / points.length;
    const small = Math.max(...points.map((point) => point[1])) - top < SMALL;
    const high = small ? 16 : 22;
    const at = Math.max(small ? top - 6 : top, high / 2 + 1);
    pen.font = `600 ${small ? 10 : 12}px system-ui, sans-serif`;
    const words = String(number);
    const wide = Math.max(pen.measureText(words).width + high / 2, high);
    pen.beginPath();
    pen.roundRect(middle - wide / 2, at - high / 2, wide, high, high / 2);
    pen.fillStyle = color;
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = 'rgba(0,0,0,.45)';
    pen.stroke();
    pen.fillStyle = this.#colors[on ? '--badge-ink' : '--badge-show-ink'];
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(words, middle, at + 0.5);
  }

  #trace(pen, { kind, radius, points, box }) {
    if (kind === 'box') {
      const [x0, y0] = this.viewport.toScreen([box[0], box[1]]);
      const [x1, y1] = this.viewport.toScreen([box[2], box[3]]);
      pen.fillStyle = this.#colors['--trace'];
      pen.fillRect(x0, y0, x1 - x0, y1 - y0);
      pen.strokeStyle = this.#colors['--draft'];
      pen.lineWidth = 2;
      pen.setLineDash([6, 4]);
      pen.strokeRect(x0, y0, x1 - x0, y1 - y0);
      pen.setLineDash([]);
      return;
    }
    pen.beginPath();
    points.map((point) => this.viewport.toScreen(point)).forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    if (points.length === 1) pen.lineTo(...this.viewport.toScreen(points[0]));
    pen.lineCap = pen.lineJoin = 'round';
    pen.lineWidth = 2 * radius * this.viewport.scale;
    pen.strokeStyle = this.#colors[kind === 'eraser' ? '--erase' : '--trace'];
    pen.stroke();
  }

  #ring(pen, { x, y, radius }) {
    for (const [style, wide] of [['rgba(0,0,0,.6)', 3], ['#fff', 1.5]]) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.strokeStyle = style;
      pen.lineWidth = wide;
      pen.stroke();
    }
  }
}

/** A closed curve that is near every point, round where they are few. */
function smooth(pen, points) {
  const middle = ([ax, ay], [bx, by]) => [(ax + bx) / 2, (ay + by) / 2];
  pen.beginPath();
  pen.moveTo(...middle(points.at(-1), points[0]));
  points.forEach((point, i) => pen.quadraticCurveTo(...point, ...middle(point, points[(i + 1) % points.length])));
  pen.closePath();
}
