import { onEvent, openDialog, post, texts } from "./page.js";
import { clearDraft } from "./drafts.js";

const SHORTEST = 8000;
const ICONS = { success: "circle-check", info: "info-circle", warning: "alert-triangle", danger: "alert-triangle" };

// Stays at least eight seconds, longer for a long text or an Undo; not while it is looked at.
function watch(note) {
  const length = note.textContent.length;
  const wait = Math.max(SHORTEST, length * 90, note.querySelector("[data-undo]") ? 10000 : 0);
  let timer;
  const start = () => { clearTimeout(timer); timer = setTimeout(() => note.remove(), wait); };
  const stop = () => clearTimeout(timer);
  note.addEventListener("mouseenter", stop);
  note.addEventListener("mouseleave", start);
  note.addEventListener("focusin", stop);
  note.addEventListener("focusout", start);
  start();
}

const home = () => document.getElementById("toasts");
const most = () => (matchMedia("(max-width: 991.98px)").matches ? 1 : 3);

// Above the bar at the lower edge, whichever it is, so that none of its buttons is covered. In a dialog they hang from the top.
function lift() {
  const toasts = home();
  if (!toasts?.children.length) return;
  toasts.style.removeProperty("inset-block-end");
  if (openDialog()?.matches(".sheet")) return;
  const highest = toasts.getBoundingClientRect().top - 8;
  const bars = [...document.querySelectorAll(".bulk-bar, .save-bar")].map((bar) => bar.getBoundingClientRect());
  const tops = bars.filter((box) => box.height && box.top < innerHeight && box.bottom > highest).map((box) => box.top);
  if (tops.length) toasts.style.insetBlockEnd = `${innerHeight - Math.max(Math.min(...tops), innerHeight / 3) + 8}px`;
}

let asked = 0;
function liftSoon() {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(lift);
}

function drop() {
  while (home().children.length > most()) home().firstElementChild.remove();
  liftSoon();
}

export function toast({ message, level = "success", undo_url: undoUrl = "", clears = "" }) {
  const template = document.getElementById("toast-template");
  if (!template || !home() || !message) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.className = `note note-${level}`;
  note.querySelector("p").textContent = message;
  const use = note.querySelector("use");
  use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${ICONS[level] || ICONS.info}`);
  const undo = note.querySelector("[data-undo]");
  if (undoUrl) undo.dataset.undo = undoUrl; else undo.remove();
  if (clears) clearDraft(clears);
  if (!undoUrl) [...home().children].filter((old) => old.querySelector("p").textContent === message && !old.querySelector("[data-undo]")).forEach((old) => old.remove());
  home().append(note);
  drop();
  watch(note);
}

const byStatus = { 401: "expired", 403: "forbidden" };

export function startToasts() {
  if (home()) drop();
  document.querySelectorAll("#toasts [data-toast]").forEach(watch);
  addEventListener("scroll", liftSoon, { capture: true, passive: true });
  for (const type of ["resize", "change", "click", "close"]) addEventListener(type, liftSoon, true);
  onEvent("click", "[data-toast-close]", (event, button) => button.closest("[data-toast]").remove());
  onEvent("click", "[data-undo]", (event, button) => {
    button.disabled = true;
    post(button.dataset.undo, { next: location.pathname + location.search });
  });
  document.addEventListener("toast", (event) => toast(event.detail || {}));
  document.addEventListener("htmx:sendError", () => toast({ message: texts.offline, level: "danger" }));
  document.addEventListener("htmx:timeout", () => toast({ message: texts.offline, level: "danger" }));
  document.addEventListener("htmx:responseError", (event) => {
    toast({ message: texts[byStatus[event.detail.xhr.status]] || texts.failed, level: "danger" });
  });
  // A session that ended answers a fragment with the sign-in page: it must not land inside the page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!/\/accounts\/(login|reauthenticate)/.test(event.detail.xhr.responseURL || "")) return;
    event.detail.shouldSwap = false;
    toast({ message: texts.expired, level: "warning" });
  });
}
