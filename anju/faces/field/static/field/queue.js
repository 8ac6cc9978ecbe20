// What is done on this phone is kept here until the server has given a receipt for it. It needs no
// service worker and no background sync. A command, its files and its number are kept in one step:
// whoever kills the page finds all of it afterwards, or nothing was said to be kept.
const LANES = 3, PIECE = 524288, CRUMB = 65536, AT_ONCE = 50, EVERY = 30000, PATIENCE = 60000, RENEW = 20 * 86400000;
const FINAL = new Set(['taken', 'aside', 'refused', 'blocked']);
const START = crypto.randomUUID(); // ticks of another start of the page say nothing
const news = 'BroadcastChannel' in window ? new BroadcastChannel('anju-queue') : null;
let opened, running = null, again = false;
const hearers = new Set();
const hear = () => { for (const one of hearers) one(); };

export const asked = (request) => new Promise((done, failed) => {
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
export const within = async (mode, work) => {
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
export const digest = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
  .map((one) => one.toString(16).padStart(2, '0')).join('');

// The id this phone gave itself.
const myself = async (facts) => {
  const device = await asked(facts.get('device')) || crypto.randomUUID();
  await asked(facts.put(device, 'device'));
  return device;
};

// Keep commands, all of them or none: each about its `subject`; `pictures` are its files, `more` the hashes of some kept before, `show` is
// for the pages of this phone alone. `over`: one that ends with it, and what was blocked by it for the same person.
// Rejects when the phone has no room: then nothing was kept, and nobody says so.
const keepAll = async (all, over = null) => {
  const whole = await Promise.all(all.map(async ({ pictures = [], ...one }) => ({
    ...one, id: crypto.randomUUID(), made: await Promise.all(pictures.map(async (file) => {
      const bytes = await file.arrayBuffer();
      return { sha: await digest(bytes), who: one.who, name: file.name || 'photo.jpg', bytes };
    })),
  })));
  await within('readwrite', async ({ commands, files, facts }) => {
    const device = await myself(facts);
    for (const { id, who, subject, base, name, said, made, more = [], show = {} } of whole) {
      const seq = (await asked(facts.get(`seq ${subject}`)) || 0) + 1;
      facts.put(seq, `seq ${subject}`);
      for (const one of made) files.put(one);
      const shas = [...made.map((one) => one.sha), ...more];
      commands.put({
        ...show, id, device, seq, who, subject, base, name, said: shas.length ? { ...said, file: shas[0], files: shas } : said,
        at: new Date().toISOString(), tick: performance.now(), start: START, receipt: null,
      });
    }
    for (const other of over ? await asked(commands.getAll()) : []) {
      if (other.id === over.id || (other.who === over.who && other.receipt?.of === over.id)) commands.put({ ...other, understood: true });
    }
  });
  changed();
  return whole.map((one) => one.id);
};
export const keep = async (one) => (await keepAll([one]))[0];
// Everything about a piece of work, or all; what is settled well goes after a day.
export const kept = async (subject) => {
  const all = await within('readonly', ({ commands }) => asked(commands.getAll()));
  return all.filter((one) => !subject || one.subject === subject);
};
// How much room this phone has; `tight`: little is left, which is said before it is full. Then whoever
// chose it takes smaller pictures, until there is room again.
const LITTLE = 100 * 1048576, MOST = 200 * 1048576, SMALL = 'anju-small';
export const room = async () => {
  const { usage = 0, quota = 0 } = await navigator.storage?.estimate?.() || {};
  return { usage, quota, tight: Boolean(quota) && (quota - usage < LITTLE || usage > MOST) };
};
export const chosenSmall = () => localStorage.getItem(SMALL) === '1';
export const chooseSmall = (small) => localStorage.setItem(SMALL, small ? '1' : '');
export const takesSmall = async () => chosenSmall() && (await room()).tight;
// The files that are still on this phone.
export const held = () => within('readonly', ({ files }) => asked(files.getAll()));
export const SILENT = ['seen', 'waive'];
// The label was not that of the work: the same step is tried again with another, and nothing has to be seen first.
export const isWrongLabel = (one) => one.receipt?.status === 'refused' && ['wrong_label', 'unknown_label'].includes(one.receipt.code);
export const isOpen = (one) => !one.receipt || !FINAL.has(one.receipt.status);
export const waitsHere = (one) => !one.receipt;
// The refusal was shown and understood: later steps are not blocked by it any more, and those of the
// same person that were go with it. Who was blocked by another's is told, and sets the next steps free.
// `instead`: what is kept in its place; it ends only as that is kept.
export const understood = async (one, instead = []) => {
  const of = one.receipt?.status === 'refused' ? one.id : one.alone && one.receipt.of;
  const seen = of ? [{ who: one.who, subject: one.subject, base: null, name: 'seen', said: { of } }] : [];
  return (await keepAll([...seen, ...instead], one)).slice(seen.length);
};

// What is brought once more keeps its own time: typed, or when it was pressed first.
export const timed = ({ said, at }) => ({ at: said.at || at });
export const behind = async (one) => (await kept(one.subject))
  .filter((other) => other.receipt?.of === one.id && other.who === one.who && !other.understood && !SILENT.includes(other.name))
  .map((other) => {
    const { label, title, key, ahead, page, about } = other;
    return { ...other, more: other.said.files, said: { ...other.said, ...timed(other) }, show: { label, title, key, ahead, page, about } };
  });
// A wrong label is over once the same step was judged with another; what it had blocked goes once more.
const triedAgain = async (who) => {
  const mine = (await kept()).filter((one) => one.who === who && !one.understood);
  const same = (one, other) => other.n > one.n && other.subject === one.subject && other.name === one.name;
  const over = mine.filter((one) => isWrongLabel(one) && mine.some((other) => same(one, other) && ['taken', 'refused'].includes(other.receipt?.status)));
  const more = await Promise.all(over.map(behind));
  for (const [n, one] of over.entries()) await keepAll(more[n], one);
  return more.flat().length > 0;
};

const ask = (path, token, more = {}) => fetch(path, {
  ...more, cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(PATIENCE),
  headers: { Authorization: `Bearer ${token}`, 'Accept-Language': document.documentElement.lang, ...more.headers },
});
// Brings at most fifty at once, and says whether the next ones can go now: those that a server under load
// did not reach, or that were more than fifty. What is told to wait is not asked again at once.
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
    const here = await asked(commands.getAll());
    for (const one of here) {
      const receipt = told.get(one.id), by = receipt?.status === 'blocked' && here.find((other) => other.id === receipt.of);
      if (receipt && receipt.status !== 'wait' && isOpen(one)) commands.put({ ...one, receipt, alone: Boolean(by && by.who !== who) });
    }
    if ([...told.values()].some((one) => one.code === 'used')) await renumber(commands, held);
  });
  changed();
  const went = [...told.values()].filter((one) => FINAL.has(one.status)).length;
  return await triedAgain(who) || went > 0 && (told.size < mine.length || all.filter((one) => one.who === who).length > mine.length);
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
// A line that did not carry a piece in time gets small ones, as long as this tab is open.
const piece = () => sessionStorage.getItem('slow') ? CRUMB : PIECE;
const upload = async (file, token) => {
  const path = `/api/v1/files/${file.sha}`, total = file.bytes.byteLength;
  let have = 0, whole = false;
  if (total > piece()) { // how much of it has come; one of a single piece goes without being asked about
    const begun = await ask(path, token, { method: 'HEAD' });
    if (!begun.ok) throw new Error(begun.status);
    have = Number(begun.headers.get('Upload-Offset'));
    whole = begun.headers.get('Upload-Complete') === '?1';
  }
  while (!whole) {
    const end = Math.min(have + piece(), total);
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
      if (error.message === '401') await refusedOf(who, token, true);
    }
  }
};
// A token that opens nothing is made anew with the next sign-in; one that was revoked says that this
// phone was reported lost, and all its tokens are then: it forgets what it holds of each one's person.
// Found again, it is a new phone: the server takes nothing any more of the one it was. What others did
// on it stays, and is numbered anew without the gaps.
const refusedOf = async (who, token, dead) => {
  const answer = await ask('/work/lost', token).then((said) => said.ok && said.json()).catch(() => null);
  if (!answer || !(answer.lost || dead)) return;
  await within('readwrite', async ({ commands, files, facts }) => {
    facts.delete(`token ${who}`);
    if (!answer.lost) return;
    facts.delete(`take ${who}`);
    for (const one of await asked(commands.getAll())) if (one.who === who) commands.delete(one.n);
    for (const one of await asked(files.getAll())) if (one.who === who) files.delete(one.sha);
    await renumber(commands, facts);
  });
  if (answer.lost) await window.caches?.delete(`anju-pages ${who}`);
};
let greeted = false;
const asks = new Set();
const bringWhole = async (who, token) => { while (await bring(who, token)); };
const bringOf = async (who, token) => {
  // A page of theirs says once that the phone is there: so it hears that it was lost before more is done on it.
  const { person } = document.body.dataset, greets = !greeted && who === person;
  if (!person && !asks.has(who)) { // in nobody's hand it asks by itself, once on a page
    asks.add(who);
    await refusedOf(who, token);
  }
  if (!greets && !(await kept()).some((one) => one.who === who && isOpen(one))) return;
  await bringWhole(who, token);
  greeted ||= greets;
  const files = (await within('readonly', (stores) => asked(stores.files.getAll()))).filter((one) => one.who === who);
  const next = files.values(); // so many at once: while the server looks at one, the line carries others
  const lane = async () => {
    for (const file of next) {
      try {
        await upload(file, token);
      } catch (error) { // what is wrong with one file does not keep the next ones here
        if (error.name === 'TimeoutError') sessionStorage.setItem('slow', '1');
        if (!Number(error.message) || error.message === '401') throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  if (files.length || (await kept()).some((one) => one.who === who && waitsHere(one))) await bringWhole(who, token);
};
// One tab at a time sends; what two send at once, the server takes once. Nobody waits for another tab
// before going on, but as soon as that one is done, or closed, this one sends what is left.
let queued = null;
const next = () => { queued ??= navigator.locks.request('anju-flush', () => {}).then(() => { queued = null; flush(); }); };
const once = () => navigator.locks
  ? navigator.locks.request('anju-flush', { ifAvailable: true }, (held) => held ? bringAll() : next()) : bringAll();
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
// anew well before its thirty days are over. Says whether it was made now.
// `phone`: the sign of the shared phone it is; the server knows which device that is by each sign-in made.
export const enrol = async (who, path, csrf, phone) => {
  const known = await within('readonly', async ({ facts }) => await asked(facts.get(`token ${who}`)) && await asked(facts.get(`enrolled ${who}`)));
  const device = await within('readwrite', ({ facts }) => myself(facts)), tie = `${phone} ${device}`;
  const told = !phone || await within('readonly', ({ facts }) => asked(facts.get('shared'))) === tie;
  if (known > Date.now() - RENEW && told) return false;
  const body = new URLSearchParams({ device });
  const answer = await fetch(path, { method: 'POST', body, headers: { 'X-CSRFToken': csrf }, signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) return false;
  const { token } = await answer.json();
  await within('readwrite', ({ facts }) => {
    facts.put(token, `token ${who}`);
    if (phone) facts.put(tie, 'shared');
    return asked(facts.put(Date.now(), `enrolled ${who}`));
  });
  return true;
};
// What was received well a day ago is not shown any more.
const tidy = () => within('readwrite', async ({ commands }) => {
  for (const one of await asked(commands.getAll())) {
    const done = one.receipt && (one.understood || ['taken', 'aside'].includes(one.receipt.status));
    if (done && Date.now() - Date.parse(one.at) > 86400000) commands.delete(one.n);
  }
});
// Whoever shows what is kept hears when it changes, in this tab or in another.
export const listen = (heard) => {
  hearers.add(heard);
  news?.addEventListener('message', heard);
  heard();
};
export const watch = () => {
  navigator.storage?.persist?.().catch(() => {});
  tidy().catch(() => {});
  addEventListener('online', flush);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) flush(); });
  setInterval(flush, EVERY);
  return flush();
};
