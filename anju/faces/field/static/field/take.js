// A shared phone is taken by PIN or badge. With a signal the server judges them; what it took is kept as
// a digest, so that the same person can take the phone without a signal for three days. The worker then
// shows the pages kept of that person, and nothing of whoever was signed in before. PIN and badge have
// three days each: one that was ended lives on by no use of the other.
import { asked, digest, within } from './queue.js';

const { body } = document, GOOD = 72 * 3600000, SOON = 120000, TRIES = 5, ROUNDS = 300000;
const SHELL = 'anju-shell', WHO = '/field/who', HELD = '/field/held', TAKEN = '/field/taken';
const place = document.querySelector('[data-take-page]'), form = document.querySelector('form[data-take]');
const bytes = (text) => new TextEncoder().encode(text);
const pinned = async (pin, salt) => {
  const key = await crypto.subtle.importKey('raw', bytes(pin), 'PBKDF2', false, ['deriveBits']);
  return digest(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: ROUNDS }, key, 256));
};
const fact = (key) => within('readonly', ({ facts }) => asked(facts.get(key)));
const note = (key, value) => within('readwrite', ({ facts }) => asked(value === undefined ? facts.delete(key) : facts.put(value, key)));
const isGood = (at) => Date.now() - at < GOOD;
// What is over of these is deleted with the look at it; `ends`: what is to be forgotten at once.
const people = (ends = () => ({})) => within('readwrite', async ({ facts }) => {
  const keys = (await asked(facts.getAllKeys())).filter((key) => String(key).startsWith('take ')), found = [];
  for (const key of keys) {
    const held = await asked(facts.get(key)), { pin, badge } = ends(held), { login, name, salt, pinAt, badgeAt } = held;
    const one = { login, name };
    if (!pin && isGood(pinAt)) Object.assign(one, { salt, pin: held.pin, pinAt });
    if (!badge && isGood(badgeAt)) Object.assign(one, { badge: held.badge, badgeAt });
    if (!one.pin && !one.badge) { facts.delete(key); continue; }
    facts.put(one, key);
    found.push({ ...one, who: key.slice(5) });
  }
  return found;
});
// A badge that was ended is forgotten as soon as the server is heard, whoever takes the phone and how.
const endedBadges = async () => {
  if (body.dataset.badges === undefined || isAway()) return [];
  const good = body.dataset.badges.split(' '), held = (await people()).map((one) => one.badge).filter(Boolean);
  const marks = await Promise.all(held.map((badge) => digest(bytes(badge))));
  return held.filter((_badge, n) => !good.includes(marks[n].slice(0, 16)));
};
// What the server took is remembered; what it refused is not taken without a signal either.
const settle = async () => {
  const taking = await fact('taking');
  if (!taking) return;
  await note('taking');
  const { person, shared, login } = body.dataset, { at, login: typed, ...key } = taking;
  if (person && shared && Date.now() - at < SOON && (key.badge || typed.toLowerCase() === login.toLowerCase())) {
    const made = key.badge ? { badgeAt: Date.now() } : { pinAt: Date.now() };
    await note(`take ${person}`, { ...await fact(`take ${person}`), ...key, ...made, login, name: shared });
    await note(`tries ${login}`);
  } else if (!person && place?.querySelector('[role=alert] .note')) {
    await people((one) => ({ badge: key.badge && one.badge === key.badge, pin: key.pin && one.login === typed }));
  }
};
// From now on the worker shows what is kept of `who`; the sign-in the server still knows opens nothing here
// until somebody is named with a signal.
const hand = async (who) => {
  const shell = await caches.open(SHELL), held = await shell.match(HELD);
  await shell.put(TAKEN, new Response(held ? await held.text() : ''));
  if (who) await shell.put(WHO, new Response(who));
  else await shell.delete(WHO);
  location.assign(who ? '/work' : '/work/take');
};
const says = (text) => {
  const made = document.createElement('div');
  made.className = 'note bad';
  made.textContent = text;
  place.querySelector('[role=alert]').replaceChildren(made);
};
const isAway = () => !navigator.onLine || body.dataset.keptAt;
const fits = async (one, { login, pin, badge }) => badge ? one.badge === badge : Boolean(pin && one.pin) && one.login === login && one.pin === await pinned(pin, one.salt);
const without = async (given) => {
  const count = `tries ${given.login}`, tries = !given.badge && await fact(count) || 0, known = await people();
  if (tries >= TRIES) { says(place.dataset.wLocked); return; }
  if (!given.badge && !known.some((one) => one.login === given.login && one.pin)) { says(place.dataset.wUnknown); return; }
  if (!given.badge) await note(count, tries + 1); // of one name: another's PIN frees nobody's; a badge is not guessed
  for (const one of known) {
    if (await fits(one, given)) {
      if (!given.badge) await note(count);
      await hand(one.who);
      return;
    }
  }
  says(place.dataset.wWrong);
};
// A page still on its way when the phone was put down brings back the token of before.
const anew = async () => {
  const token = '[name=csrfmiddlewaretoken]', text = await (await fetch(location.pathname)).text();
  form.querySelector(token).value = new DOMParser().parseFromString(text, 'text/html').querySelector(`form[data-take] ${token}`).value;
};
const pressed = async () => {
  const { label, pin, other } = form.elements, chosen = form.querySelector('[name=login]:checked');
  const login = (chosen ? chosen.value : other.value).trim(), token = label.value.split('#').at(-1).trim();
  const given = { login, pin: pin.value, badge: token && await digest(bytes(token)) };
  if (isAway()) { await without(given); pin.value = label.value = ''; return; }
  const salt = crypto.randomUUID();
  await note('taking', { at: Date.now(), ...(token ? { badge: given.badge } : { login, salt, pin: await pinned(given.pin, salt) }) }).catch(() => {});
  await (await window.caches?.open(SHELL))?.delete(WHO); // on a slow line nobody sees the pages of who was before
  await anew().catch(() => {});
  form.submit();
};
const draw = async () => {
  const list = form.querySelector('[data-take-people]');
  for (const one of await people()) {
    if (!one.login || !one.pin || list.querySelector(`[value="${CSS.escape(one.login)}"]`)) continue;
    const label = document.createElement('label'), input = document.createElement('input'), name = document.createElement('span');
    Object.assign(input, { type: 'radio', name: 'login', value: one.login });
    name.textContent = one.name;
    label.append(input, name);
    list.append(label);
  }
};
// Put down without a signal, and there is one again: the sign-in that the server still knows ends.
const putDown = async () => {
  if (!place || !body.dataset.person || isAway() || !await (await caches.open(SHELL)).match(TAKEN)) return;
  document.querySelector('form[data-put-down]')?.submit();
};
const arrive = async () => {
  await settle();
  const over = place?.dataset.takeNone !== undefined && !isAway(); // a shared phone no more
  const ended = await endedBadges();
  await people(({ badge }) => ({ pin: over, badge: over || ended.includes(badge) }));
  await putDown();
  if (!form) return;
  if (isAway()) { // the page as it is kept is nobody's
    form.hidden = false;
    place.querySelector('[data-take-gone]').hidden = true;
    await draw();
  } else if (location.hash.length > 1) { // the telephone's own camera has read a badge
    form.elements.label.value = location.hash.slice(1);
    history.replaceState(null, '', location.pathname + location.search);
    form.requestSubmit();
  }
};
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  pressed().catch(() => form.submit());
});
document.querySelector('form[data-put-down]')?.addEventListener('submit', (event) => {
  if (!isAway()) return;
  event.preventDefault();
  hand('').catch(() => {});
});
// Who goes on by password is not who was taking it.
place?.querySelector('a[href]')?.addEventListener('click', () => note('taking'));
arrive().catch(() => {});
