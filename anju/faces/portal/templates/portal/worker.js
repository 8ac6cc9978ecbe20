{% load static %}importScripts('{% static 'outbox/push-worker.js' %}');
// Keeps the shell (styles, script, one page for when there is no network); never a page about anybody.
const SHELL = [{% for file in files %}'{{ file.url|escapejs }}',{% endfor %}'{% url 'portal:offline' %}'];
const NAME = 'anju-shell-' + SHELL.join().length + '-' + SHELL.join().split('').reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) | 0, 7);
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(SHELL)).then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith('anju-shell-') && name !== NAME).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  if (request.mode === 'navigate') {
    event.respondWith(fetch(request).catch(() => caches.match('{% url 'portal:offline' %}')));
  } else if (SHELL.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
