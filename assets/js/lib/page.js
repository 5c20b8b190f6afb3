// Small things every module needs.
const holder = document.getElementById("texts");
export const texts = holder ? JSON.parse(holder.textContent) : {};

export const onEvent = (type, selector, handler, options) =>
  document.addEventListener(type, (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) handler(event, found);
  }, options);

export function later(handler, wait) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => handler(...args), wait);
  };
}

export function csrfToken() {
  try {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  } catch {
    return "";
  }
}

export function post(action, fields = {}) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: csrfToken(), ...fields })) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

// A store that may be full, forbidden or absent: then the feature is simply off.
export function stored(area) {
  const store = () => window[area];
  return {
    get(key) { try { return store().getItem(key); } catch { return null; } },
    set(key, value) { try { store().setItem(key, value); return true; } catch { return false; } },
    remove(key) { try { store().removeItem(key); } catch { /* nothing to remove */ } },
    keys() { try { return Object.keys(store()); } catch { return []; } },
  };
}

export const typing = (target) =>
  target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");

export const openDialog = () => [...document.querySelectorAll("dialog[open]")].pop();
