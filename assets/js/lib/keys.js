import { onEvent, openDialog, stored, typing } from "./page.js";
import { openPalette } from "./palette.js";
import { show } from "./dialogs.js";

const OFF = "single-keys-off";
const settings = stored("localStorage");
let leader = 0;

const go = (url) => { if (url) location.assign(url); };

function create() {
  const menu = document.querySelector("[data-create-menu]");
  if (!menu) return;
  if (menu.offsetParent) {
    menu.open = true;
    menu.querySelector(".menu-item")?.focus();
  } else {
    show(document.getElementById("create"));
  }
}

function search() {
  const field = document.querySelector("main [data-search]");
  if (field) { field.focus(); field.select?.(); } else openPalette();
}

const single = {
  "/": search,
  c: create,
  "?": () => show(document.getElementById("keys")),
};
const afterG = {
  t: () => go(document.body.dataset.today),
  c: () => go(document.body.dataset.customers),
};

function press(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === "k") {
    event.preventDefault();
    if (document.getElementById("palette")?.open) document.getElementById("palette").close();
    else openPalette();
    return;
  }
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || openDialog() || settings.get(OFF)) return;
  const led = Date.now() - leader < 1200;
  leader = key === "g" && !led ? Date.now() : 0;
  const action = led ? afterG[key] : single[key];
  if (!action) return;
  event.preventDefault();
  action();
}

export function startKeys() {
  document.addEventListener("keydown", press);
  const box = document.querySelector("[data-single-keys]");
  if (box) box.checked = !settings.get(OFF);
  onEvent("change", "[data-single-keys]", (event, choice) => {
    if (choice.checked) settings.remove(OFF); else settings.set(OFF, "1");
  });
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) return;
  for (const key of document.querySelectorAll("[data-mod-key]")) key.textContent = "⌘ K";
}
