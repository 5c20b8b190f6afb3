import { later, onEvent, texts } from "./page.js";
import { show } from "./dialogs.js";

let active = -1;
let running;
let asked;

const dialog = () => document.getElementById("palette");
const input = () => document.getElementById("palette-input");
const results = () => document.getElementById("palette-results");
const options = () => [...results().querySelectorAll("[role=option]")];

export function openPalette() {
  if (!document.body.dataset.palette || !dialog() || dialog().open) return;
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  show(dialog());
  input().value = "";
  asked = undefined;
  load();
  input().focus();
}

function choose(index, scroll = true) {
  const all = options();
  all.forEach((option, at) => option.setAttribute("aria-selected", at === index));
  active = all.length ? index : -1;
  if (active < 0) return input().removeAttribute("aria-activedescendant");
  input().setAttribute("aria-activedescendant", all[active].id);
  if (scroll) all[active].scrollIntoView({ block: "nearest" });
}

function fill(html) {
  results().innerHTML = html;
  options().forEach((option, at) => {
    option.id = `palette-option-${at}`;
    option.tabIndex = -1;
  });
  choose(0);
}

async function load() {
  const query = input().value.trim();
  if (query === asked) return;
  asked = query;
  running?.abort();
  running = new AbortController();
  try {
    const url = `${document.body.dataset.palette}?q=${encodeURIComponent(query)}`;
    const response = await fetch(url, { headers: { "HX-Request": "true" }, signal: running.signal });
    if (response.redirected) return location.reload();
    if (!response.ok) throw new Error(response.status);
    fill(await response.text());
  } catch (error) {
    if (error.name === "AbortError") return;
    asked = undefined;
    const note = document.createElement("p");
    note.className = "palette-empty";
    note.textContent = navigator.onLine ? texts.failed : texts.offline;
    results().replaceChildren(note);
  }
}

const loadSoon = later(load, 140);

const isShortcut = (option) => option?.matches(".palette-shortcut");

// Up and down lead from line to line; right to what can be done with one at once, and left back.
function step(by) {
  const all = options();
  let at = active;
  do at = (at + by + all.length) % all.length; while (isShortcut(all[at]));
  choose(at);
}

function across(key) {
  const all = options();
  if (key === "ArrowLeft") return isShortcut(all[active]) ? active - 1 : -1;
  const atEnd = input().selectionStart === input().value.length;
  return atEnd && !isShortcut(all[active]) && isShortcut(all[active + 1]) ? active + 1 : -1;
}

function press(event) {
  const count = options().length;
  if (event.isComposing || event.shiftKey) return;
  const aside = /^Arrow(Left|Right)$/.test(event.key) ? across(event.key) : -1;
  if (aside >= 0) choose(aside);
  else if (event.key === "ArrowDown" && count) step(1);
  else if (event.key === "ArrowUp" && count) step(-1);
  else if (event.key === "Enter") options()[active]?.click();
  else return;
  event.preventDefault();
}

export function startPalette() {
  if (!dialog()) return;
  onEvent("click", "[data-palette-open]", openPalette);
  input().addEventListener("input", (event) => { if (!event.isComposing) loadSoon(); });
  input().addEventListener("compositionend", loadSoon);
  input().addEventListener("keydown", press);
  onEvent("mousemove", "#palette [role=option]", (event, option) => {
    const at = options().indexOf(option);
    if (at !== active) choose(at, false);
  });
  onEvent("click", "#palette a[role=option]", (event) => {
    if (!event.ctrlKey && !event.metaKey) dialog().close();
  });
}
