// A suggestion fills its field; the field is said to be typed in, so it is kept like the rest.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-fill]'), field = button && document.getElementById(button.dataset.fill);
  if (!field) return;
  field.value = button.dataset.with;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});
