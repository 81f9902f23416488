/** The three pictures of one photo: itself, what leaves, the result; as tabs over the stage. */
import { byId } from './dom.js';

const NAMES = ['photo', 'leaves', 'result'];
const tab = (name) => byId(`tab-${name}`);

/** Makes the tabs work, by pointer and by arrow keys. */
export function prepareViews() {
  for (const name of NAMES) {
    tab(name).addEventListener('click', () => chooseView(name));
    tab(name).addEventListener('keydown', (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      const usable = NAMES.filter((each) => !tab(each).disabled);
      const next = usable[(usable.indexOf(name) + way + usable.length) % usable.length];
      chooseView(next);
      tab(next).focus();
    });
  }
}

/** Shows one of the three. */
export function chooseView(chosen) {
  for (const name of NAMES) {
    const on = name === chosen;
    tab(name).setAttribute('aria-selected', String(on));
    tab(name).tabIndex = on ? 0 : -1;
    byId(`view-${name}`).hidden = !on;
  }
}

/** Lets a tab be chosen, or not. */
export function offerView(name, on) {
  tab(name).disabled = !on;
}
