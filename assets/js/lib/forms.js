import { later, onEvent, stored, texts } from "./page.js";
import { ask } from "./dialogs.js";
import { toast } from "./toasts.js";

const FOCUS = "filter-focus";
const session = stored("sessionStorage");
const usesHtmx = (form) => form.matches("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]");
const buttonsOf = (form) => [...form.elements].filter((field) => field.type === "submit");

function setBusy(form, busy, submitter) {
  for (const button of buttonsOf(form)) button.disabled = busy;
  const shown = submitter || buttonsOf(form)[0];
  if (busy) shown?.setAttribute("data-busy", "");
  else buttonsOf(form).forEach((button) => button.removeAttribute("data-busy"));
}

function release(form) {
  delete form.dataset.sent;
  setBusy(form, false);
}

// navigator.onLine is true in a lift with Wi-Fi and no network, so a form worth a draft asks the server first.
async function reachable() {
  if (!navigator.onLine) return false;
  try {
    await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}

async function confirmFirst(event) {
  const form = event.target;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset?.confirm || form.dataset.confirmed) {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(source.dataset.confirm, source.dataset.confirmLabel))) return;
  form.dataset.confirmed = "1";
  form.requestSubmit(event.submitter);
}

async function connectionFirst(event) {
  const form = event.target;
  if (!form.matches("form[data-draft]") || usesHtmx(form) || form.dataset.reached) {
    delete form.dataset?.reached;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.asking) return;
  form.dataset.asking = "1";
  const { submitter } = event;
  const alive = await reachable();
  delete form.dataset.asking;
  if (!alive) return toast({ message: texts.offline, level: "danger" });
  form.dataset.reached = "1";
  form.requestSubmit(submitter);
}

function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || usesHtmx(form)) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  const { submitter } = event;
  setTimeout(() => setBusy(form, true, submitter));
  setTimeout(() => {
    release(form);
    if (form.matches("[data-download]")) form.closest("dialog")?.close();
  }, form.matches("[data-download]") ? 2000 : 15000);
}

function autoSubmit() {
  const send = (form) => {
    const field = form.contains(document.activeElement) ? document.activeElement : null;
    if (!usesHtmx(form) && field?.name) session.set(FOCUS, JSON.stringify([location.pathname, field.name, field.selectionStart ?? null]));
    form.requestSubmit();
  };
  const sendSoon = later(send, 350);
  onEvent("input", "form[data-auto-submit] :is(input[type=text], input[type=search]):not([data-aside])", (event, field) => {
    if (!event.isComposing) sendSoon(field.form);
  });
  onEvent("compositionend", "form[data-auto-submit] input:not([data-aside])", (event, field) => sendSoon(field.form));
  onEvent("change", "form[data-auto-submit] :is(select, input[type=checkbox], input[type=radio], input[type=date])", (event, field) => send(field.form));
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[data-auto-submit], .filter-form")) return;
    for (const [name, value] of [...event.formData]) if (value === "" && event.formData.getAll(name).length === 1) event.formData.delete(name);
  });
}

function giveFocusBack() {
  const [path, name, at] = JSON.parse(session.get(FOCUS) || "[]");
  session.remove(FOCUS);
  const field = path === location.pathname && document.querySelector(`form[data-auto-submit] [name="${CSS.escape(name)}"]`);
  if (field) {
    field.focus();
    if (at !== null) field.setSelectionRange?.(at, at);
    return;
  }
  const wanted = document.querySelector("main .is-invalid, main [data-focus]");
  wanted?.focus({ preventScroll: wanted.matches(".is-invalid") });
  if (wanted?.matches(".is-invalid, .warning-box *")) wanted.scrollIntoView({ block: "center" });
}

function fillDates(root) {
  for (const field of root.querySelectorAll?.("input[type=date][data-today]") ?? []) {
    if (field.value) continue;
    const now = new Date();
    field.value = new Date(now - now.getTimezoneOffset() * 6e4).toISOString().slice(0, 10);
  }
}

export function startForms() {
  document.addEventListener("submit", confirmFirst, true);
  document.addEventListener("submit", connectionFirst, true);
  document.addEventListener("submit", sendOnce);
  addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release); });
  document.addEventListener("htmx:confirm", (event) => {
    const { confirm, confirmLabel } = event.target.dataset;
    if (!confirm || event.target.matches("form")) return;
    event.preventDefault();
    ask(confirm, confirmLabel).then((yes) => { if (yes) event.detail.issueRequest(true); });
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (elt.matches("form") && event.detail.requestConfig.verb !== "get") setBusy(elt, true);
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt.matches("form")) setBusy(event.detail.elt, false); });
  onEvent("input", "form[data-guard]:not([data-draft])", (event, form) => { form.dataset.dirty = "1"; });
  onEvent("submit", "form[data-guard]", (event, form) => { if (!event.defaultPrevented) delete form.dataset.dirty; });
  addEventListener("beforeunload", (event) => { if (document.querySelector("form[data-guard][data-dirty]:not([data-draft])")) event.preventDefault(); });
  autoSubmit();
  giveFocusBack();
  fillDates(document);
  document.addEventListener("htmx:load", (event) => fillDates(event.detail.elt));
}
