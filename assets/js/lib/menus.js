import { onEvent } from "./page.js";

const opened = () => document.querySelectorAll("details[data-menu][open]");

export function closeMenus(except) {
  for (const menu of opened()) if (menu !== except) menu.open = false;
}

// Inside a scrolling list the panel would be cut off, and at the foot of the page it would lie below it: there it is
// placed by the viewport.
function place(menu) {
  const panel = menu.querySelector(".menu-panel");
  panel.removeAttribute("style");
  const anchor = menu.getBoundingClientRect();
  const floor = innerHeight - (document.querySelector(".phonebar")?.offsetHeight ?? 0);
  const box = panel.getBoundingClientRect();
  const fits = box.bottom <= floor && box.left >= 0 && box.right <= innerWidth;
  if (fits && !menu.closest(".list, .sheet, .tabs")) return;
  const below = floor - anchor.bottom > panel.offsetHeight + 12;
  Object.assign(panel.style, {
    position: "fixed",
    inset: "auto",
    top: `${below ? anchor.bottom + 4 : Math.max(8, anchor.top - panel.offsetHeight - 4)}px`,
    left: `${Math.max(8, Math.min(anchor.right - panel.offsetWidth, innerWidth - panel.offsetWidth - 8))}px`,
  });
}

function move(menu, step) {
  const items = [...menu.querySelectorAll(".menu-panel :is(a, button, input)")].filter((item) => item.offsetParent || item.offsetWidth);
  const next = items.indexOf(document.activeElement) + step;
  items[(next + items.length) % items.length]?.focus();
}

export function startMenus() {
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details[data-menu]") || !event.target.open) return;
    closeMenus(event.target);
    place(event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const inside = event.target.closest?.("details[data-menu]");
    closeMenus(inside);
    if (inside && event.target.closest("a.menu-item, [data-dialog]")) inside.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]") || [...opened()].pop();
    if (!menu) return;
    if (event.key === "Escape") {
      event.preventDefault();
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (menu.contains(event.target) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      if (event.target.matches("input[type=text], textarea, select")) return;
      event.preventDefault();
      move(menu, event.key === "ArrowDown" ? 1 : -1);
    }
  });
  onEvent("focusout", "details[data-menu][open]", (event, menu) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("scroll", (event) => {
    for (const menu of opened()) if (menu.querySelector(".menu-panel").style.position && !menu.contains(event.target)) menu.open = false;
  }, true);
}
