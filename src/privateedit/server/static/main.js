/** Puts the parts together: door, empty page, one photo, many photos. */
import * as api from './api.js';
import { asked, byId, complain, complainOf, label, announce, spinning } from './dom.js';
import { text } from './strings.js';
import { change, service, state, watch } from './state.js';
import { canRedo, canUndo, clearMarks, redo, undo } from './marks.js';
import { Stage } from './stage.js';
import { Tools } from './tools.js';
import { listenToKeys } from './keys.js';
import { keepPreview } from './preview.js';
import { showFaces } from './faces.js';
import { makeLooks } from './looks.js';
import { makeWords } from './words.js';
import { makeServices } from './services.js';
import { showMeter } from './meter.js';
import { forgetLeaving, prepareLeaving, seeWhatLeaves } from './leaving.js';
import { keepActions, send } from './sending.js';
import { compareResult, compareReturned, forgetCompare, prepareCompare } from './compare.js';
import { finishing, forgetResult, showMisfit, showResult } from './result.js';
import { byHand } from './byhand.js';
import { makeBatch } from './batch.js';
import { atDoor, enter, keepSession, ticketOfAddress, watchDoor } from './session.js';
import { listenForPhotos } from './opening.js';
import { openStep, showGists } from './steps.js';
import { chooseView, offerView, prepareViews } from './views.js';
import { standStill } from './standing.js';

const stage = new Stage(byId('canvas'));
const tools = new Tools(stage, byId('canvas'), tellZoom);
let opening = null;
let wordsFields = null;

function tellZoom() {
  const level = text.percent(stage.viewport.scale / stage.viewport.fitScale);
  byId('zoom-level').textContent = level;
  byId('zoom-fit').title = text.zoomFit(level);
  byId('zoom-fit').setAttribute('aria-label', text.zoomFit(level));
}

function zoom(factor) {
  stage.viewport.zoom(factor);
  tools.settle();
  tellZoom();
}

function fit() {
  stage.viewport.fit();
  tools.settle();
  tellZoom();
}

function chooseTool(name) {
  for (const button of byId('tool-kinds').children) {
    const on = button.dataset.tool === name;
    button.setAttribute('aria-checked', String(on));
    button.tabIndex = on ? 0 : -1;
  }
  byId('size-field').hidden = name !== 'brush' && name !== 'eraser';
  tools.choose(name);
  if (name === 'eraser') announce(text.eraserNote);
}

function prepareTools() {
  const kinds = byId('tool-kinds');
  kinds.addEventListener('click', (event) => {
    const button = event.target.closest('[data-tool]');
    if (button) chooseTool(button.dataset.tool);
  });
  kinds.addEventListener('keydown', (event) => {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const all = [...kinds.children];
    const next = all[(all.indexOf(document.activeElement) + way + all.length) % all.length];
    chooseTool(next.dataset.tool);
    next.focus();
  });
  byId('brush-size').addEventListener('input', (event) => (tools.diameter = Number(event.target.value)));
  byId('undo').addEventListener('click', undo);
  byId('redo').addEventListener('click', redo);
  byId('zoom-in').addEventListener('click', () => zoom(1.4));
  byId('zoom-out').addEventListener('click', () => zoom(1 / 1.4));
  byId('zoom-fit').addEventListener('click', fit);
  byId('peek').addEventListener('click', ({ currentTarget: button }) => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    stage.peeking = on;
  });
  watch(['marks'], () => {
    byId('undo').disabled = !canUndo();
    byId('redo').disabled = !canRedo();
    stage.draw();
  });
  listenToKeys({ stage, canvas: byId('canvas'), tools, choose: chooseTool, zoom, fit, active: () => document.body.dataset.place === 'one' && !byId('view-photo').hidden && state.busy !== 'one' });
}

/** Shows one of the page's places: `empty`, `one`, `many`. */
function go(place) {
  document.body.dataset.place = place;
  for (const id of ['door', 'empty', 'one', 'many']) byId(id).hidden = id !== place;
  byId('places').hidden = false;
  byId('another').hidden = place !== 'one';
  byId('to-one').toggleAttribute('aria-current', place !== 'many');
  byId('to-many').toggleAttribute('aria-current', place === 'many');
  for (const id of ['to-one', 'to-many']) if (byId(id).hasAttribute('aria-current')) byId(id).setAttribute('aria-current', 'page');
}

async function openPhoto(files) {
  if (state.busy === 'one') return complain(text.waitForEdit);
  const [file] = files;
  const limit = state.choices.largest_file;
  if (limit && file.size > limit) return complain(api.knowing(text.tooLarge(limit)));
  if (state.photo && !(await asked(text.replaceAsk, text.replaceYes, text.replaceNo))) return;
  complain(files.length > 1 ? text.onlyFirst : null);
  opening?.abort();
  const mine = (opening = new AbortController());
  document.body.classList.add('opening');
  announce(text.opening);
  try {
    const before = state.photo;
    const photo = await api.open(file, mine.signal);
    const bitmap = await createImageBitmap(await api.view(photo.id));
    if (opening !== mine) return forget(photo);
    if (before) forget(before);
    begin(photo, bitmap, file.name);
  } catch (error) {
    if (opening === mine && !api.isAborted(error)) complainOf(error);
  } finally {
    if (opening === mine) endOpening();
  }
}

const forget = ({ id }) => void api.close(id).catch(() => {}); // the server forgets it by itself in the end

function endOpening() {
  opening = null;
  document.body.classList.remove('opening');
}

/** Lets a photo that is still being opened give way to an edit: to take its place would stop it. */
function giveWay() {
  if (state.busy !== 'one' || !opening) return;
  endOpening();
  complain(text.gaveWay);
}

function begin(photo, bitmap, fileName) {
  forgetLeaving();
  forgetCompare();
  forgetResult();
  offerView('leaves', false);
  offerView('result', false);
  chooseView('photo');
  change({ photo, fileName, result: null });
  clearMarks();
  go('one');
  stage.setPhoto(bitmap, photo.width, photo.height);
  byId('stage').style.setProperty('--shape', String(photo.width / photo.height));
  fit();
  chooseTool(photo.faces.length ? 'pick' : 'brush');
  standStill();
  openStep('hide');
  showMeter(byId('meter'), null, { waiting: text.meterWait });
  wordsFields.begin();
  announce(photo.faces.length ? text.facesGist(photo.faces.length, photo.faces.length) : text.noFaces);
  byId('canvas').focus({ preventScroll: true });
}

/** On a narrow screen, where the picture is above the settings, brings it into sight. */
function bringStage() {
  if (byId('stage').getBoundingClientRect().top < 0) byId('stage').scrollIntoView();
}

function receive(result) {
  if (!result) return;
  change({ result, taken: false });
  showResult(result);
  openResult();
  compareResult();
}

/** Shows what came back where no face fits it, so that it may be tried otherwise. */
function receiveMisfit(why) {
  change({ result: null });
  showMisfit(why, (result) => {
    complain(null);
    receive(result);
  });
  openResult();
  compareReturned();
  announce(why);
}

function openResult() {
  offerView('result', true);
  chooseView('result');
  bringStage();
  openStep('result');
}

async function sendShown() {
  const { result, misfit, names } = await send(finishing(), wordsFields.findings);
  if (misfit) return receiveMisfit(misfit);
  if (!names) return receive(result);
  openStep('ask');
  wordsFields.warn(names);
  byId('send').focus({ preventScroll: true });
}

async function see() {
  complain(null);
  if (!(await seeWhatLeaves(byId('stage-spinner')))) return;
  offerView('leaves', true);
  chooseView('leaves');
  bringStage();
  openStep('leaves');
  byId('send').focus({ preventScroll: true });
}

function makePanel() {
  const { choices } = state;
  const context = () => ({ photo: state.photo?.id ?? null, service: state.editor.service, local: service()?.local ?? true });
  const services = makeServices(byId('services'), choices, (editor) => {
    change({ editor });
    wordsFields?.served();
  });
  state.editor = services.value();
  state.look = makeLooks(byId('looks'), choices, (look) => change({ look })).look();
  wordsFields = makeWords(byId('words'), choices, (words) => change({ words }), context);
  wordsFields.begin();
  prepareLeaving(byId('leaves'), byHand(receive, receiveMisfit));
  forgetResult();
  watch(['photo', 'marks'], showFaces);
  watch(['photo', 'look', 'marks', 'editor', 'words', 'sealed', 'result'], showGists);
  watch(['busy'], giveWay);
  keepPreview(stage);
  keepActions();
  byId('see').addEventListener('click', see);
  byId('send').addEventListener('click', sendShown);
  makeBatch(byId('many'), choices);
}

function lost() {
  change({ photo: null, sealed: null, result: null });
  forgetLeaving();
  forgetCompare();
  stage.setMasked(null);
}

async function entered() {
  try {
    if (!state.choices) {
      change({ choices: await spinning(byId('stage-spinner'), api.choices()) });
      makePanel();
    }
    standStill();
    go('empty');
  } catch (error) {
    atDoor(error.message);
  }
}

function prepare() {
  label();
  standStill();
  prepareTools();
  prepareViews();
  prepareCompare();
  byId('notice-close').addEventListener('click', () => complain(null));
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId('panel').focus();
  });
  byId('another').addEventListener('click', () => byId('pick').click());
  byId('to-one').addEventListener('click', () => go(state.photo ? 'one' : 'empty'));
  byId('to-many').addEventListener('click', () => go('many'));
  listenForPhotos(openPhoto, () => ['empty', 'one'].includes(document.body.dataset.place));
  api.whenForgotten((why) => {
    lost();
    atDoor(why);
  });
  watchDoor(entered);
  keepSession(() => {
    lost();
    if (document.body.dataset.place === 'one') go('empty');
    complain(api.knowing(text.expired));
  });
}

prepare();
if (await enter(ticketOfAddress())) await entered();
window.addEventListener('hashchange', async () => {
  if (!api.isSignedIn() && (await enter(ticketOfAddress()))) await entered();
});
