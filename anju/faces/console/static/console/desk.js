// A suggestion fills its field; the field is said to be typed in, so it is kept like the rest.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-fill]'), field = button && document.getElementById(button.dataset.fill);
  if (!field) return;
  field.value = button.dataset.with;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
});

// Pictures that are pasted go with the photos of the form, beside those chosen before.
document.addEventListener('paste', (event) => {
  const box = document.getElementById('id_photos'), files = [...(event.clipboardData?.files ?? [])];
  if (!box || !files.length) return;
  const all = new DataTransfer();
  for (const file of [...box.files, ...files]) all.items.add(file);
  box.files = all.files;
  box.dispatchEvent(new Event('change', { bubbles: true }));
  event.preventDefault();
});
