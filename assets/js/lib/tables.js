// Rows ticked in a form[data-bulk]: "all" box, ranges with Shift, the bar with the count.
import { onEvent } from "./page.js";

let last = null;
const boxesOf = (form) => [...form.querySelectorAll("tbody .cell-check input[type=checkbox]")];

function refresh(form) {
  const boxes = boxesOf(form);
  const count = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-check-all]");
  const everything = form.querySelector("[data-bulk-all]");
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  if (everything) {
    everything.closest(".bulk-all").hidden = count < boxes.length;
    if (count < boxes.length) everything.checked = false;
  }
  const bar = form.querySelector("[data-bulk-bar]");
  if (bar) bar.hidden = count === 0;
  const shown = form.querySelector("[data-bulk-count]");
  if (shown) shown.textContent = count;
}

export function startTables() {
  onEvent("change", "form[data-bulk] [data-check-all]", (event, all) => {
    for (const box of boxesOf(all.form)) box.checked = all.checked;
    refresh(all.form);
  });
  onEvent("click", "form[data-bulk] tbody .cell-check input", (event, box) => {
    const boxes = boxesOf(box.form);
    if (event.shiftKey && last && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    refresh(box.form);
  });
  const refreshAll = () => document.querySelectorAll("form[data-bulk]").forEach(refresh);
  addEventListener("pageshow", refreshAll);
  document.addEventListener("htmx:load", refreshAll);
}
