// What pages of work on foot do beyond their forms: read a label, show and shrink a photo, sign.
import { noRoom, photo } from './offline.js';

const one = (selector, from = document) => from.querySelector(selector);

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
    const stop = () => stream.getTracks().forEach((track) => track.stop());
    addEventListener('pagehide', stop, { once: true });
    const look = async () => {
      if (!video.srcObject) return;
      const found = await reader.detect(video).catch(() => []);
      if (found.length) {
        stop();
        video.srcObject = null;
        form.elements.label.value = found[0].rawValue;
        form.requestSubmit();
        return;
      }
      setTimeout(look, 150);
    };
    look();
  } catch { cannot(); }
};
const camera = one('[data-scan]');
if (camera) read(camera);

// A photo of eight megabytes takes minutes on a bad line: 2,048 pixels show the joint as well.
const LONGEST = 2048;
const shrink = async (file) => {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const by = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  if (by === 1 && file.size < 1000000) return file;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * by);
  canvas.height = Math.round(picture.height * by);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
  return blob && blob.size < file.size ? new File([blob], 'photo.jpg', { type: 'image/jpeg' }) : file;
};
const put = (input, file) => {
  const held = new DataTransfer();
  held.items.add(file);
  input.files = held.files;
};
document.addEventListener('change', async (event) => {
  const place = event.target.closest('.field-photo'), file = event.target.files?.[0];
  if (!place || !file) return;
  const words = one('[data-taken]', place), image = one('img', place);
  const button = one('button.primary', event.target.form);
  button.disabled = true;
  try {
    const small = await shrink(file);
    const queued = await photo(event.target, small).catch(() => { noRoom(); throw new Error(); });
    if (!queued && small !== file) put(event.target, small);
    if (!queued) words.textContent = words.dataset.taken;
    place.classList.add('have');
    image.src = URL.createObjectURL(small);
    image.hidden = false;
  } catch { /* the file stays in the form: it goes with it, and the server says what is wrong with it */ }
  button.disabled = false;
});

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
  form.addEventListener('reset', empty);
  let ready = false;
  form.addEventListener('submit', (event) => {
    if (ready || !drawn) return;
    event.preventDefault();
    canvas.toBlob((blob) => {
      put(form.elements.signature, new File([blob], 'signature.png', { type: 'image/png' }));
      ready = true;
      form.requestSubmit();
    }, 'image/png');
  });
};
const signing = one('[data-sign]');
if (signing) sign(signing);
