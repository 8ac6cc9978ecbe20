// Keeps on a phone what its person needs without a signal: the shell, and the pages of their own work.
// The server puts before this: APP, its version, and SHELL, the addresses of the shell. The queue of
// what was done is none of its business: where there is no such worker, nothing is lost.
const KEPT = 'anju-shell', PAGES = 'anju-pages ', WHO = '/field/who', AWAY = '/work/away', TAKE = '/work/take';
const SHARED = '/field/shared', HELD = '/field/held', TAKEN = '/field/taken';
const PATIENCE = 4000, HOUR = 3600000, OLDEST = 72 * HOUR, STALE = 6 * HOUR;
const OURS = /^\/(field|work|work\/(?!phone|ahead|away|take|join).*)$/;
const path = (address) => new URL(address, location.origin).pathname;
const age = (answer) => Date.now() - Date.parse(answer.headers.get('Anju-Kept') || 0);
const after = (time) => new Promise((done) => setTimeout(done, time));

// Whose pages are shown: of one person, whoever the server named last, or who has taken a shared phone.
// On a shared phone the pages of each of its people are kept; they are opened by PIN or badge alone.
const told = async (name) => (await (await caches.open(KEPT)).match(name))?.text();
const tell = async (name, said) => (await caches.open(KEPT)).put(name, new Response(said));
const untell = async (name) => (await caches.open(KEPT)).delete(name);
const whose = () => told(WHO);
const forget = async (but) => {
  if (await told(SHARED)) {
    if (!but) await untell(WHO);
    return;
  }
  for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== PAGES + but) await caches.delete(name);
  if (!but) await untell(WHO);
};
const belongsTo = async (person) => {
  if (await whose() === person) return;
  await forget(person);
  await tell(WHO, person);
};
// It is a shared phone no more (ended, or lost): it holds the pages of whoever is named alone.
const single = async (person) => {
  await untell(TAKEN);
  if (await told(SHARED) === undefined) return;
  await untell(SHARED);
  await forget(person);
};
// A shared phone was taken without a signal (TAKEN: by which sign-in it was known before): that sign-in
// is another person's, so none of its pages is shown. A newer one is whoever was named since.
const heard = async (answer) => {
  const held = answer.headers.get('Anju-Shared');
  if (!held) { await single(answer.headers.get('Anju-Person')); return true; }
  await tell(SHARED, '1');
  if (await told(TAKEN) === held) return false;
  await untell(TAKEN);
  await tell(HELD, held);
  return true;
};
const toTake = () => Response.redirect(TAKE);
const keep = async (cache, key, answer, stamp = '') => {
  const headers = new Headers(answer.headers);
  for (const name of ['Content-Encoding', 'Content-Length', 'Set-Cookie']) headers.delete(name);
  headers.set('Anju-Kept', new Date().toISOString());
  headers.set('Anju-Stamp', stamp);
  await cache.put(key, new Response(await answer.blob(), { headers }));
};
// A page as the server gives it now; a copy of it is kept where it is whole and somebody's.
const fresh = async (request) => {
  const answer = await fetch(request), person = answer.headers.get('Anju-Person');
  if (path(request.url) === '/sign-in' && answer.ok && !person) await forget();
  if (person && !await heard(answer)) return toTake();
  const url = new URL(request.url);
  if (answer.ok && !answer.redirected && person && !url.search && OURS.test(url.pathname)) {
    await belongsTo(person);
    const cache = await caches.open(PAGES + person), before = await cache.match(url.pathname);
    if (before) await keep(cache, url.pathname, answer.clone(), before.headers.get('Anju-Stamp'));
  }
  return answer;
};
const copy = async (request) => {
  const person = await whose();
  if (!person) return null;
  const found = await (await caches.open(PAGES + person)).match(path(request.url) === '/field' ? '/work' : path(request.url));
  return found && age(found) < OLDEST ? found : null;
};
// Marked as what it is: the page says since when it is kept.
const marked = async (kept) => {
  let text = await kept.text();
  const at = kept.headers.get('Anju-Kept');
  // Nothing of it asks the server: that would be answered for whoever was signed in before.
  if (await told(TAKEN) !== undefined) text = text.replace(/ (hx-get|data-live)=/g, ' data-was=');
  return new Response(text.replace('<body', `<body data-kept-at="${at}"`), { headers: kept.headers });
};
const taking = async (request) => {
  try {
    const answer = await fetch(request);
    const person = answer.headers.get('Anju-Person');
    if (answer.ok && answer.headers.get('Anju-Shared') === 'over') await single('');
    else if (person) await heard(answer);
    if (!person) await forget();
    return answer;
  } catch {
    const kept = await (await caches.open(KEPT)).match(TAKE);
    return kept ? marked(kept) : Response.error();
  }
};
const others = async (request) => await told(TAKEN) === undefined ? fetch(request) : toTake();
const page = async (request) => {
  const kept = await copy(request), now = fresh(request);
  now.catch(() => {}); // it may fail later than somebody waits for it
  try {
    const answer = await (kept ? Promise.race([now, after(PATIENCE)]) : now);
    if (answer) return answer;
  } catch { /* no signal */ }
  if (kept) return marked(kept);
  if (await told(SHARED) && !await whose()) return toTake(); // it was put down
  return await (await caches.open(KEPT)).match(AWAY) || Response.error();
};
// Files whose names change with what is in them are kept for good; others are asked for first.
const file = async (request) => {
  const shell = await caches.open(KEPT), kept = await shell.match(request);
  if (kept && /\.[0-9a-f]{12}\.\w+$/.test(path(request.url))) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) await keep(shell, request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};
const ofOurs = (request) => {
  const from = request.referrer && path(request.referrer);
  return from && (OURS.test(from) || [AWAY, TAKE].includes(from) || from.startsWith('/static/'));
};
self.addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (OURS.test(url.pathname)) event.respondWith(page(request));
    else if (url.pathname === '/sign-in') event.respondWith(fresh(request));
    else if (url.pathname === TAKE) event.respondWith(taking(request));
    else if (!/^\/(sign-in|static|work)\//.test(url.pathname)) event.respondWith(others(request));
  } else if (url.pathname.startsWith('/static/') && ofOurs(request)) event.respondWith(file(request));
});

// The pages of the next days, as the list of the server names them; what it names no more goes.
const ahead = async ({ person, pages }) => {
  await belongsTo(person);
  const cache = await caches.open(PAGES + person), wanted = new Map(pages);
  for (const one of await cache.keys()) if (!wanted.has(path(one.url))) await cache.delete(one);
  for (const name of (await caches.keys()).filter((other) => other.startsWith(PAGES))) {
    const of = await caches.open(name);
    for (const one of await of.keys()) if (age(await of.match(one)) > OLDEST) await of.delete(one);
  }
  for (const [address, stamp] of wanted) {
    const kept = await cache.match(address);
    if (kept && kept.headers.get('Anju-Stamp') === stamp && age(kept) < STALE) continue;
    const answer = await fetch(address, { redirect: 'manual' });
    if (answer.type === 'opaqueredirect' || answer.headers.get('Anju-Person') !== person) return;
    if (answer.ok) await keep(cache, address, answer, stamp);
  }
};
self.addEventListener('message', (event) => {
  if (event.data?.ahead) event.waitUntil(ahead(event.data.ahead).catch(() => {}));
  if (event.data?.forget) event.waitUntil(forget());
});
self.addEventListener('install', (event) => event.waitUntil((async () => {
  const shell = await caches.open(KEPT);
  await Promise.all(SHELL.map(async (address) => {
    const answer = await fetch(address, { cache: 'no-cache', credentials: 'omit' }); // nobody's pages
    if (answer.ok) await keep(shell, address, answer);
  }));
  await self.skipWaiting();
})()));
self.addEventListener('activate', (event) => event.waitUntil((async () => {
  const shell = await caches.open(KEPT);
  for (const one of await shell.keys()) {
    const known = SHELL.includes(path(one.url)) || path(one.url).startsWith('/field/');
    if (!known && age(await shell.match(one)) > OLDEST) await shell.delete(one);
  }
  await self.clients.claim();
})()));
