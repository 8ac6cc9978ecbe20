// Around every page of work on foot: what is kept for later, and what is said without a signal.
import { chooseSmall, chosenSmall, enrol, flush, isOpen, kept, listen, room, watch } from './queue.js';

const { body } = document, HALF = 1800000;
const part = (name) => document.querySelector(`[data-${name}]`);

// A copy that was kept says since when.
const line = part('kept-line');
if (line && body.dataset.keptAt) {
  const at = new Date(body.dataset.keptAt), sameDay = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
  const words = line.querySelector('[data-words]');
  words.textContent = words.dataset.words.replace('{time}', sameDay ? time : `${at.getMonth() + 1}-${at.getDate()} ${time}`);
  line.hidden = false;
  line.querySelector('button').addEventListener('click', () => location.reload());
}
// What is not yet time stands on the page and shows itself when it is.
const clock = () => {
  for (const later of document.querySelectorAll('[data-from]')) if (Date.now() >= Date.parse(later.dataset.from)) later.hidden = false;
  for (const until of document.querySelectorAll('[data-until]')) if (Date.now() >= Date.parse(until.dataset.until)) until.hidden = true;
};
clock();
setInterval(clock, 15000);

// What waits is brought from whatever page is open; a sign-in that turned out to be over is made anew.
// A shared phone in nobody's hand brings what waits of everybody too, and hears that it was lost.
const signed = () => body.dataset.person && enrol(body.dataset.person, body.dataset.enrol, body.dataset.csrf, body.dataset.phone);
if (body.dataset.person || part('take-page')) watch().then(signed).then((made) => made && flush()).catch(() => {});

// What still waits on this phone is said on every page.
const waiting = part('waiting');
if (waiting && !part('uploads')) {
  listen(() => kept().then((all) => {
    const n = all.filter(isOpen).length;
    waiting.hidden = !n || Boolean(part('queue')?.dataset.work); // there it stands with what it is
    waiting.querySelector('b').textContent = n;
  }).catch(() => {}));
}

// Where room is short, smaller pictures are offered wherever pictures are taken, before it is full.
const tight = part('tight');
const offer = async () => {
  tight.hidden = !(await room()).tight || !document.querySelector('.field-photo, [data-uploads]');
  for (const one of tight.querySelectorAll('[data-off]')) one.textContent = chosenSmall() ? one.dataset.on : one.dataset.off;
};
if (tight) {
  tight.querySelector('button').addEventListener('click', () => { chooseSmall(!chosenSmall()); offer(); });
  listen(() => offer().catch(() => {}));
}

// A shared phone that nobody has touched for so long is put down by itself, also when it was asleep.
const MOVED = 'anju-moved', OFTEN = 5000, idle = Number(body.dataset.idle) * 1000;
const since = () => Date.now() - Number(localStorage.getItem(MOVED));
const moved = () => { if (since() > OFTEN) localStorage.setItem(MOVED, Date.now()); };
const lie = () => { if (idle && since() > idle) part('put-down')?.requestSubmit(); };
if (idle || part('take-page')) {
  if (localStorage.getItem(MOVED) === null || part('take-page')) moved();
  setTimeout(lie); // once what a press of it does without a signal is there
  setInterval(lie, OFTEN);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) lie(); });
  for (const name of ['pointerdown', 'keydown', 'scroll']) addEventListener(name, moved, { passive: true });
  document.querySelector('form[data-take]')?.addEventListener('submit', moved); // a badge is read without a touch
}

// The worker keeps the shell and the pages of the next days; a newer version asks for a look. A page of
// one's own work that is not kept yet (taken just now) is looked after at once, and first of all.
const LOOKED = 'anju-looked', SELDOM = 60000;
const isNew = async () => part('own') && !['done', 'passed', 'void'].includes(part('own').dataset.state)
  && 'caches' in window && !await (await caches.open(`anju-pages ${body.dataset.person}`)).match(location.pathname);
const look = async (now = false) => {
  const lately = !now && Date.now() - Number(sessionStorage.getItem(LOOKED)) < SELDOM && location.pathname !== '/work';
  if (!navigator.onLine || !body.dataset.person || lately) return;
  sessionStorage.setItem(LOOKED, Date.now());
  const answer = await fetch('/work/ahead', { redirect: 'manual' });
  if (answer.type === 'opaqueredirect') { (await navigator.serviceWorker.ready).active?.postMessage({ forget: true }); return; }
  if (!answer.ok) return;
  const said = await answer.json();
  if (said.app !== body.dataset.app) part('newer').hidden = false;
  said.pages.sort(([one], [other]) => other.startsWith(location.pathname) - one.startsWith(location.pathname));
  if (said.person === body.dataset.person) (await navigator.serviceWorker.ready).active?.postMessage({ ahead: said });
};
part('newer')?.querySelector('button').addEventListener('click', () => location.reload());
if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register('/sw.js').catch(() => {});
  const later = () => look().catch(() => {});
  isNew().then((now) => now ? look(true) : setTimeout(later, 1000)).catch(() => {});
  setInterval(later, HALF);
}
