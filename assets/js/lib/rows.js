// Rows of a list by key (j, k, x), and cells edited where they stand: double click, tap, Enter or F2.
import { onEvent, openDialog, stored, typing } from "./page.js";

const before = new WeakMap();
const rowsOf = () => [...document.querySelectorAll(".table-cards > tbody > tr")];
const current = () => document.activeElement?.closest?.(".table-cards > tbody > tr");
const pencilsOf = (row) => [...row.querySelectorAll(".cell-edit")];
const linkOf = (row) => row.querySelector(".cell-main a");

function step(by) {
  const rows = rowsOf();
  const next = rows[rows.indexOf(current()) + by] ?? rows[by > 0 && !current() ? 0 : -1];
  linkOf(next ?? document.createElement("tr"))?.focus();
}

function edit(cell) {
  if (cell.querySelector("form") || !window.htmx) return;
  before.set(cell, cell.innerHTML);
  const url = cell.querySelector(".cell-edit").pathname;
  window.htmx.ajax("GET", url, { target: cell, swap: "innerHTML" }).then(() => {
    cell.querySelector("select, input:not([type=hidden])")?.focus();
  });
}

function leave(cell) {
  if (!before.has(cell)) return;
  cell.innerHTML = before.get(cell);
  cell.querySelector(".cell-edit").focus();
}

const pressed = {
  j: () => step(1),
  k: () => step(-1),
  x: () => current()?.querySelector(".cell-check input")?.click(),
};

function moveAmong(event, row) {
  const cells = [linkOf(row), ...pencilsOf(row)];
  const at = cells.indexOf(document.activeElement);
  const next = cells[at + (event.key === "ArrowRight" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

// A saved cell has the focus again, unless the person has gone on meanwhile; a refused one has it in its field.
function comeBack(event) {
  const cell = event.detail.target?.closest?.("td[data-edit]");
  if (!cell || event.detail.requestConfig?.verb !== "post" || document.activeElement !== document.body) return;
  cell.querySelector(".is-invalid, form input:not([type=hidden]), form select, .cell-edit")?.focus();
}

export function startRows() {
  document.addEventListener("htmx:afterSettle", comeBack);
  onEvent("dblclick", "td[data-edit]", (event, cell) => edit(cell));
  onEvent("click", ".cell-edit", (event, link) => {
    if (!window.htmx || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    edit(link.closest("td"));
  });
  onEvent("click", "td[data-edit]", (event, cell) => {
    if (matchMedia("(hover: none)").matches && !event.target.closest("a, button, input, select")) edit(cell);
  });
  onEvent("click", "[data-cell-cancel]", (event, link) => {
    const cell = link.closest("td[data-edit]");
    if (!cell) return;
    event.preventDefault();
    leave(cell);
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("td[data-edit]");
    if (cell && event.key === "Escape" && cell.querySelector("form")) return leave(cell);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || openDialog()) return;
    if (cell && event.key === "F2") {
      event.preventDefault();
      return edit(cell);
    }
    const row = current();
    if (row && event.key.startsWith("Arrow") && /Right|Left/.test(event.key)) return moveAmong(event, row);
    if (stored("localStorage").get("single-keys-off") || event.shiftKey || event.defaultPrevented) return;
    if (!pressed[event.key] || !rowsOf().length) return;
    event.preventDefault();
    pressed[event.key]();
  });
}
