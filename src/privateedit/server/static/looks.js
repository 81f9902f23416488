/** The settings of hiding: trust, and every part of it that can be chosen by itself. */
import { element } from './dom.js';
import { list, oneOf, slider } from './controls.js';
import { text } from './strings.js';

const PARTS = ['coverage', 'grow', 'shape', 'fill', 'opacity', 'backdrop'];
const OWN = 'own';

/**
 * Builds the panel in `place`; `onChange(look)` gets what the person changed, and nothing else: a trust once one
 * is chosen, which sets aside the single values of the server's settings, and single values once they are moved.
 * @param {HTMLElement} place
 * @param {object} choices as the server gives them
 * @param {{noise?: boolean}} offered whether noise is a fill here
 */
export function makeLooks(place, choices, onChange, { noise = true } = {}) {
  const usual = choices.look ?? null; // what holds when nothing is said
  const first = usual?.trust ?? choices.trust;
  let trust = usual || choices.fixed_policy ? null : first;
  let own = {};
  const bundleOf = (name) => choices.trusts.find((each) => each.name === name);
  const bundle = () => bundleOf(trust ?? first);
  const beneath = (part) => plain(trust === null && usual ? usual : bundle(), part);
  const value = (part) => own[part] ?? beneath(part);
  const look = () => ({ ...(trust === null ? {} : { trust }), ...own });
  const explanation = element('p', { class: 'hint', role: 'note' });
  const set = (part) => (chosen) => {
    own[part] = chosen;
    if (PARTS.includes(part) && chosen === beneath(part)) delete own[part];
    refresh();
    onChange(look());
  };
  const parts = fields(choices, set, noise);
  const trusts = oneOf(
    text.trust,
    choices.trusts.map(({ name }) => ({ value: name, title: text.trusts[name] ?? name })),
    (name) => {
      trust = name === first && isBundle(usual, bundleOf(name), choices.tones[0]) ? null : name;
      own = own.tone ? { tone: own.tone } : {};
      quiet();
      refresh();
      onChange(look());
    },
    'segments',
  );
  const eyes = element('p', { class: 'warning', hidden: true }, text.eyesWarning);
  const mannequin = element('p', { class: 'hint' }, text.mannequinNote);
  const inside = [parts.coverage.root, eyes, parts.grow.root, parts.shape.root, parts.fill.root, parts.own, parts.opacity.root, mannequin, parts.tone.root, parts.backdrop.root];
  const all = element('div', { class: 'looks' }, trusts.root, explanation, element('details', { class: 'more' }, element('summary', {}, text.more), element('div', { class: 'fine' }, inside)));
  if (choices.fixed_policy) {
    all.inert = true;
    place.append(element('p', { class: 'warning' }, text.fixed));
  }
  place.append(all);

  /** Where noise is not offered, settings that fill with it give way to black. */
  function quiet() {
    if (!noise && !choices.fixed_policy && beneath('fill') === 'noise') own.fill = 'black';
  }

  function refresh() {
    trusts.value = trust ?? first;
    explanation.textContent = bundle().explanation;
    parts.coverage.value = value('coverage');
    parts.grow.value = value('grow');
    parts.shape.value = value('shape');
    const fill = value('fill');
    const named = parts.named.includes(fill);
    parts.fill.value = named ? fill : OWN;
    parts.own.hidden = named;
    if (!named) parts.color.value = fill;
    parts.opacity.value = value('opacity');
    parts.tone.root.hidden = value('opacity') >= 1;
    parts.tone.value = own.tone ?? ((trust === null && usual?.tone) || choices.tones[0]);
    parts.backdrop.value = value('backdrop');
    eyes.hidden = choices.coverages.find((each) => each.name === value('coverage'))?.hides_identity !== false;
  }
  quiet();
  refresh();
  return { look };
}

/** What a trust or the settings say of a part, in the words of the fields. */
function plain(said, part) {
  if (part === 'backdrop') return !said.backdrop || said.backdrop === 'keep' ? 'keep' : 'replace';
  if (part === 'fill') return said.fill === '#808080' ? 'grey' : said.fill;
  return said[part];
}

/** Whether the settings are a trust's own: then to choose that trust is to change nothing. */
const isBundle = (usual, bundle, tone) =>
  usual !== null && (usual.tone ?? tone) === tone && PARTS.every((part) => plain(usual, part) === plain(bundle, part));

function fields(choices, set, noise) {
  const named = choices.fills.filter((name) => text.fills[name] && name !== OWN && (noise || name !== 'noise'));
  const color = element('input', { type: 'color', value: '#336699', 'aria-label': text.ownColor, oninput: () => set('fill')(color.value) });
  return {
    named,
    color,
    coverage: oneOf(
      text.coverage,
      choices.coverages.map(({ name, hides_identity: hides }) => ({ value: name, title: text.coverages[name] ?? name, note: hides ? null : text.eyesLabel })),
      set('coverage'),
      'segments',
    ),
    grow: slider(text.grow, { min: 0, max: 1, step: 0.02, words: text.growValue }, set('grow')),
    shape: oneOf(text.shape, choices.shapes.map((name) => ({ value: name, title: text.shapes[name] ?? name })), set('shape'), 'segments'),
    fill: oneOf(
      text.fill,
      [...named, OWN].map((name) => ({ value: name, title: text.fills[name], swatch: name })),
      (name) => set('fill')(name === OWN ? color.value : name),
      'swatches',
    ),
    own: element('div', { class: 'field own-color' }, color),
    opacity: slider(text.opacity, { min: 0, max: 1, step: 0.02, words: text.percent }, set('opacity')),
    tone: list(text.tone, choices.tones.map((name) => ({ value: name, title: name[0].toUpperCase() + name.slice(1) })), set('tone')),
    backdrop: oneOf(text.backdrop, Object.entries(text.backdrops).map(([name, title]) => ({ value: name, title })), set('backdrop'), 'segments'),
  };
}
