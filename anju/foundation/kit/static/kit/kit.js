// Behaviour of the page kit. Every page works without it; nothing here holds a rule of work.
import { keepForms, forgetForms } from './forms.js';

const root = document.documentElement;
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const one = (selector, from = document) => from.querySelector(selector);

// Looks: previewed at once, remembered in a cookie that the server reads.
const remember = (name, value) => {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  document.cookie = `anju_${name}=${value};path=/;max-age=31536000;samesite=lax${secure}`;
};
const dark = matchMedia('(prefers-color-scheme:dark)');
const paint = () => {
  const asked = root.dataset.asked;
  root.dataset.theme = asked === 'auto' ? (dark.matches ? 'dark' : 'light') : asked;
};
dark.addEventListener('change', paint);
document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (!button || !event.target.matches('[data-prefer]')) return;
  event.preventDefault();
  let { name, value } = button;
  if (button.matches('[data-toggle]')) value = root.dataset.theme === 'dark' ? 'light' : 'dark';
  if (name === 'theme') { root.dataset.asked = value; paint(); } else root.dataset[name] = value;
  remember(name, value);
  for (const other of all(`[data-prefer] button[name=${name}]:not([data-toggle])`)) {
    other.classList.toggle('on', other.value === value);
    other.toggleAttribute('aria-pressed', other.value === value);
  }
});

// Popovers: one at a time; Esc gives the focus back.
const shut = (except) => {
  for (const open of all('details.drop[open]')) if (!open.contains(except)) open.open = false;
};
document.addEventListener('click', (event) => {
  shut(event.target);
  const back = event.target.closest('[data-back]');
  if (back) history.back();
  if (event.target.closest('[data-keys]')) showKeys();
});
const showKeys = () => { shut(null); one('#keys')?.showModal(); };
const escape = () => {
  const open = all('details.drop[open]').pop();
  if (open) { open.open = false; one('summary', open).focus(); return true; }
  const close = one('[data-close]');
  if (close) close.click();
  return Boolean(close);
};

// Keyboard: single keys, silent while someone types or composes Chinese.
const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
  && !/^(checkbox|radio|button|submit)$/.test(target.type);
const rows = () => all('[data-row]');
const step = (by) => {
  const list = rows();
  const here = list.findIndex((row) => row.contains(document.activeElement));
  const next = list[Math.min(list.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
  const link = next && (one('[data-open]', next) || one('a,input', next));
  if (!link) return false;
  link.focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
};
const find = () => {
  const box = one('[data-find]') || one('[data-find-in]');
  if (box) { box.focus(); box.select(); }
  return Boolean(box);
};
const choose = () => {
  const box = one('input[name=pick]', rows().find((row) => row.contains(document.activeElement)));
  if (box) box.click();
  return Boolean(box);
};
// As if its primary button was pressed: what that button says goes along.
const send = (form) => form?.requestSubmit(one('button.primary', form) || undefined);
const keys = { j: () => step(1), k: () => step(-1), '/': find, '?': () => { showKeys(); return true; },
  x: () => document.activeElement !== document.body && choose() };
document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const strong = event.ctrlKey || event.metaKey;
  if (strong && key === 'k') { if (find()) event.preventDefault(); return; }
  if (strong && key === 'Enter') { send(event.target.form); return; }
  if (key === 'Escape' && !one('dialog[open]')) { if (escape()) event.preventDefault(); return; }
  if (strong || event.altKey || key !== 'F9' && typing(event.target) || one('dialog[open]')) return;
  const own = all('[data-key]').find((el) => el.dataset.key === key && el.offsetParent);
  if (own) { event.preventDefault(); own.click(); } else if (keys[key]?.()) event.preventDefault();
});

// Choosing rows: how many; the style sheet shows the bar with the first one.
const count = (form) => {
  const boxes = all('input[name=pick]', form), chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest('tr').classList.toggle('on', box.checked);
  const words = one('[data-words]', form), head = one('[data-pick-all]', form);
  if (words) words.textContent = words.dataset.words.replace('{n}', chosen.length);
  if (head) {
    head.checked = chosen.length > 0 && chosen.length === boxes.length;
    head.indeterminate = chosen.length > 0 && !head.checked;
  }
};
document.addEventListener('change', (event) => {
  const form = event.target.closest('form.picks');
  if (!form) return;
  if (event.target.matches('[data-pick-all]')) for (const box of all('input[name=pick]', form)) box.checked = event.target.checked;
  count(form);
});
document.addEventListener('reset', (event) => {
  if (event.target.matches('form.picks')) setTimeout(() => count(event.target));
});

// News: the part with data-fresh is read anew unless its reader is in it; else news is counted and
// offered: no page changes under its reader.
const freshen = () => {
  const part = one('[data-fresh]');
  if (!part || part.contains(document.activeElement)) return false;
  htmx.trigger(part, 'fresh');
  return true;
};
const listen = (place) => {
  if (place.source || !window.EventSource) return;
  const words = one('[data-many]', place);
  let news = 0;
  place.source = new EventSource(place.dataset.live, { withCredentials: true });
  place.source.addEventListener('bell', (event) => ring(Number(event.data)));
  place.source.onmessage = (event) => {
    if (freshen()) return;
    news += JSON.parse(event.data).changed;
    place.hidden = false;
    words.textContent = news === 1 ? words.dataset.one : words.dataset.many.replace('{n}', news);
  };
};
const ring = (count) => {
  for (const bell of all('[data-bell]')) {
    const sup = one('sup', bell);
    sup.hidden = !count;
    sup.textContent = count;
    bell.setAttribute('aria-label', bell.dataset.bell.replace('{n}', count));
  }
};
addEventListener('pagehide', () => { for (const place of all('[data-live]')) { place.source?.close(); place.source = null; } });

// A step that did not reach the server is said aloud; what was typed stays.
const say = (words) => {
  const toast = document.createElement('p');
  toast.className = 'toast';
  toast.textContent = words;
  one('#toasts')?.replaceChildren(toast);
  setTimeout(() => toast.remove(), 10000);
};
for (const name of ['htmx:sendError', 'htmx:responseError', 'htmx:timeout'])
  document.addEventListener(name, () => say(document.body.dataset.wordsLost));

const start = (from) => {
  for (const form of all('form.picks', from)) count(form);
  for (const place of all('[data-live]', from)) listen(place);
  keepForms(from);
};
start(document);
addEventListener('pageshow', (event) => { if (event.persisted) start(document); });
document.addEventListener('htmx:afterSettle', (event) => start(event.target));
document.addEventListener('submit', (event) => { if (event.target.matches('[data-sign-out]')) forgetForms(); });
