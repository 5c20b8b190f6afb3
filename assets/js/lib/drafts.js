// Nothing typed is lost: every change of a form[data-draft] is kept in this browser, for this person in this organisation.
import { later, onEvent, stored } from "./page.js";

const PREFIX = "draft:";
const PENDING = "draft-sent";
const KEPT_DAYS = 14;
const CARRIED = new Set(["id", "version", "snapshot"]);
const local = stored("localStorage");
const session = stored("sessionStorage");
const { organization = "", person = "" } = document.body.dataset;
const nameOf = (key) => `${PREFIX}${organization}:${person}:${key}`;

function fieldsOf(form) {
  return [...form.elements].filter((field) => {
    if (!field.name || field.name === "csrfmiddlewaretoken" || field.dataset.noDraft !== undefined) return false;
    if (["password", "file", "submit", "button", "reset", "image"].includes(field.type)) return false;
    return field.type !== "hidden" || CARRIED.has(field.name.replace(/^.*-/, "")) || field.dataset.draftKeep !== undefined;
  });
}

function read(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const list = (values[field.name] ??= []);
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) list.push(field.value);
    } else if (field.multiple) {
      list.push(...[...field.selectedOptions].map((option) => option.value));
    } else {
      list.push(field.value);
    }
  }
  return values;
}

// A member who was found by a search is not among the options of a fresh page: the draft knows the name too.
function namesIn(form) {
  const names = {};
  for (const field of fieldsOf(form)) {
    const [option] = field.type === "select-one" ? field.selectedOptions : [];
    if (option?.closest("optgroup[data-found]")) names[field.name] = option.text;
  }
  return names;
}

function offerAgain(field, value, name) {
  const found = field.querySelector("optgroup[data-found]");
  if (!found || !value || !name) return;
  found.append(new Option(name, value));
  found.hidden = false;
}

function fillIn(form, values, names = {}) {
  const seen = {};
  for (const field of fieldsOf(form)) {
    const list = values[field.name];
    if (!list) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = list.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = list.includes(option.value);
    else {
      const at = (seen[field.name] ??= 0);
      seen[field.name] += 1;
      const known = () => field.type !== "select-one" || [...field.options].some((option) => option.value === list[at]);
      if (!known()) offerAgain(field, list[at], names[field.name]);
      if (list[at] !== undefined && known()) field.value = list[at];
    }
    field.dispatchEvent(new CustomEvent("draft-restored", { bubbles: true }));
  }
}

const visible = (values) => JSON.stringify(Object.entries(values).filter(([name]) => !CARRIED.has(name)));

// What was typed, not chosen: only this is worth a word when it comes back.
function textsOf(form, values) {
  const typed = fieldsOf(form).filter((field) => field.matches("textarea, input:not([type=checkbox], [type=radio], [type=hidden])"));
  return JSON.stringify([...new Set(typed.map((field) => field.name))].map((name) => values[name] ?? []));
}

function save(form) {
  local.set(nameOf(form.dataset.draft), JSON.stringify({ at: Date.now(), values: read(form), names: namesIn(form) }));
}

function readDraft(key) {
  try {
    return JSON.parse(local.get(nameOf(key)));
  } catch {
    return null;
  }
}

export function clearDraft(key) {
  local.remove(nameOf(key));
}

export function clearAllDrafts() {
  for (const form of document.querySelectorAll("form[data-dirty]")) delete form.dataset.dirty;
  for (const key of local.keys()) if (key.startsWith(PREFIX)) local.remove(key);
}

function announce(form, original) {
  const template = document.getElementById("draft-template");
  if (!template) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.querySelector("[data-draft-discard]").addEventListener("click", () => {
    clearDraft(form.dataset.draft);
    fillIn(form, original);
    delete form.dataset.dirty;
    note.remove();
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  form.prepend(note);
}

function restore(form) {
  const draft = readDraft(form.dataset.draft);
  if (!draft) return;
  const original = read(form);
  if (visible(draft.values) === visible(original)) return;
  fillIn(form, draft.values, draft.names);
  form.dataset.dirty = "1";
  if (textsOf(form, draft.values) !== textsOf(form, original)) announce(form, original);
}

// After a sent form the next page tells: the same form again (errors) keeps the draft, anything else clears it.
function settle() {
  const pending = JSON.parse(session.get(PENDING) || "null");
  session.remove(PENDING);
  const troubled = document.body.dataset.trouble !== undefined || !person;
  if (!pending || troubled) return;
  const form = document.querySelector(`form[data-draft="${CSS.escape(pending.key)}"]`);
  const id = form?.elements.namedItem("id")?.value;
  if (!form || (id && pending.id && id !== pending.id)) clearDraft(pending.key);
}

function forgetOld() {
  for (const key of local.keys()) {
    if (!key.startsWith(PREFIX)) continue;
    const kept = readDraft(key.slice(nameOf("").length));
    if (key.startsWith(nameOf("")) && kept && Date.now() - kept.at > KEPT_DAYS * 864e5) local.remove(key);
  }
}

function adopt(root) {
  const forms = root.matches?.("form[data-draft]") ? [root] : root.querySelectorAll?.("form[data-draft]") ?? [];
  for (const form of forms) {
    if (form.dataset.adopted) continue;
    form.dataset.adopted = "1";
    restore(form);
  }
}

export function startDrafts() {
  const saveSoon = later(save, 250);
  settle();
  forgetOld();
  for (const mark of document.querySelectorAll("[data-draft-clear]")) clearDraft(mark.dataset.draftClear);
  adopt(document);
  document.addEventListener("htmx:load", (event) => adopt(event.detail.elt));
  for (const type of ["input", "change"]) {
    onEvent(type, "form[data-draft]", (event, form) => {
      form.dataset.dirty = "1";
      saveSoon(form);
    });
  }
  addEventListener("pagehide", () => document.querySelectorAll("form[data-draft][data-dirty]").forEach(save));
  onEvent("submit", "form[data-draft]", (event, form) => {
    if (event.defaultPrevented) return;
    save(form);
    delete form.dataset.dirty;
    session.set(PENDING, JSON.stringify({ key: form.dataset.draft, id: form.elements.namedItem("id")?.value }));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches?.("form[data-draft]")) save(event.detail.elt);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    const { verb } = event.detail.requestConfig ?? {};
    if (event.detail.successful && verb === "post" && form.matches?.("form[data-draft]")) {
      delete form.dataset.dirty;
      clearDraft(form.dataset.draft);
    }
  });
  document.addEventListener("draft-clear", (event) => clearDraft(event.detail.value ?? event.detail.key));
  onEvent("submit", "form[data-sign-out]", clearAllDrafts);
}
