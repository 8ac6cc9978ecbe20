// Shows what was pushed and opens its page at a tap; keeps nothing, asks nothing.
self.addEventListener('push', (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(self.registration.showNotification(told.title || 'Anju', { tag: told.tag, data: told.url || self.registration.scope }));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const page = new URL(event.notification.data, self.location.origin);
  if (page.origin !== self.location.origin) return;
  event.waitUntil(self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((windows) => {
    const open = windows.find((one) => new URL(one.url).pathname === page.pathname);
    return open ? open.focus() : self.clients.openWindow(page.href);
  }));
});
