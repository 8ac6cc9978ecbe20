// The roster by keyboard: arrows move, 1 to 9 put on that shift, 0 a day off. A cell without it is a link.
const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

document.addEventListener('keydown', (event) => {
  const cell = event.target.closest?.('[data-cell]'), table = cell?.closest('[data-roster]');
  if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
  if (WAYS[event.key]) {
    event.preventDefault();
    move(cell, ...WAYS[event.key]);
  } else if (/^\d$/.test(event.key) || event.key === 'Delete') {
    const shifts = table.dataset.shifts.trim().split(' '), n = Number(event.key) || 0;
    if (!cell.id || n > shifts.length) return;
    event.preventDefault();
    set(cell, n ? shifts[n - 1] : '');
  }
});

const move = (cell, down, right) => {
  const rows = [...document.querySelectorAll('[data-roster] tbody tr')], td = cell.parentElement;
  let row = rows.indexOf(td.parentElement), column = td.cellIndex;
  do {
    row += down; column += right;
    const next = rows[row]?.cells[column];
    if (!next) return;
    const link = next.querySelector('[data-cell]');
    if (link) { link.focus(); return; }
  } while (true);
};

const set = (cell, shift) => {
  const form = document.getElementById('roster-set'), said = new URL(cell.href).searchParams;
  for (const name of ['post', 'person', 'day']) form.elements[name].value = said.get(name);
  form.elements.shift.value = shift;
  form.requestSubmit();
};
