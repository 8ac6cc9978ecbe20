// What the portal does beyond plain pages. Without script every form still works.
// A draft, its photos too, stays on the device until the receipt is shown.
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const words = (name) => document.body.dataset[name] || '';
const nameOf = (form) => `${location.pathname}#${form.id}`;

// Where drafts lie: IndexedDB takes photos. Private windows may refuse it; then nothing is kept.
const open = () => new Promise((done, wrong) => {
  const ask = indexedDB.open('anju-portal', 1);
  ask.onupgradeneeded = () => ask.result.createObjectStore('drafts');
  ask.onsuccess = () => done(ask.result);
  ask.onerror = () => wrong(ask.error);
});
const drafts = async (mode, act) => {
  try {
    const db = await open();
    return await new Promise((done) => {
      const ask = act(db.transaction('drafts', mode).objectStore('drafts'));
      ask.onsuccess = () => { done(ask.result); db.close(); };
      ask.onerror = () => { done(undefined); db.close(); };
    });
  } catch { return undefined; }
};
const forget = (name) => drafts('readwrite', (store) => store.delete(name));

// Photos: made smaller here, so that a weak network carries them; a picture the browser cannot
// draw is sent as it is. Blobs of older iPhones cannot be stored, so bytes are.
const MOST = 1600;
const smaller = async (file) => {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 400000 || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, MOST / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' }) : file;
  } catch { return file; }
};

const start = (form) => {
  if (form.dataset.begun) return;
  form.dataset.begun = '1';
  const input = form.querySelector('input[type=file]');
  let photos = [];
  const typed = () => [...form.elements].filter((el) => el.name && !['hidden', 'file', 'submit', 'radio', 'checkbox'].includes(el.type));
  const key = form.elements.idempotency_key;
  const hold = () => {
    if (!input) return;
    const carry = new DataTransfer();
    for (const photo of photos) carry.items.add(photo);
    input.files = carry.files;
    const shots = form.querySelector('[data-shots]');
    for (const old of all('img', shots)) URL.revokeObjectURL(old.src);
    shots.replaceChildren(...photos.map((photo, n) => {
      const figure = document.createElement('figure'), picture = document.createElement('img'), off = document.createElement('button'), sign = document.createElement('span');
      picture.src = URL.createObjectURL(photo);
      picture.alt = photo.name;
      off.type = 'button';
      off.setAttribute('aria-label', `× ${photo.name}`);
      sign.textContent = '×';
      off.append(sign);
      off.addEventListener('click', () => { photos.splice(n, 1); hold(); save(); });
      figure.append(picture, off);
      return figure;
    }));
  };
  const save = async () => {
    const kept = { person: words('person'), key: key?.value, values: typed().map((el) => [el.name, el.value]),
      photos: await Promise.all(photos.map(async (p) => ({ name: p.name, type: p.type, bytes: await p.arrayBuffer() }))) };
    await drafts('readwrite', (store) => store.put(kept, nameOf(form)));
  };
  const tell = (text, look) => {
    form.querySelector('[data-told]')?.remove();
    if (!text) return;
    const note = document.createElement('div'), span = document.createElement('span');
    note.className = `note ${look}`;
    note.dataset.told = '';
    note.setAttribute('role', 'status');
    span.textContent = text;
    note.append(span);
    (form.querySelector('button[type=submit]') || form.lastChild).before(note);
  };
  input?.addEventListener('change', async () => {
    if (!input.files.length) { hold(); return; }
    photos.push(...await Promise.all([...input.files].map(smaller)));
    hold();
    save();
  });
  let timer;
  form.addEventListener('input', (event) => { if (event.target !== input) { clearTimeout(timer); timer = setTimeout(save, 300); } });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    const button = event.submitter || form.querySelector('button[type=submit]');
    const body = new FormData(form, event.submitter || undefined);
    if (body.has('end')) { body.delete('end'); body.append('end', '1'); }
    form.dataset.busy = '1';
    button.setAttribute('aria-disabled', 'true');
    await save();
    tell(words('sending'), '');
    try {
      if (!navigator.onLine) throw new Error('offline');
      const answer = await fetch(form.action || location.href, { method: 'POST', body, credentials: 'same-origin' });
      if (answer.redirected) { sessionStorage.setItem('anju-sent', nameOf(form)); location.assign(answer.url); return; }
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const main = page.querySelector('#main');
      if (!main) throw new Error('no page');
      document.title = page.title;
      document.querySelector('#main').replaceWith(document.adoptNode(main));
      begin();
      (document.querySelector('.summary') || document.querySelector('#main')).focus();
    } catch {
      tell(words(navigator.onLine ? 'unsent' : 'offline'), 'warn');
    } finally {
      delete form.dataset.busy;
      button.removeAttribute('aria-disabled');
    }
  });
  drafts('readonly', (store) => store.get(nameOf(form))).then((kept) => {
    if (!kept || kept.person !== words('person')) return;
    let back = false;
    for (const [name, value] of kept.values) {
      const el = form.elements[name];
      if (el && !el.value && value) { el.value = value; back = true; el.closest('details')?.setAttribute('open', ''); }
    }
    if (kept.photos.length && input) {
      photos = kept.photos.map((p) => new File([p.bytes], p.name, { type: p.type }));
      hold();
      back = true;
    }
    // The same act as before it was cut off, unless this page already says another one is meant.
    if (back && key && kept.key) key.value = kept.key;
    if (back && !form.querySelector('.summary')) tell(words('kept'), '');
  });
};

const begin = () => {
  for (const form of all('form[data-draft]')) start(form);
  for (const button of all('[data-copy]')) button.addEventListener('click', async () => {
    try { await navigator.clipboard.writeText(button.dataset.copy); button.append(` ✓ ${button.dataset.done}`); } catch { /* the address bar has it too */ }
  }, { once: true });
  for (const button of all('[data-share]')) if (navigator.share) {
    button.hidden = false;
    button.addEventListener('click', () => navigator.share({ url: button.dataset.share, title: document.title }).catch(() => {}));
  }
};

// The receipt is here: what was sent is let go of.
const sent = sessionStorage.getItem('anju-sent');
(sent ? forget(sent) : Promise.resolve()).then(() => { sessionStorage.removeItem('anju-sent'); begin(); });

// On a home screen: the shell opens without a network too.
if ('serviceWorker' in navigator && words('worker') && location.pathname.startsWith(words('scope')))
  navigator.serviceWorker.register(words('worker'), { scope: words('scope') }).catch(() => {});
