// A list that one puts in order: items are dragged, or moved with their arrows (which post the form without this script).
import { onEvent } from "./page.js";

const itemOf = (element) => element.closest?.("[data-order-item]");
let dragged = null;

function step(button) {
  const item = itemOf(button);
  const other = button.dataset.orderStep < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (other) other[button.dataset.orderStep < 0 ? "before" : "after"](item);
  button.focus();
}

function over(event) {
  const item = itemOf(event.target);
  if (!dragged || !item || item.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (item === dragged) return;
  const { top, height } = item.getBoundingClientRect();
  item[event.clientY < top + height / 2 ? "before" : "after"](dragged);
}

export function startOrder() {
  onEvent("click", "[data-order-step]", (event, button) => {
    event.preventDefault();
    step(button);
  });
  onEvent("pointerdown", "[data-order] .order-grip", (event, grip) => {
    itemOf(grip).draggable = true;
  });
  document.addEventListener("dragstart", (event) => {
    dragged = itemOf(event.target);
    dragged?.classList.add("is-dragged");
  });
  document.addEventListener("dragover", over);
  document.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    if (dragged) dragged.draggable = false;
    dragged = null;
  });
}
