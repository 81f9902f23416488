/** Making and finding elements, without ever parsing markup. */
import { Failure } from './api.js';
import { text } from './strings.js';

/** The element of that id, which must be there. @param {string} id @returns {any} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found;
}

/**
 * A new element. Properties are set as such, `class`, `for`, `role`, `aria-*` and `data-*` as attributes,
 * `on*` as listeners; children that are null are left out, strings become text.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (/^(class|for|role|list|aria-.*|data-.*)$/.test(name)) made.setAttribute(name, String(value));
    else made[name] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Writes the strings into the markup: `data-t` as text, `data-label` as name, `data-title` as both. */
export function label(root = document) {
  for (const each of root.querySelectorAll('[data-t]')) each.textContent = text[each.dataset.t];
  for (const each of root.querySelectorAll('[data-label]')) {
    each.setAttribute('aria-label', text[each.dataset.label]);
  }
  for (const each of root.querySelectorAll('[data-title]')) {
    each.title = text[each.dataset.title];
    each.setAttribute('aria-label', text[each.dataset.title]);
  }
}

/** Tells a screen reader something, politely. */
export function announce(words) {
  const line = byId('polite');
  line.textContent = '';
  setTimeout(() => (line.textContent = words), 30);
}

/** Shows an error that stays until it is dismissed; read out at once. Null takes it away. */
export function complain(words) {
  byId('notice').hidden = !words;
  byId('notice-text').textContent = words ?? '';
}

/** Shows what went wrong. A mistake of the page itself is told in plain words, and in the console. */
export function complainOf(error) {
  if (error instanceof Failure) return complain(error.message);
  console.error(error);
  complain(text.mistake);
}

/** A function that runs `ms` after its last call. */
export function debounced(task, ms) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => task(...given), ms);
  };
}

/** Shows `spinner` while `work` goes on, if it goes on for more than 200 ms. Returns what `work` returns. */
export async function spinning(spinner, work) {
  const timer = setTimeout(() => (spinner.hidden = false), 200);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    spinner.hidden = true;
  }
}

/** Asks a yes-or-no question; true for yes. */
export function asked(question, yes, no) {
  const dialog = byId('ask');
  byId('ask-text').textContent = question;
  byId('ask-yes').textContent = yes;
  byId('ask-no').textContent = no;
  return new Promise((resolve) => {
    const settle = (answer) => () => dialog.open && (dialog.close(), resolve(answer));
    byId('ask-yes').onclick = settle(true);
    byId('ask-no').onclick = settle(false);
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

/** Lets the person save `blob` as a file of that name. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = element('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 20_000);
}

/**
 * Keeps an `<img>` of masked bytes from being dragged or saved from its menu. A copy made so would be in no
 * journal and in no ledger, though somebody may upload it; "I'll use another app" writes both before it gives one.
 */
export function keepHere(image) {
  image.draggable = false;
  image.addEventListener('contextmenu', (event) => event.preventDefault());
}

/** Shows a blob in an `<img>`; what it showed before is given back to the browser. */
export function show(image, blob) {
  const before = image.src;
  if (blob) image.src = URL.createObjectURL(blob);
  else image.removeAttribute('src');
  if (before.startsWith('blob:')) URL.revokeObjectURL(before);
}
