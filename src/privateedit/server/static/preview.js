/** Keeps the stage and the meter in step with the settings; only the latest answer counts. */
import * as api from './api.js';
import { byId, complainOf, debounced, spinning } from './dom.js';
import { text } from './strings.js';
import { state, watch, wholeLook } from './state.js';
import { hidesNothing, showMeter } from './meter.js';

const SOON = 30; // milliseconds after the last change
const LATER = 250;

/** Begins to watch the settings and to draw on the stage. @param {import('./stage.js').Stage} stage */
export function keepPreview(stage) {
  let drawing = null;
  let measuring = null;

  const draw = debounced(async () => {
    drawing?.abort();
    const mine = (drawing = new AbortController());
    const { photo } = state;
    if (!photo) return;
    try {
      const blob = await spinning(byId('stage-spinner'), api.preview(photo.id, wholeLook(), mine.signal));
      const bitmap = await createImageBitmap(blob);
      if (drawing !== mine || state.photo !== photo) return bitmap.close();
      note('');
      stage.setMasked(bitmap);
    } catch (error) {
      if (drawing !== mine || api.isAborted(error)) return;
      stage.setMasked(null);
      fail(error);
    }
  }, SOON);

  const measure = debounced(async () => {
    measuring?.abort();
    const mine = (measuring = new AbortController());
    const { photo } = state;
    if (!photo) return;
    const place = byId('meter');
    try {
      const report = await api.leaks(photo.id, wholeLook(), mine.signal);
      if (measuring === mine && state.photo === photo) showMeter(place, report, { aside: text.meterScreen });
    } catch (error) {
      if (measuring !== mine || api.isAborted(error)) return;
      showMeter(place, null, { waiting: hidesNothing(error) ? text.meterNothing : error.message });
    }
  }, LATER);

  const wait = debounced(() => byId('meter').classList.add('old'), 1);
  watch(['photo', 'look', 'marks'], () => {
    if (!state.photo) return;
    wait();
    draw();
    measure();
  });
  new MutationObserver(() => byId('meter').classList.remove('old')).observe(byId('meter'), { childList: true });
}

function fail(error) {
  if (hidesNothing(error)) note(text.nothingHidden);
  else if (error.code !== 'forgotten') complainOf(error);
}

function note(words) {
  const badge = byId('stage-note');
  badge.hidden = !words;
  badge.textContent = words;
}
