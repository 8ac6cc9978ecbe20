// Notices on this device: permission is asked for at a tap and never before.
const form = document.querySelector('[data-push]');
const fits = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
const show = (is) => {
  form.querySelector('[role=status]').textContent = form.dataset[is];
  form.querySelector('button[value=on]').hidden = is === 'isOn' || is === 'isNot';
  form.querySelector('button[value=off]').hidden = is !== 'isOn';
};
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
const digest = async (text) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))]
  .map((byte) => byte.toString(16).padStart(2, '0')).join('');
const subscription = async () => (await navigator.serviceWorker.getRegistration(form.dataset.scope))?.pushManager.getSubscription();
const send = async (held, off) => {
  const { endpoint, keys } = held.toJSON();
  Object.assign(form.elements.endpoint, { value: endpoint });
  Object.assign(form.elements.p256dh, { value: keys.p256dh });
  Object.assign(form.elements.auth, { value: keys.auth });
  Object.assign(form.elements.off, { value: off ? '1' : '' });
  const answer = await fetch(form.action, { method: 'POST', body: new FormData(form), credentials: 'same-origin' });
  if (!answer.ok) throw new Error(answer.status);
};
const on = async () => {
  if (await Notification.requestPermission() !== 'granted') return 'isRefused';
  await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
  const ready = await new Promise((done) => {
    const look = async () => {
      const found = await navigator.serviceWorker.getRegistration(form.dataset.scope);
      if (found?.active) done(found); else setTimeout(look, 50);
    };
    look();
  });
  await send(await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) }), false);
  return 'isOn';
};
const off = async () => {
  const held = await subscription();
  if (held) { await send(held, true); await held.unsubscribe(); }
  return 'isOff';
};
if (form && !fits) show('isNot');
else if (form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { submitter } = event;
    submitter.setAttribute('aria-disabled', 'true');
    try { show(await (submitter.value === 'on' ? on() : off())); } catch { show('isLost'); }
    submitter.removeAttribute('aria-disabled');
  });
  subscription().then(async (held) => {
    show(held && form.dataset.known.split(' ').includes(await digest(held.endpoint)) ? 'isOn' : 'isOff');
  });
}
