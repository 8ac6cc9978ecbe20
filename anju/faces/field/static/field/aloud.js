// Reads a page aloud for who reads little: its title, then each card with its place, its words and its
// steps. Pressed again it is silent. Where the phone cannot speak there is no button.
const PARTS = 'h1, .field-card :is(.field-place, .field-title, .field-words, h2), .field-card > p:not(.small), .field-finish button.primary';
const button = document.querySelector('[data-read]');
const inSight = (one) => one.checkVisibility?.() ?? true;
if (button && window.speechSynthesis && window.SpeechSynthesisUtterance) {
  button.hidden = false;
  button.addEventListener('click', () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
    const parts = [...document.querySelectorAll(PARTS)].filter(inSight).map((one) => one.textContent.replace(/\s+/g, ' ').trim());
    const said = new SpeechSynthesisUtterance(parts.filter(Boolean).join('。'));
    said.lang = document.documentElement.lang;
    speechSynthesis.speak(said);
  });
  addEventListener('pagehide', () => speechSynthesis.cancel());
}
