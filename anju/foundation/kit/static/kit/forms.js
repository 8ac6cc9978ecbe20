// Forms: one key per intended act; what is typed survives an expired sign-in in this tab only.
const PREFIX = 'anju:form:';
const SKIP = /^(password|hidden|file|submit|button|reset)$/;
const person = () => document.body.dataset.person || '';
const another = (kept) => person() !== '' && kept.person !== person();
const nameOf = (form) => `${PREFIX}${location.pathname}#${form.id}`;
const inputs = (form) => [...form.elements].filter((el) => el.name && !SKIP.test(el.type) && el.autocomplete !== 'off');
const box = (el) => el.type === 'checkbox' || el.type === 'radio';

const load = (name) => { try { return JSON.parse(sessionStorage.getItem(name)); } catch { return null; } };
const store = (name, kept) => { try { sessionStorage.setItem(name, JSON.stringify(kept)); } catch { /* full or forbidden: nothing is kept */ } };
const names = () => { try { return Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)); } catch { return []; } };
export const forgetForms = () => { for (const name of names()) sessionStorage.removeItem(name); };

const save = (form, sent) => {
  const values = inputs(form).map((el) => [el.name, el.value, box(el) ? el.checked : null]);
  store(nameOf(form), { person: person(), sent, values });
};
const restore = (form, kept) => {
  for (const [name, value, checked] of kept.values) {
    const el = inputs(form).find((it) => it.name === name && (checked === null || it.value === value));
    if (!el) continue;
    if (checked === null) el.value = value; else el.checked = checked;
  }
  const note = document.createElement('div');
  note.className = 'note';
  note.setAttribute('role', 'status');
  const words = document.createElement('span');
  words.textContent = document.body.dataset.wordsKept;
  const drop = document.createElement('button');
  drop.type = 'button';
  drop.className = 'btn sm';
  drop.textContent = document.body.dataset.wordsDrop;
  drop.addEventListener('click', () => { form.reset(); sessionStorage.removeItem(nameOf(form)); note.remove(); });
  note.append(words, drop);
  form.prepend(note);
};

// The server replays an act whose key it knows. So a changed act after a sending needs a new key.
// randomUUID is missing on plain HTTP, as in many offices, so the UUID is put together here.
const freshKey = (form) => {
  const key = form.elements.idempotency_key, bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (key) key.value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};
const cameBack = () => performance.getEntriesByType('navigation')[0]?.type === 'back_forward';

const watch = (form) => {
  if (form.dataset.watched) return;
  form.dataset.watched = '1';
  let stale = cameBack() || document.body.dataset.keptAt;
  let timer;
  form.addEventListener('input', () => {
    if (stale) { freshKey(form); stale = false; }
    if (!form.matches('[data-keep]')) return;
    clearTimeout(timer);
    timer = setTimeout(() => save(form, false), 400);
  });
  form.addEventListener('submit', () => {
    clearTimeout(timer);
    stale = true;
    if (form.matches('[data-keep]')) save(form, true);
  });
};

export const keepForms = (from) => {
  // A sign-in or error page in between says that the last sending was not received.
  if (document.body.matches('[data-not-received]')) {
    for (const name of names()) { const kept = load(name); if (kept?.sent) store(name, { ...kept, sent: false }); }
    return;
  }
  const forms = [...from.querySelectorAll('form')].filter((form) => form.method === 'post');
  for (const form of forms) {
    const name = nameOf(form), kept = form.matches('[data-keep]') && !form.dataset.watched ? load(name) : null;
    watch(form);
    if (!kept) continue;
    const corrected = form.querySelector('.summary');
    if (corrected || kept.sent || another(kept)) sessionStorage.removeItem(name);
    else restore(form, kept);
  }
  for (const name of names()) {
    const kept = load(name);
    if (!kept || kept.sent && !document.querySelector('[data-keep]') || another(kept)) sessionStorage.removeItem(name);
  }
};
