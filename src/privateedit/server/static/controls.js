/** The few kinds of fields that the settings are made of. Each keeps its name, its state and its keyboard. */
import { element } from './dom.js';

let made = 0;
const fresh = (word) => `${word}-${(made += 1)}`;

/**
 * One of a few, all in sight.
 * @param {string} legend
 * @param {{value: string, title: string, note?: string, swatch?: string}[]} options
 * @returns {{root: HTMLElement, get value(): string, set value(chosen: string)}}
 */
export function oneOf(legend, options, onChange, kind = '') {
  const name = fresh('one');
  const inputs = options.map(({ value }) =>
    element('input', { type: 'radio', name, value, onchange: () => onChange(value) }),
  );
  const labels = options.map(({ title, note, swatch }, i) =>
    element(
      'label',
      {},
      inputs[i],
      element('span', { class: 'face-of' }, swatch ? element('span', { class: `swatch ${swatch}`, 'aria-hidden': 'true' }) : null, title, note ? element('small', {}, note) : null),
    ),
  );
  const root = element('fieldset', { class: `one-of ${kind}` }, element('legend', {}, legend), element('div', { class: 'row' }, labels));
  return {
    root,
    inputs,
    get value() {
      return inputs.find((input) => input.checked)?.value ?? '';
    },
    set value(chosen) {
      for (const input of inputs) input.checked = input.value === chosen;
    },
  };
}

/** A number between two ends, with its value in words. */
export function slider(title, { min, max, step, words }, onInput) {
  const id = fresh('slider');
  const shown = element('output', { for: id });
  const input = element('input', { type: 'range', id, min, max, step });
  const tell = () => {
    shown.textContent = words(Number(input.value));
    input.setAttribute('aria-valuetext', shown.textContent);
  };
  input.addEventListener('input', () => {
    tell();
    onInput(Number(input.value));
  });
  return {
    root: element('div', { class: 'slider' }, element('label', { for: id }, title), shown, input),
    input,
    get value() {
      return Number(input.value);
    },
    set value(number) {
      input.value = String(number);
      tell();
    },
  };
}

/** One of many, in a list that opens. */
export function list(title, options, onChange) {
  const id = fresh('list');
  const input = element('select', { id, onchange: () => onChange(input.value) });
  const field = {
    root: element('div', { class: 'field' }, element('label', { for: id }, title), input),
    input,
    /** Offers other options, the first chosen. */
    offer(some) {
      input.replaceChildren(...some.map(({ value, title: words, disabled }) => element('option', { value, disabled }, words)));
    },
    get value() {
      return input.value;
    },
    set value(chosen) {
      input.value = chosen;
    },
  };
  field.offer(options);
  return field;
}

/** On or off. */
export function toggle(title, onChange, note = null) {
  const input = element('input', { type: 'checkbox', onchange: () => onChange(input.checked) });
  const noted = note ? fresh('note') : null;
  if (noted) input.setAttribute('aria-describedby', noted);
  return {
    root: element('div', { class: 'toggle' }, element('label', {}, input, element('span', {}, title)), note ? element('small', { id: noted }, note) : null),
    input,
    get value() {
      return input.checked;
    },
    set value(on) {
      input.checked = on;
    },
  };
}

/** Text of one line or more. */
export function words(title, { lines = 1, placeholder = '' }, onInput) {
  const id = fresh('words');
  const input = element(lines > 1 ? 'textarea' : 'input', { id, placeholder, oninput: () => onInput(input.value), autocomplete: 'off' });
  if (lines > 1) input.rows = lines;
  return {
    root: element('div', { class: 'field' }, element('label', { for: id }, title), input),
    input,
    get value() {
      return input.value;
    },
    set value(given) {
      input.value = given;
    },
  };
}
