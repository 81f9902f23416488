/** The choice of an editor, with what is known of its privacy, and of its model. */
import { element } from './dom.js';
import { list, words } from './controls.js';
import { text } from './strings.js';

const OTHER = '\u0000other';

/** Builds the fields in `place`; `onChange({service, model})` gets the choice. An empty model is the default. */
export function makeServices(place, choices, onChange) {
  let chosen = choices.services.find((each) => each.name === choices.service) ?? choices.services[0];
  let model = '';
  const sorted = [...choices.services].sort((a, b) => Number(b.local) - Number(a.local) || Number(b.ready) - Number(a.ready));
  const services = list(
    text.service,
    sorted.map(({ name, title, ready, local }) => ({ value: name, title: `${capital(title)} · ${!ready ? text.missingShort : local ? text.onDevice : text.remote}` })),
    (name) => {
      chosen = choices.services.find((each) => each.name === name);
      model = '';
      refresh();
      tell();
    },
  );
  const models = list(text.model, [], (name) => {
    other.root.hidden = name !== OTHER;
    model = name === OTHER ? other.value.trim() : name === chosen.models[0] ? '' : name;
    tell();
  });
  const other = words(text.modelOwnLabel, {}, (typed) => {
    model = typed.trim();
    tell();
  });
  const notes = element('ul', { class: 'notes', 'aria-live': 'polite' });
  place.append(element('div', { class: 'services' }, services.root, notes, models.root, other.root));

  function tell() {
    onChange({ service: chosen.name, model });
  }

  function refresh() {
    services.value = chosen.name;
    other.root.hidden = true;
    const open = chosen.open_models && !chosen.local;
    const offers = chosen.models.map((name) => ({ value: name, title: name }));
    if (!offers.length && open) offers.push({ value: '', title: text.modelDefault });
    if (open) offers.push({ value: OTHER, title: text.modelOwn });
    models.offer(offers);
    models.root.hidden = offers.length < 2;
    notes.replaceChildren(...noted(chosen).map(([kind, said]) => element('li', { class: kind }, said)));
  }
  refresh();
  return { value: () => ({ service: chosen.name, model }) };
}

function noted({ local, ready, missing, keeps, redraws, mask }) {
  const said = [[local ? 'stays' : 'leaves', capital(local ? text.onDevice : text.remote)]];
  if (!ready) said.push(['bad', text.missing(missing)]);
  if (!local) said.push(['', keeps ? text.keeps(keeps) : text.keepsUnknown]);
  if (redraws) said.push(['', text.redraws(redraws)]);
  if (mask && mask !== 'none') said.push(['', text.usesMask(mask)]);
  return said;
}

const capital = (words) => words[0].toUpperCase() + words.slice(1);
