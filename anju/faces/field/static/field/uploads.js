// What is on this phone (待上传): by piece of work, in its three states, with what waits for what and
// how much room there is.
import { card, isBad, says, shown } from './offline.js';
import { flush, held, isOpen, kept, listen, room } from './queue.js';

const place = document.querySelector('[data-uploads]'), words = place?.dataset || {}, who = document.body.dataset.person;
const MANY = 50; // photos unsent
const make = (kind, text, parent, name = '') => {
  const made = document.createElement(kind);
  made.textContent = text;
  made.className = name;
  parent.append(made);
  return made;
};
const size = (bytes) => bytes < 1e9 ? `${Math.max(bytes / 1e6, 0.1).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
const behind = (one, all) => !one.receipt && all.some((other) => other.subject === one.subject && other.seq < one.seq && isOpen(other));
const group = (all, list) => {
  list.replaceChildren();
  const whose = (one) => one.about || one.subject; // all lines of one ledger stand together
  for (const subject of new Set(all.map(whose))) {
    const mine = all.filter((one) => whose(one) === subject), box = make('li', '', list, 'field-card');
    const title = make('a', mine.at(-1).title || '', make('h2', '', box), 'field-place');
    title.href = mine.at(-1).page || `/work/${subject}`;
    for (const one of mine) {
      const line = make('div', '', box, 'row');
      make('span', `${clock(one.at)} ${one.label || one.name}`, line, 'grow');
      make('b', says(one, words), line);
      if (behind(one, all) && !isBad(one)) make('p', words.wWaits, box, 'mute small');
      card(one, box, words);
    }
  }
};
const space = async (files) => {
  const { usage, quota } = await room(), sign = place.querySelector('[role=status]');
  sign.textContent = files >= MANY ? words.wMany : '';
  place.querySelector('[data-room]').textContent = [
    quota ? words.wRoom.replace('{used}', size(usage)).replace('{room}', size(quota)) : '', files ? `${files} ${words.wPhotos}` : '',
  ].filter(Boolean).join(' ');
};
const show = async () => {
  const all = shown(await kept()), files = await held();
  const open = all.filter(isOpen);
  const list = place.querySelector('ol'), others = open.filter((one) => one.who !== who).length;
  group(all.filter((one) => one.who === who), list);
  if (others) make('li', `${others} ${words.wOther}`, list, 'mute');
  document.querySelector('[data-n]').textContent = open.length || '';
  place.querySelector('[data-none]').hidden = open.length > 0;
  place.querySelector('[data-send]').disabled = !open.length;
  await space(files.length);
};
const signal = () => {
  const sign = document.querySelector('[data-signal]');
  sign.textContent = navigator.onLine ? sign.dataset.on : sign.dataset.off;
};
if (place) {
  listen(() => show().catch(() => {}));
  place.querySelector('[data-send]').addEventListener('click', flush);
  signal();
  for (const name of ['online', 'offline']) addEventListener(name, signal);
}
