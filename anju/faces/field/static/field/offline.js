// The page of a piece of work: what is pressed is kept on the phone first, then brought. Three states
// are shown and no other: on the phone, uploading, received.
import { enrol, flush, isOpen, isSending, keep, kept, understood, watch } from './queue.js';

const place = document.querySelector('[data-queue]');
const words = place?.dataset || {}, who = document.body.dataset.person;
const version = Number(words.version) || null, list = place?.querySelector('ul');
const make = (kind, text, parent, name = '') => {
  const made = document.createElement(kind);
  made.textContent = text;
  made.className = name;
  parent.append(made);
  return made;
};
const says = (one) => {
  const { receipt } = one;
  if (!receipt) return isSending() ? words.wUploading : words.wPhone;
  if (receipt.status === 'waiting') return receipt.text || words.wUploading;
  return `${words.wReceived} ${receipt.number}`;
};
const named = (one) => JSON.parse(words.names)[one.said.stage ? `${one.name} ${one.said.stage}` : one.name] || one.name;
const show = async () => {
  const all = (await kept(words.work)).filter((one) => !['seen', 'waive'].includes(one.name) && !one.understood);
  list.replaceChildren();
  for (const one of all) {
    const line = make('li', '', list), bad = one.lost || ['refused', 'blocked'].includes(one.receipt?.status);
    make('span', named(one), line, 'grow');
    make('b', bad ? words.wRefused : says(one), line);
    if (!one.lost && one.receipt?.status !== 'refused') continue;
    const gone = ['wrong_state', 'stale_version'].includes(one.receipt?.code);
    const card = make('div', one.lost || (gone ? words.wMeanwhile : one.receipt.text), line, 'note bad');
    if (one.receipt?.remains?.length) make('p', one.receipt.remains.join(' · '), card);
    if (!one.lost) make('p', words.wKept, card);
    make('button', words.wSeen, card, 'btn wide').addEventListener('click', async () => {
      await understood(one);
      await flush();
      location.reload();
    });
  }
  const here = (await kept()).filter(isOpen).length;
  place.querySelector('[data-left]').hidden = !here;
  place.querySelector('[data-n]').textContent = here;
  place.hidden = !all.length && !here;
  document.querySelectorAll('.field-photo').forEach((frame) => {
    const stage = frame.querySelector('input')?.name;
    const photo = all.filter((one) => one.name === 'photo' && one.said.stage === stage).at(-1);
    if (photo) frame.querySelector('[data-taken]').textContent = photo.lost ? words.wRefused : says(photo);
    if (photo?.lost) frame.classList.remove('have');
  });
};

// A photo is kept the moment it is taken, before anything else can happen to the page.
export const photo = async (input, file) => {
  if (!place) return false;
  const base = version, said = { stage: input.name };
  await keep({ who, subject: words.work, base, name: 'photo', said, pictures: [file] });
  input.value = '';
  flush();
  return true;
};
const LATER = { accept: 'accepted', arrive: 'arrived', resume: 'doing', hold: 'held', finish: 'done', hand_back: '' };
// What can be done next stands on the page already: it is shown without asking the server.
const goOn = (name) => {
  for (const part of document.querySelectorAll('[data-when]')) part.hidden = !part.dataset.when.split(' ').includes(LATER[name]);
};
const told = (form, submitter) => {
  const said = {};
  for (const [name, value] of new FormData(form, submitter)) {
    if (!['csrfmiddlewaretoken', 'idempotency_key', 'version', 'before', 'after'].includes(name) && value) said[name === 'words' ? 'reason' : name] = value;
  }
  return said;
};
const label = (field) => field?.closest('label')?.textContent.trim() || '';
// The result in words, as the server would write it.
const finished = (form) => {
  const { result, without, remark, cause, prevention } = told(form);
  const why = without ? words.wNoPhoto.replace('…', form.elements.without.selectedOptions[0].textContent.trim()) : '';
  const missing = !without && form.querySelectorAll('.field-photo.have').length < 2;
  if (!result || missing || (form.elements.cause && !(cause && prevention))) return null;
  const more = form.elements.cause ? { cause, prevention } : {};
  return { result: [label(form.querySelector('[name=result]:checked')), remark, why].filter(Boolean).join(' · '), ...more };
};
// A photo that the phone could not keep is still in the form.
const notKept = (form) => [...form.querySelectorAll('[type=file]')].some((input) => input.files.length);
const pressed = async (event) => {
  const form = event.target, name = form.dataset.do;
  if (!name || !place || event.defaultPrevented) return;
  const said = name === 'finish' ? finished(form) : told(form, event.submitter), held = notKept(form);
  if ((!said || held) && navigator.onLine) return; // the server takes it, or says what is missing
  event.preventDefault();
  if (held) { noRoom(); return; }
  if (!said || (name === 'hold' && !said.reason) || (name === 'hand_back' && !said.reason)) {
    place.hidden = false;
    place.querySelector('[role=status]').textContent = words.wMissing;
    return;
  }
  document.documentElement.dataset.busy = '';
  try {
    const id = await keep({ who, subject: words.work, base: version, name, said });
    goOn(name);
    await flush();
    const mine = (await kept(words.work)).find((one) => one.id === id);
    if (!isOpen(mine) && !['refused', 'blocked'].includes(mine.receipt.status)) location.reload();
  } catch { noRoom(); }
  delete document.documentElement.dataset.busy;
};
export const noRoom = () => {
  place.hidden = false;
  place.querySelector('[role=status]').textContent = words.wFull;
};
if (place && who) {
  document.addEventListener('submit', pressed);
  place.querySelector('[data-send]').addEventListener('click', flush);
  enrol(who, words.enrol, words.csrf).catch(() => {}).then(() => watch(show));
}
