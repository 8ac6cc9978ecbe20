// What pages of work on foot do beyond their forms: read a label, show and shrink a photo, sign.
import { noRoom, pointsHere, take } from './offline.js';
import { digest, kept, takesSmall } from './queue.js';
import './aloud.js';
import './lines.js';
import './shell.js';
import './take.js';
import './uploads.js';

const one = (selector, from = document) => from.querySelector(selector);

// Felt through a glove: a label was read, something was kept.
const feel = (milliseconds) => navigator.userActivation?.hasBeenActive && navigator.vibrate?.(milliseconds);
document.addEventListener('kept', () => feel(40));
// The light of the telephone, where the browser has it.
const light = (button, track) => {
  if (!button || !track?.getCapabilities?.().torch) return;
  let on = false;
  button.hidden = false;
  button.addEventListener('click', async () => {
    on = !on;
    try { await track.applyConstraints({ advanced: [{ torch: on }] }); } catch { on = false; button.hidden = true; }
    button.setAttribute('aria-pressed', on);
  });
};
// What a label says is an address; people know its last part.
const codeOf = (text) => text.trim().replace(/\/+$/, '').split('/').at(-1).split('?')[0].toUpperCase();
// The camera reads the label by itself; where the browser cannot, the letters are typed.
const read = async (place) => {
  const video = one('video', place), words = one('p', place), form = place.closest('form');
  const cannot = () => { words.textContent = place.dataset.wordsNo; };
  if (!window.BarcodeDetector || !navigator.mediaDevices) { cannot(); return; }
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    const reader = new window.BarcodeDetector({ formats: ['qr_code'] });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    light(one('[data-torch]', place), stream.getVideoTracks()[0]);
    const stop = () => stream.getTracks().forEach((track) => track.stop());
    addEventListener('pagehide', stop, { once: true });
    const look = async () => {
      if (!video.srcObject) return;
      const found = await reader.detect(video).catch(() => []);
      if (found.length) {
        stop();
        video.srcObject = null;
        feel(80);
        form.elements.label.value = 'take' in form.dataset ? found[0].rawValue : codeOf(found[0].rawValue); // a badge is no label
        form.requestSubmit();
        return;
      }
      setTimeout(look, 150);
    };
    look();
  } catch { cannot(); }
};
// An answer to what was read is looked at in peace: a camera that is still held there would ask again.
const camera = one('[data-scan]');
if (camera && !('still' in camera.dataset)) read(camera);

// Without a signal a label is looked for on the rounds that are kept here: the first point it hangs at
// that nobody has passed, on this phone neither; else the last.
const PAGE = /^\/work\/[0-9a-f-]{36}$/;
const hangsAt = async (code) => {
  const sign = await digest(new TextEncoder().encode(code)), points = [], { person } = document.body.dataset;
  for (const name of await window.caches?.keys() || []) {
    if (name !== `anju-pages ${person}`) continue;
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      if (!PAGE.test(new URL(key.url).pathname)) continue;
      const page = new DOMParser().parseFromString(await (await cache.match(key)).text(), 'text/html');
      points.push(...page.querySelectorAll(`[data-hangs="${sign}"]:has(a)`));
    }
  }
  const isTime = (point) => !(Date.parse(point.closest('[data-from]')?.dataset.from) > Date.now());
  const everything = await kept(), open = points.filter(isTime);
  const isHere = (point) => pointsHere(one('a', point).getAttribute('href').split('/')[2], everything).passed.has(point.dataset.key);
  return open.find((point) => point.dataset.todo && !isHere(point)) || open.at(-1);
};
const find = one('form[data-find]');
find?.addEventListener('submit', async (event) => {
  const { label, how } = find.elements, code = codeOf(label.value);
  if (!code || (navigator.onLine && !document.body.dataset.keptAt)) return; // the server knows them all
  event.preventDefault();
  const point = await hangsAt(code), words = one('[data-scan] p', find);
  if (point) location.assign(`${one('a', point).getAttribute('href')}?${new URLSearchParams({ label: code, how: how.value || 'qr' })}`);
  else words.textContent = find.dataset.find;
});
// A page that was kept before says by its address what was scanned.
const scanned = one('[data-scanned]');
if (scanned && document.body.dataset.keptAt) {
  const said = new URLSearchParams(location.search), form = one('#point');
  for (const name of form ? ['label', 'how'] : []) form.elements[name].value = said.get(name) || '';
  scanned.hidden = !said.get('label');
}

// Where something is reported from is asked for in the address, also of a page that was kept before.
for (const field of document.querySelectorAll('[data-asked]')) field.value = new URLSearchParams(location.search).get(field.name) || '';

// A tag holds the same address as the label; only some browsers read tags.
const tag = one('[data-nfc]');
if (tag && window.NDEFReader) {
  tag.hidden = false;
  tag.addEventListener('click', async () => {
    const reader = new window.NDEFReader(), form = tag.form;
    try { await reader.scan(); } catch { tag.hidden = true; return; }
    tag.disabled = true;
    reader.addEventListener('reading', ({ message }) => {
      const held = message.records.find((one) => one.recordType === 'url' || one.recordType === 'text');
      if (!held) return;
      feel(80);
      form.elements.label.value = codeOf(new TextDecoder(held.encoding || 'utf-8').decode(held.data));
      form.elements.how.value = 'nfc';
      form.requestSubmit();
    });
  });
}

// A photo of eight megabytes takes minutes on a bad line: 2,048 pixels show the joint as well. Where room
// is short and smaller ones were chosen, 1,024 have to do.
const FULL = { longest: 2048, quality: 0.85, enough: 1000000 }, SMALL = { longest: 1024, quality: 0.7, enough: 150000 };
const shrink = async (file) => {
  const { longest, quality, enough } = await takesSmall() ? SMALL : FULL;
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const by = Math.min(1, longest / Math.max(picture.width, picture.height));
  if (by === 1 && file.size < enough) return file;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * by);
  canvas.height = Math.round(picture.height * by);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', quality));
  return blob && blob.size < file.size ? new File([blob], 'photo.jpg', { type: 'image/jpeg' }) : file;
};
const put = (input, files) => {
  const held = new DataTransfer();
  for (const file of files) held.items.add(file);
  input.files = held.files;
};
document.addEventListener('change', async (event) => {
  const place = event.target.closest('.field-photo'), file = event.target.files?.[0];
  if (!place || !file) return;
  const words = one('[data-said],[data-taken]', place), image = one('img', place);
  const button = one('button.primary', event.target.form) || one('button', event.target.form);
  button.disabled = true;
  try {
    const all = await Promise.all([...event.target.files].map((other) => other.type.startsWith('image/') ? shrink(other) : other));
    const queued = await take(event.target, all[0]).catch(() => { noRoom(); throw new Error(); });
    if (!queued && all.some((small, n) => small !== event.target.files[n])) put(event.target, all);
    if (!queued) words.textContent = words.dataset.taken;
    place.classList.add('have');
    if (image && file.type.startsWith('image/')) {
      image.src = URL.createObjectURL(all[0]);
      image.hidden = false;
    }
  } catch { /* the file stays in the form: it goes with it, and the server says what is wrong with it */ }
  button.disabled = false;
});
document.addEventListener('reset', (event) => {
  for (const place of event.target.querySelectorAll('.field-photo')) {
    place.classList.remove('have');
    for (const image of place.querySelectorAll('img')) image.hidden = true;
  }
});

// Speaking: pressed once it listens, pressed again it is kept; after a minute by itself.
const MINUTE = 60000, SOUND = ['audio/mp4', 'audio/webm'];
const speaks = (button) => {
  const kind = window.MediaRecorder && SOUND.find((one) => MediaRecorder.isTypeSupported(one));
  if (!kind || !navigator.mediaDevices) return;
  button.hidden = false;
  const name = one('b', button), idle = name.textContent;
  let taking = null;
  button.addEventListener('click', async () => {
    if (taking) { taking.stop(); return; }
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return;
    const parts = [];
    taking = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 32000 });
    taking.ondataavailable = ({ data }) => parts.push(data);
    taking.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      taking = null;
      name.textContent = idle;
      take(button, new File(parts, kind === SOUND[0] ? 'voice.m4a' : 'voice.webm', { type: kind })).catch(noRoom);
    };
    taking.start();
    name.textContent = button.dataset.words;
    setTimeout(() => taking?.stop(), MINUTE);
  });
};
document.querySelectorAll('[data-record]').forEach(speaks);

// Signing: strokes on a canvas become a picture in the form's file.
const sign = (form) => {
  const canvas = one('canvas', form), pen = canvas.getContext('2d');
  let drawn = false, down = false;
  const empty = () => { pen.fillStyle = '#fff'; pen.fillRect(0, 0, canvas.width, canvas.height); drawn = false; };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
  };
  empty();
  pen.lineWidth = 4;
  pen.lineCap = pen.lineJoin = 'round';
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    down = true;
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!down) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });
  for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => { down = false; });
  let ready = false;
  form.addEventListener('reset', () => { empty(); ready = false; });
  form.addEventListener('submit', (event) => {
    if (ready || !drawn) return;
    event.preventDefault();
    canvas.toBlob((blob) => {
      put(form.elements.signature, [new File([blob], 'signature.png', { type: 'image/png' })]);
      ready = true;
      form.requestSubmit();
    }, 'image/png');
  });
};
const signing = one('[data-sign]');
if (signing) sign(signing);
