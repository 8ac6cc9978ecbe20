// Settles "auto" before the first paint; everything else about looks is in kit.js.
(function () {
  var root = document.documentElement, asked = root.dataset.theme;
  root.dataset.asked = asked;
  root.classList.add('js');
  if (asked === 'auto') root.dataset.theme = matchMedia('(prefers-color-scheme:dark)').matches ? 'dark' : 'light';
})();
