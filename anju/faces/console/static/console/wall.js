// The wall says by itself when its figures are old: the frame turns amber after a minute.
const OLD = 60_000;
let fresh = Date.now();
document.addEventListener('htmx:afterSwap', () => { fresh = Date.now(); });
setInterval(() => {
  document.querySelector('.wall')?.classList.toggle('stale', Date.now() - fresh > OLD);
}, 1000);
