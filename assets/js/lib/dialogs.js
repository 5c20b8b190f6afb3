import { onEvent, openDialog } from "./page.js";
import { closeMenus } from "./menus.js";

const loaded = () => document.getElementById("loaded");

export function show(dialog) {
  if (!dialog || dialog.open) return;
  for (const box of dialog.querySelectorAll("[data-clone]:empty")) {
    const source = document.querySelector(box.dataset.clone);
    if (source) box.append(...source.cloneNode(true).childNodes);
  }
  closeMenus();
  dialog.showModal();
  followToasts();
}

// What stands outside a modal dialog cannot be reached, so the toasts move into it and back.
function followToasts() {
  const toasts = document.getElementById("toasts");
  const home = openDialog() || document.body;
  if (toasts && toasts.parentElement !== home) home.append(toasts);
}

export function ask(question, label) {
  const dialog = document.getElementById("confirm");
  const yes = dialog.querySelector("[data-answer=yes]");
  dialog.querySelector("#confirm-text").textContent = question;
  if (!yes.dataset.usual) yes.dataset.usual = yes.textContent;
  yes.textContent = label || yes.dataset.usual;
  dialog.returnValue = "";
  show(dialog);
  dialog.querySelector("[data-answer=no]").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function loadInto(link) {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  closeMenus();
  const href = link.getAttribute("href");
  window.htmx.ajax("GET", href, { target: "#dialog-body", swap: "innerHTML" });
}

function focusFirst(body) {
  const field = body.querySelector(".is-invalid, [autofocus], [data-focus]")
    || body.querySelector("input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea");
  field?.focus();
}

export function startDialogs() {
  onEvent("click", "[data-dialog]", (event, button) => {
    openDialog()?.close();
    show(document.getElementById(button.dataset.dialog));
  });
  onEvent("click", "[data-dialog-close]", (event, button) => button.closest("dialog")?.close());
  onEvent("click", "dialog [data-dialog-cancel]", (event, link) => {
    event.preventDefault();
    link.closest("dialog").close();
  });
  onEvent("click", "#confirm [data-answer]", (event, button) => button.closest("dialog").close(button.dataset.answer));
  onEvent("click", "a[data-open-in-dialog]", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button || !window.htmx) return;
    event.preventDefault();
    loadInto(link);
  });
  document.addEventListener("click", (event) => {
    const dialog = event.target;
    if (!(dialog instanceof HTMLDialogElement) || dialog.querySelector("form[data-dirty]")) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
  document.addEventListener("close", (event) => {
    followToasts();
    if (event.target.id === "loaded") document.getElementById("dialog-body").replaceChildren();
  }, true);
  document.addEventListener("htmx:afterSwap", (event) => {
    const body = document.getElementById("dialog-body");
    if (!body || event.detail.target !== body) return;
    show(loaded());
    focusFirst(body);
  });
  document.addEventListener("dialog-close", () => loaded()?.close());
}
