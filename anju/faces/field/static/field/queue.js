// What is done on this phone is kept here until the server has given a receipt for it. It needs no
// service worker and no background sync. A command, its files and its number are kept in one step:
// whoever kills the page finds all of it afterwards, or nothing was said to be kept.
const PIECE = 262144, AT_ONCE = 50, EVERY = 30000, PATIENCE = 60000, RENEW = 20 * 86400000;
const FINAL = new Set(['taken', 'aside', 'refused', 'blocked']);
const START = crypto.randomUUID(); // ticks of another start of the page say nothing
const news = 'BroadcastChannel' in window ? new BroadcastChannel('anju-queue') : null;
let opened, running = null, again = false, hear = () => {};

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
const open = () => opened ??= new Promise((done, failed) => {
  const request = indexedDB.open('anju-field', 1);
  request.onupgradeneeded = () => {
    const made = request.result;
    made.createObjectStore('commands', { keyPath: 'n', autoIncrement: true });
    made.createObjectStore('files', { keyPath: 'sha' });
    made.createObjectStore('facts');
  };
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
// All of `work` or nothing; it is done when the disk has it. `work` awaits requests of these stores only.
const within = async (mode, work) => {
  const stores = ['commands', 'files', 'facts'], db = await open();
  const step = db.transaction(stores, mode, { durability: 'strict' });
  const kept = new Promise((done, failed) => {
    step.oncomplete = done;
    step.onabort = step.onerror = () => failed(step.error || new Error('aborted'));
  });
  const [commands, files, facts] = stores.map((name) => step.objectStore(name));
  try {
    const found = await work({ commands, files, facts });
    await kept;
    return found;
  } catch (error) {
    kept.catch(() => {});
    try { step.abort(); } catch { /* it has ended by itself */ }
    throw error;
  }
};
const changed = () => { news?.postMessage(0); hear(); };
const digest = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
  .map((one) => one.toString(16).padStart(2, '0')).join('');

// Keep a command about `subject`; `pictures` are its files. Rejects when the phone has no room: then
// nothing was kept, and nobody says so.
export const keep = async ({ who, subject, base, name, said, pictures = [] }) => {
  const made = await Promise.all(pictures.map(async (one) => {
    const bytes = await one.arrayBuffer();
    return { sha: await digest(bytes), who, name: one.name || 'photo.jpg', bytes };
  }));
  const id = crypto.randomUUID();
  await within('readwrite', async ({ commands, files, facts }) => {
    const device = await asked(facts.get('device')) || crypto.randomUUID();
    const seq = (await asked(facts.get(`seq ${subject}`)) || 0) + 1;
    facts.put(device, 'device');
    facts.put(seq, `seq ${subject}`);
    for (const one of made) files.put(one);
    const shas = made.map((one) => one.sha);
    commands.put({
      id, device, seq, who, subject, base, name, said: shas.length ? { ...said, file: shas[0], files: shas } : said,
      at: new Date().toISOString(), tick: performance.now(), start: START, receipt: null,
    });
  });
  changed();
  return id;
};
// Everything about a piece of work, or all; what is settled well goes after a day.
export const kept = async (subject) => {
  const all = await within('readonly', ({ commands }) => asked(commands.getAll()));
  return all.filter((one) => !subject || one.subject === subject);
};
export const isOpen = (one) => !one.receipt || !FINAL.has(one.receipt.status);
export const waitsHere = (one) => !one.receipt;
// The refusal was shown and understood: later steps are not blocked by it any more, and those that
// were go with it.
export const understood = async (one) => {
  await keep({ who: one.who, subject: one.subject, base: null, name: 'seen', said: { of: one.id } });
  await within('readwrite', async ({ commands }) => {
    for (const other of await asked(commands.getAll())) {
      if (other.id === one.id || other.receipt?.of === one.id) commands.put({ ...other, understood: true });
    }
  });
  changed();
};

const ask = (path, token, more = {}) => fetch(path, {
  ...more, cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE),
  headers: { Authorization: `Bearer ${token}`, 'Accept-Language': document.documentElement.lang, ...more.headers },
});
const bring = async (who, token) => {
  const all = (await kept()).filter(isOpen), mine = all.filter((one) => one.who === who).slice(0, AT_ONCE);
  const device = await within('readonly', (stores) => asked(stores.facts.get('device')));
  const left = all.filter((one) => !one.receipt && !mine.includes(one)).length;
  const body = {
    sent_at: new Date().toISOString(), tick_now: performance.now(), device: device || null, left,
    commands: mine.map(({ id, device: on, seq, subject, base, name, at, tick, start, said }) => ({
      v: 1, id, device: on, seq, who, subject, base_version: base, name, at, tick: start === START ? tick : null, said,
    })),
  };
  const answer = await ask('/api/v1/commands', token, {
    method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
  });
  if (!answer.ok) throw new Error(answer.status);
  const told = new Map((await answer.json()).receipts.map((one) => [one.id, one]));
  await within('readwrite', async ({ commands, facts: held }) => {
    for (const one of await asked(commands.getAll())) {
      const receipt = told.get(one.id);
      if (receipt && receipt.status !== 'wait' && isOpen(one)) commands.put({ ...one, receipt });
    }
    if ([...told.values()].some((one) => one.code === 'used')) await renumber(commands, held);
  });
  changed();
};
// Another phone has the same numbers (its memory was copied from here): from now on this is another one.
const renumber = async (commands, held) => {
  const device = crypto.randomUUID(), last = {};
  held.put(device, 'device');
  for (const one of await asked(commands.getAll())) {
    if (one.receipt) continue;
    last[one.subject] = (last[one.subject] || 0) + 1;
    commands.put({ ...one, device, seq: last[one.subject] });
  }
  for (const key of await asked(held.getAllKeys())) {
    if (String(key).startsWith('seq ')) held.put(last[key.slice(4)] || 0, key);
  }
};
// The server never takes this file: what waits for it goes on without it, and its maker is told. Bytes
// that were spoiled on their way are sent again.
const refused = async (file, { code, detail }) => {
  if (code === 'hash' && await digest(file.bytes) === file.sha) return;
  for (const one of (await kept()).filter((other) => other.said.files?.includes(file.sha) && !other.lost)) {
    await keep({ who: one.who, subject: one.subject, base: null, name: 'waive', said: { of: one.id, reason: detail } });
    await within('readwrite', async ({ commands }) => commands.put({ ...await asked(commands.get(one.n)), lost: detail }));
  }
  await within('readwrite', ({ files }) => asked(files.delete(file.sha)));
  again = true; // to hear what became of what waited
};
const upload = async (file, token) => {
  const path = `/api/v1/files/${file.sha}`, total = file.bytes.byteLength;
  const begun = await ask(path, token, { method: 'HEAD' });
  if (!begun.ok) throw new Error(begun.status);
  let have = Number(begun.headers.get('Upload-Offset')), whole = begun.headers.get('Upload-Complete') === '?1';
  while (!whole) {
    const end = Math.min(have + PIECE, total);
    const said = await ask(`${path}?name=${encodeURIComponent(file.name)}`, token, {
      method: 'PUT', body: file.bytes.slice(have, end), headers: { 'Content-Range': `bytes ${have}-${end - 1}/${total}` },
    });
    if (said.status === 422) {
      await refused(file, await said.json());
      return;
    }
    if (!said.ok) throw new Error(said.status);
    ({ have, complete: whole } = await said.json());
  }
  await within('readwrite', ({ files }) => asked(files.delete(file.sha)));
};
const bringAll = async () => {
  const tokens = await within('readonly', async (stores) => {
    const keys = (await asked(stores.facts.getAllKeys())).filter((key) => String(key).startsWith('token '));
    return Promise.all(keys.map(async (key) => [key.slice(6), await asked(stores.facts.get(key))]));
  });
  for (const [who, token] of tokens) {
    try {
      await bringOf(who, token);
    } catch (error) { // no line: it stays here and goes at the next occasion, and others try theirs
      if (error.message === '401') await within('readwrite', (stores) => asked(stores.facts.delete(`token ${who}`)));
    }
  }
};
const bringOf = async (who, token) => {
  if (!(await kept()).some((one) => one.who === who && isOpen(one))) return;
  await bring(who, token);
  const files = (await within('readonly', (stores) => asked(stores.files.getAll()))).filter((one) => one.who === who);
  for (const file of files) {
    try {
      await upload(file, token);
    } catch (error) { // what is wrong with one file does not keep the next ones here
      if (!Number(error.message) || error.message === '401') throw error;
    }
  }
  if (files.length || (await kept()).some((one) => one.who === who && waitsHere(one))) await bring(who, token);
};
// One tab at a time sends; what two send at once, the server takes once.
const once = () => navigator.locks
  ? navigator.locks.request('anju-flush', { ifAvailable: true }, (held) => held && bringAll()) : bringAll();
const rounds = async () => {
  try {
    do { again = false; await once(); } while (again);
  } catch { /* the phone's memory does not answer: the next occasion */ }
  running = null;
  changed();
};
export const flush = () => {
  again = Boolean(running);
  running ??= rounds();
  changed();
  return running;
};
export const isSending = () => Boolean(running);
// A sign-in of this phone's own for whoever is signed in on the page, so that it can deliver later; made
// anew well before its thirty days are over.
export const enrol = async (who, path, csrf) => {
  const known = await within('readonly', async ({ facts }) => await asked(facts.get(`token ${who}`)) && await asked(facts.get(`enrolled ${who}`)));
  if (known > Date.now() - RENEW) return;
  const answer = await fetch(path, { method: 'POST', headers: { 'X-CSRFToken': csrf }, signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) return;
  const { token } = await answer.json();
  await within('readwrite', ({ facts }) => {
    facts.put(token, `token ${who}`);
    return asked(facts.put(Date.now(), `enrolled ${who}`));
  });
};
// What was received well a day ago is not shown any more.
const tidy = () => within('readwrite', async ({ commands }) => {
  for (const one of await asked(commands.getAll())) {
    const done = one.receipt && (one.understood || ['taken', 'aside'].includes(one.receipt.status));
    if (done && Date.now() - Date.parse(one.at) > 86400000) commands.delete(one.n);
  }
});
export const watch = (heard) => {
  hear = heard;
  news?.addEventListener('message', heard);
  navigator.storage?.persist?.().catch(() => {});
  tidy().catch(() => {});
  addEventListener('online', flush);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) flush(); });
  setInterval(flush, EVERY);
  flush();
  heard();
};
