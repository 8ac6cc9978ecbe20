// What a page about a piece of work does without a signal. What is pressed is kept on the phone first,
// then brought; three states are shown and no other: on the phone, uploading, received. What a form
// does is said by its attributes:
//   data-do      the command; data-label names it in the list, data-key tells forms of one command apart
//   data-need    what must be said: `a|b c` is a or b, and c; `a=x` is met by x alone; `do:a` by a command
//                a that is kept here
//   data-ahead   how the work stands after it; what has data-when shows only as the work stands
//   data-then    the page to go on with, once it is kept; a button may have its own
//   data-new     each time it is about something new, which gets its id here; data-subject: about that one, called data-title
//   data-named   fields: the first two filled in name it in the list; data-again: a refused one can be put back into it
//   data-only    it is kept here always: there is no page that could take it
//   data-signal  with a signal the server takes it; without one it is kept if it has data-do, else it says so and stays
// An input of files with a data-do of its own is kept the moment it is filled (data-stage); others go
// with their form. data-said says how it stands with what was given beside it, or with the command that
// what it stands in names by data-do and data-key.
import { SILENT, behind, flush, isOpen, isSending, isWrongLabel, keep, kept, listen, timed, understood } from './queue.js';

const place = document.querySelector('[data-queue]');
const words = place?.dataset || {}, who = document.body.dataset.person;
const version = Number(words.version) || null, list = place?.querySelector('ul');
const BAD = ['refused', 'blocked'];
const OWN = ['csrfmiddlewaretoken', 'idempotency_key', 'version'];
const make = (kind, text, parent, name = '') => {
  const made = document.createElement(kind);
  made.textContent = text;
  made.className = name;
  parent.append(made);
  return made;
};
// `lost`: the server refused a file of it; it may be taken without.
export const isBad = (one) => BAD.includes(one.receipt?.status) || (Boolean(one.lost) && one.receipt?.status !== 'taken');
const aside = (one) => one.receipt?.status === 'aside' && one.receipt.text && !one.lost;
export const says = (one, from = words) => {
  const { receipt } = one;
  if (isBad(one) || aside(one)) return from.wRefused;
  if (!receipt) return isSending() ? from.wUploading : from.wPhone;
  if (receipt.status === 'waiting') return receipt.text || from.wUploading;
  return `${from.wReceived} ${receipt.number}`;
};
// What became of it and what can be done now; nothing where all went well.
export const card = (one, line, from = words) => {
  if (one.understood || !(one.lost || aside(one) || one.alone || one.receipt?.status === 'refused')) return;
  const gone = ['wrong_state', 'stale_version'].includes(one.receipt?.code);
  const made = make('div', one.lost || (gone ? from.wMeanwhile : one.receipt.text), line, 'note bad');
  if (one.receipt?.remains?.length) make('p', [...new Set(one.receipt.remains)].join(' · '), made);
  if (!one.lost && !one.about) make('p', from.wKept, made);
  if (isOpen(one)) return; // what becomes of it without its file is still to be heard
  const form = BAD.includes(one.receipt.status) && one.page === location.pathname && document.querySelector(`form[data-do="${one.name}"][data-again]`);
  if (form) make('button', form.dataset.again, made, 'btn primary wide').addEventListener('click', () => refill(form, one));
  make('button', from.wSeen, made, 'btn wide').addEventListener('click', async () => {
    await understood(one);
    await flush();
    location.reload();
  });
};
// What was typed stands in the form again, with its own time; its pictures go with it, but for those that
// were refused, and what was blocked by it follows it once more. It ends as the form is kept, not before.
const local = (at) => new Date(Date.parse(at) - new Date(at).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
const refill = (form, one) => {
  for (const [name, value] of Object.entries(one.said)) {
    const field = form.elements[name];
    if (field && field.type !== 'file' && typeof value === 'string') field.value = value;
  }
  const { files = [], of = [] } = one.lost ? {} : one.said, { at } = form.elements, whom = form.querySelector('[data-of]');
  if (whom) whom.textContent = form.dataset.label = one.label;
  form.again = { one, files, of };
  if (at) at.value ||= local(one.at);
  for (const part of form.querySelectorAll('details')) part.open = true;
  form.dataset.subject = one.subject;
  form.hidden = false;
  form.closest('[hidden]')?.removeAttribute('hidden');
  form.scrollIntoView({ block: 'start' });
};
document.addEventListener('reset', ({ target }) => { // begun anew, it is about something new
  if (target.again && target.dataset.new !== undefined) delete target.dataset.subject;
  target.again = null;
});
export const shown = (all) => all.filter((one) => !SILENT.includes(one.name) && !one.understood);

// A label that was wrong is said at its field; the next try takes its place.
const atField = (one) => isWrongLabel(one) && one.subject === words.work
  && document.querySelector(`form[data-do="${one.name}"] [name=label]:not([type=hidden])`);
const wrongLabel = (input, { said, receipt }) => {
  const { id, form, parentElement } = input, name = `${id}_error`;
  const sign = document.getElementById(name) || make('div', '', parentElement, 'err');
  if (!sign.id) {
    sign.setAttribute('role', 'alert');
    input.value ||= said.label;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', `${name} ${input.getAttribute('aria-describedby') || ''}`.trim());
    input.classList.add('bad');
    form.querySelector('[data-rescan]').hidden = false;
  }
  sign.id = name;
  sign.textContent = receipt.text;
};

let mine = []; // what is kept about this page's work
const show = async () => {
  const everything = await kept(), all = shown(everything.filter((one) => [one.subject, one.about].includes(words.work) && one.who === who));
  mine = all;
  list.replaceChildren();
  for (const one of all) {
    const input = atField(one);
    if (input) { wrongLabel(input, one); continue; }
    const line = make('li', '', list);
    make('span', one.label || one.name, line, 'grow');
    make('b', says(one), line);
    card(one, line);
  }
  const here = words.work ? everything.filter(isOpen).length : 0; // a list says it in its cards
  place.querySelector('[data-left]').hidden = !here;
  place.querySelector('[data-n]').textContent = here;
  place.hidden = !list.children.length && !here && !place.querySelector('[role=status]').textContent;
  for (const sign of document.querySelectorAll('[data-said]')) beside(sign, all);
  stand(document, all, version);
  onward(everything);
  for (const one of document.querySelectorAll('[data-card]')) standing(one, everything);
};
// A card of a list stands as its work stands here.
const standing = (one, everything) => {
  const all = shown(everything.filter((other) => other.subject === one.dataset.card && other.who === who)), last = all.at(-1);
  const sign = one.querySelector('[data-last]');
  sign.textContent = last && (isOpen(last) || isBad(last)) ? `${last.label}: ${says(last)}` : '';
  sign.hidden = !sign.textContent;
  stand(one, all, Number(one.dataset.version));
  if (one.dataset.points !== undefined) counted(one, one.dataset.points.split(' ').filter(Boolean), pointsHere(one.dataset.card, everything));
};
// What this phone knows of the points of a round: passed here, or said to be out of reach.
export const pointsHere = (work, everything) => {
  const mine = shown(everything).filter((one) => one.name === 'point' && one.subject === work && one.who === who && !isBad(one) && !aside(one));
  const passed = new Set(mine.filter((one) => one.said.verdict !== 'na').map((one) => one.key));
  return { passed, unreached: new Set(mine.map((one) => one.key).filter((key) => !passed.has(key))) };
};
// How many of the points that the page does not know of; a round that ends with its last point is done here.
const counted = (root, open, here) => {
  for (const sign of root.querySelectorAll('[data-here]')) {
    const n = open.filter((key) => here[sign.dataset.here].has(key)).length;
    sign.hidden = !n;
    sign.textContent = sign.dataset.words.replace('{n}', n);
  }
  const done = open.length > 0 && open.every((key) => here.passed.has(key));
  if (done && (root.dataset?.ends !== undefined || root === document)) wear(root, 'done');
  return done;
};
// The next point that nobody has passed, here neither; those out of reach come last.
const onward = (everything) => {
  const card = document.querySelector('[data-next]');
  if (!card) return;
  const open = [...document.querySelectorAll('li[data-todo]')], here = pointsHere(words.work, everything);
  card.hidden = counted(document, open.map((one) => one.dataset.key), here);
  const left = open.filter((one) => !here.passed.has(one.dataset.key));
  const next = left.find((one) => one.dataset.todo !== 'na' && !here.unreached.has(one.dataset.key)) || left[0];
  if (!next || next.dataset.key === card.dataset.key) return;
  const link = next.querySelector('a');
  card.dataset.key = next.dataset.key;
  card.querySelector('h2').textContent = link.textContent;
  card.querySelector('[data-where]').textContent = next.querySelector('.mute').textContent;
  card.querySelector('[data-to]').href = link.href;
  const sign = card.querySelector('[data-said]');
  sign.textContent = '';
  beside(sign, mine);
};
const beside = (sign, all) => {
  const frame = sign.closest('.field-photo'), from = frame?.querySelector('[type=file]') || frame || sign.closest('[data-do]');
  const given = from?.dataset.do ? from.dataset : null;
  const last = given && all.filter((one) => one.name === given.do && (one.key || '') === (given.key || given.stage || '')).at(-1);
  if (!last) return;
  sign.textContent = says(last);
  frame?.classList.toggle('have', !last.lost);
};
// What can be done next stands on the page already: it is shown without asking the server.
const stand = (root, all, since) => {
  const ahead = all.filter((one) => one.ahead !== undefined && !isBad(one) && !(one.receipt?.version <= since));
  if (!ahead.length) return;
  wear(root, ahead.at(-1).ahead);
};
const wear = (root, state) => {
  for (const part of root.querySelectorAll('[data-when]')) part.hidden = !part.dataset.when.split(' ').includes(state);
};

// A leader who writes it down for somebody else says for whom, once on the page.
const chosen = document.querySelector('[data-for]');
const forWhom = () => chosen?.value ? { for: chosen.value } : {};
const labelled = (label) => chosen?.value ? `${label} · ${chosen.selectedOptions[0].text}` : label;
chosen?.closest('[hidden]')?.removeAttribute('hidden');

// Kept by itself, before anything else can happen to the page.
export const take = async (from, file) => {
  if (!place || !from.dataset.do) return false;
  const { stage = '' } = from.dataset;
  await keep({
    who, subject: words.work, base: version, name: from.dataset.do, said: { ...stage && { stage }, ...forWhom() }, pictures: [file],
    show: { label: labelled(from.dataset.label), title: words.title, key: stage },
  });
  if (from.type === 'file') from.value = '';
  flush();
  return true;
};
const inputs = (form) => [...form.querySelectorAll('[type=file]')];
const told = (form, submitter) => {
  const said = {};
  for (const [name, value] of new FormData(form, submitter)) {
    if (!OWN.includes(name) && typeof value === 'string' && value.trim()) said[name] = value.trim();
  }
  return { ...said, ...forWhom() };
};
// The form is shown by its own browser's rules first; then by what its command needs.
const lacks = (form, said) => (form.dataset.need || '').split(' ').filter(Boolean).some((group) => !group.split('|').some((one) => {
  if (one.startsWith('do:')) return mine.some((other) => other.name === one.slice(3) && !isBad(other) && !aside(other));
  const [name, value] = one.split('='), input = inputs(form).find((other) => other.name === name);
  if (value) return said[name] === value;
  return said[name] || form.again?.of.includes(name) || (input && (input.files.length || (input.dataset.do && input.closest('.have'))));
}));
// A photo that the phone could not keep is still in the form.
const notKept = (form) => inputs(form).some((input) => input.dataset.do && input.files.length);
const tell = (text) => {
  place.hidden = false;
  place.querySelector('[role=status]').textContent = text;
  place.scrollIntoView({ block: 'nearest' });
};
// Ids of new things in the order of their making, in which they are brought and numbered.
const fresh = () => {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
};
// Whether this phone can open a page by itself.
const opens = async (page) => Boolean(navigator.serviceWorker?.controller && await caches.match(page, { ignoreSearch: true }));
// Whether the server is heard now, not only some network. A page kept here may be another's than the server knows.
const AT_MOST = 4000;
const signal = async () => navigator.onLine && !document.body.dataset.keptAt
  && fetch('/manifest.webmanifest', { cache: 'no-store', signal: AbortSignal.timeout(AT_MOST) }).then(({ ok }) => ok, () => false);
const tried = async (form, submitter) => {
  document.documentElement.dataset.busy = '';
  form.line = await signal() ? 'on' : 'off';
  await new Promise((done) => setTimeout(done)); // a form is not sent again while it is being sent
  delete document.documentElement.dataset.busy;
  if (form.line === 'on' || form.dataset.do) form.requestSubmit(submitter);
  else { tell(words.wSignal); form.line = null; }
};
const pressed = async (event) => {
  const form = event.target, name = form.dataset.do, { line = null } = form, asks = form.dataset.signal !== undefined;
  if (!(name || asks) || !place || event.defaultPrevented) return;
  form.line = null;
  if (line === 'on') return;
  if (asks && !line) {
    event.preventDefault();
    tried(form, event.submitter);
    return;
  }
  const said = told(form, event.submitter), held = notKept(form), missing = lacks(form, said);
  if ((missing || held) && !line && navigator.onLine && !document.body.dataset.keptAt && form.dataset.only === undefined && !form.again) {
    for (const [key, value] of Object.entries(forWhom())) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: key, value }));
    return; // the server takes it, or says what is missing
  }
  event.preventDefault();
  if (held) { noRoom(); return; }
  if (missing) { tell(words.wMissing); return; }
  document.documentElement.dataset.busy = '';
  const given = inputs(form).filter((input) => !input.dataset.do).flatMap((input) => [...input.files].map((file) => [input.name, file]));
  const isNew = form.dataset.new !== undefined, { ahead, then, key, subject = isNew ? fresh() : words.work } = { ...form.dataset, ...event.submitter?.dataset };
  const wrong = mine.find((one) => isWrongLabel(one) && one.name === name && one.subject === subject);
  const { one: before = wrong, files = [], of = [] } = form.again || {}, names = [...given.map(([field]) => field), ...of];
  const named = (form.dataset.named || '').split(' ').map((field) => said[field]).filter(Boolean).slice(0, 2);
  const label = labelled(named.join(' · ') || form.dataset.label);
  try {
    const made = {
      who, subject, base: subject === words.work ? version : Number(form.elements.version?.value) || null, name, pictures: given.map(([, file]) => file), more: files,
      said: { ...form.again && timed(before), ...said, ...said.ledger && names.length && { of: names } },
      show: { label, title: form.dataset.title || words.title, key, ahead, page: words.page, about: said.ledger || (isNew ? words.work : undefined) },
    };
    const id = before ? (await understood(before, [made, ...await behind(before)]))[0] : await keep(made);
    form.again = null;
    place.querySelector('[role=status]').textContent = '';
    if (isNew) delete form.dataset.subject;
    document.dispatchEvent(new CustomEvent('kept', { detail: form }));
    if (ahead === undefined) form.reset();
    await flush();
    const mine = (await kept(subject)).find((one) => one.id === id), open = isOpen(mine);
    if (!isBad(mine) && !aside(mine)) {
      if (then && (!open || await opens(then))) location.assign(then);
      else if (!open && !isNew) location.reload(); // else the next one is being typed
    } else if (atField(mine)) atField(mine).select();
  } catch { noRoom(); }
  delete document.documentElement.dataset.busy;
};
export const noRoom = () => tell(words.wFull);
if (place && who) {
  document.addEventListener('submit', pressed);
  place.querySelector('[data-send]').addEventListener('click', flush);
  const showing = () => show().catch(() => {});
  listen(showing);
  document.addEventListener('htmx:afterSettle', showing);
}
