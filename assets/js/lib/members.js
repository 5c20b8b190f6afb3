// While somebody looks for a member by name, the select of members stands open as a list with those found on top.
import { onEvent } from "./page.js";

const MOST = 7;

export function startMembers() {
  // What htmx brings is parsed as if there were no scripts: what is for browsers without them would be sent along.
  document.addEventListener("htmx:load", ({ detail }) => detail.elt.querySelectorAll?.("noscript").forEach((one) => one.remove()));
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const group = detail.target;
    if (!group.matches?.("optgroup[data-found]")) return;
    const select = group.closest("select");
    group.hidden = !detail.requestConfig.elt.value.trim();
    if (group.hidden) return select.removeAttribute("size");
    select.size = Math.min(MOST, group.children.length + 2);
    select.scrollTop = 0;
  });
  onEvent("change", "select:has(> optgroup[data-found])", (event, select) => select.removeAttribute("size"));
}
