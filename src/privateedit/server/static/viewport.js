/** Where the photo lies on the screen: zoom and pan. CSS pixels on the screen, pixels of the photo in it. */

const MOST = 16; // screen pixels for a pixel of the photo, at most
const MARGIN = 20; // around a photo that fits

export class Viewport {
  scale = 1;
  x = 0;
  y = 0;
  #screen = { width: 1, height: 1 };
  #photo = { width: 1, height: 1 };
  #fitted = true;

  /** Takes the size of the photo and fits it. */
  setPhoto(width, height) {
    this.#photo = { width, height };
    this.fit();
  }

  /** Takes the size of the screen; a photo that was fitted stays so. */
  setScreen(width, height) {
    this.#screen = { width, height };
    if (this.#fitted) this.fit();
    else this.#hold();
  }

  get fitScale() {
    const margin = Math.min(MARGIN, this.#screen.width / 20);
    return Math.min((this.#screen.width - 2 * margin) / this.#photo.width, (this.#screen.height - 2 * margin) / this.#photo.height);
  }

  get fitted() {
    return this.#fitted;
  }

  /** Shows the whole photo. */
  fit() {
    this.scale = Math.max(this.fitScale, 1e-4);
    this.x = (this.#screen.width - this.#photo.width * this.scale) / 2;
    this.y = (this.#screen.height - this.#photo.height * this.scale) / 2;
    this.#fitted = true;
  }

  /** Zooms by a factor around a point of the screen, the middle where none is given. */
  zoom(factor, at = { x: this.#screen.width / 2, y: this.#screen.height / 2 }) {
    const scale = Math.min(Math.max(this.scale * factor, this.fitScale), Math.max(MOST, this.fitScale));
    if (scale <= this.fitScale * 1.001) return this.fit();
    const ratio = scale / this.scale;
    this.x = at.x - (at.x - this.x) * ratio;
    this.y = at.y - (at.y - this.y) * ratio;
    this.scale = scale;
    this.#fitted = false;
    this.#hold();
  }

  /** Moves the photo by CSS pixels. */
  pan(dx, dy) {
    if (this.#fitted) return;
    this.x += dx;
    this.y += dy;
    this.#hold();
  }

  toPhoto({ x, y }) {
    return [(x - this.x) / this.scale, (y - this.y) / this.scale];
  }

  toScreen([x, y]) {
    return [x * this.scale + this.x, y * this.scale + this.y];
  }

  /** The middle of what is seen, in the photo. */
  get center() {
    return this.toPhoto({ x: this.#screen.width / 2, y: this.#screen.height / 2 });
  }

  /** Keeps the photo on the screen. */
  #hold() {
    const keep = (at, screen, photo) =>
      photo <= screen ? (screen - photo) / 2 : Math.min(Math.max(at, screen - photo - MARGIN), MARGIN);
    this.x = keep(this.x, this.#screen.width, this.#photo.width * this.scale);
    this.y = keep(this.y, this.#screen.height, this.#photo.height * this.scale);
  }
}
