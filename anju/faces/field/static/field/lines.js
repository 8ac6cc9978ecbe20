// Lines of a ledger that only this phone knows yet: how they ended can be written too, without a signal.
import { isBad } from './offline.js';
import { kept, listen } from './queue.js';

const place = document.querySelector('[data-here]'), form = document.querySelector('#ended');
const { work } = document.querySelector('[data-queue]')?.dataset || {}, who = document.body.dataset.person;
const choose = (one) => {
  if (form.again) form.reset(); // what was put back into it is about another one
  form.dataset.subject = one.subject;
  form.dataset.label = `${form.querySelector('h2').textContent}: ${one.label}`;
  form.querySelector('[data-of]').textContent = one.label;
  form.hidden = false;
  form.scrollIntoView({ block: 'start' });
};
const show = async () => {
  const mine = (await kept()).filter((one) => one.who === who && one.about === work && !one.understood);
  const ended = new Set(mine.filter((one) => one.name === 'line_more' && !isBad(one)).map((one) => one.subject));
  const known = new Set([...document.querySelectorAll('[data-brought]')].map((one) => one.dataset.brought));
  const open = mine.filter((one) => one.name === 'line' && !isBad(one) && one.receipt?.state !== 'ended'
    && !ended.has(one.subject) && !known.has(one.subject));
  place.hidden = !open.length && form.hidden;
  place.querySelector('ol').replaceChildren(...open.map((one) => {
    const line = document.createElement('li'), name = document.createElement('b'), button = document.createElement('button');
    name.className = 'grow';
    name.textContent = one.label;
    button.className = 'btn';
    button.textContent = place.dataset.wEnd;
    button.addEventListener('click', () => choose(one));
    line.append(name, button);
    return line;
  }));
};
if (place && who) {
  listen(() => show().catch(() => {}));
  document.addEventListener('kept', ({ detail }) => {
    if (detail !== form) return;
    delete form.dataset.subject;
    form.hidden = true;
  });
}
