// The form of a customer: fields of a company or of a person, rows of contact details and other names.
import { onEvent } from "../lib/page.js";

const MODES = { phone: "tel", email: "email" };

function showKind(form) {
  const chosen = form.querySelector("[name=kind]:checked")?.value;
  if (!chosen) return;
  for (const part of form.querySelectorAll("[data-only]")) {
    if (part.matches("input, select, textarea")) continue;
    part.hidden = part.dataset.only !== chosen;
  }
}

const HOME = /^(|中国|中华人民共和国|china|cn|prc|香港|澳门|台湾|hong kong|macao|taiwan)$/i;

// What only an address at home, or only one abroad has; a field that holds something always shows.
function showPlace(form) {
  const country = form.querySelector("[name=country]");
  const place = !country || HOME.test(country.value.trim()) ? "home" : "abroad";
  for (const part of form.querySelectorAll("[data-at]")) {
    part.hidden = part.dataset.at !== place && !part.querySelector("input, select")?.value;
  }
}

// A new custom field has choices only when it is of a type that has.
function showChoices(form) {
  const part = form.querySelector("[data-choices]");
  const type = form.querySelector("select[name=type]");
  if (part && type) part.hidden = !type.value.startsWith("choice");
}

function fit(row) {
  const input = row.querySelector("[name$=-value]");
  const kind = row.querySelector("[name$=-kind]")?.value;
  if (input) input.inputMode = MODES[kind] || "text";
}

function addRow(button) {
  const part = button.parentElement;
  const list = part.querySelector("[data-points]");
  const total = list.querySelector("[name$=-TOTAL_FORMS]");
  const holder = document.createElement("div");
  holder.innerHTML = part.querySelector("[data-point-template]").innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.firstElementChild;
  total.value = Number(total.value) + 1;
  list.append(row);
  window.htmx?.process(row);
  fit(row);
  row.querySelector("[name$=-value], [name$=-name]").focus();
}

function start(root) {
  for (const form of root.querySelectorAll("[data-customer-form]")) {
    showKind(form);
    showPlace(form);
    showChoices(form);
  }
  for (const form of root.querySelectorAll("form:has([data-points])")) {
    for (const button of form.querySelectorAll("[data-add-point]")) button.hidden = false;
    for (const row of form.querySelectorAll("[data-point]")) fit(row);
  }
}

onEvent("input", "[data-customer-form] [name=country]", (event, field) => showPlace(field.form));
onEvent("change", "[data-customer-form] [name=kind]", (event, field) => showKind(field.form));
onEvent("change", "[data-customer-form] select[name=type]", (event, field) => showChoices(field.form));
onEvent("change", "[data-point] select", (event, field) => fit(field.closest("[data-point]")));
onEvent("click", "[data-add-point]", (event, button) => addRow(button));
document.addEventListener("htmx:afterSwap", (event) => start(event.detail.target));
start(document);

// A link to what is missing leads to its field: "…/edit/#id_birthday". The browser itself goes to the target as late as
// when the page has loaded, and takes the focus away.
addEventListener("load", () => setTimeout(() => {
  const wanted = document.getElementById(location.hash.slice(1));
  const field = wanted?.matches("input, select, textarea") ? wanted : wanted?.querySelector("input:not([type=hidden]), select");
  field?.focus();
}));
