import { chooseTheme, chosenTheme } from "./lib/theme.js";
import { startDialogs } from "./lib/dialogs.js";
import { startDrafts } from "./lib/drafts.js";
import { startForms } from "./lib/forms.js";
import { startKeys } from "./lib/keys.js";
import { startMembers } from "./lib/members.js";
import { startMenus } from "./lib/menus.js";
import { startOrder } from "./lib/order.js";
import { onEvent, texts } from "./lib/page.js";
import { startPalette } from "./lib/palette.js";
import { startRows } from "./lib/rows.js";
import { startTables } from "./lib/tables.js";
import { startToasts, toast } from "./lib/toasts.js";

function startTheme() {
  const mark = () => {
    for (const button of document.querySelectorAll("[data-theme-choice] button")) {
      button.setAttribute("aria-pressed", button.value === chosenTheme());
    }
  };
  mark();
  onEvent("click", "[data-theme-choice] button", (event, button) => {
    chooseTheme(button.value);
    mark();
  });
}

function startCopy() {
  onEvent("click", "[data-print]", () => window.print());
  onEvent("click", "[data-copy]", async (event, button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast({ message: texts.copied });
  });
}

function startBusy() {
  let open = 0;
  const line = document.getElementById("busy");
  const count = (step) => () => {
    open = Math.max(0, open + step);
    line?.classList.toggle("on", open > 0);
  };
  document.addEventListener("htmx:beforeRequest", count(1));
  document.addEventListener("htmx:afterRequest", count(-1));
}

// A job that the page has watched is over: what stands around it may say the opposite by now. Nothing typed is thrown away.
function startResults() {
  document.addEventListener("job-over", () => {
    if (document.querySelector("main form[data-dirty]")) return;
    window.htmx.ajax("GET", location.href, { target: "#main", select: "#main", swap: "outerHTML" });
  });
}

function startTabs() {
  // On a phone the tab one stands on may lie beside the screen.
  for (const tab of document.querySelectorAll(".tabs [aria-current=page]")) {
    const strip = tab.closest(".tabs");
    strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }
}

for (const start of [startForms, startDrafts, startToasts, startDialogs, startMenus, startMembers, startPalette, startKeys, startTables, startRows, startOrder, startTheme, startCopy, startBusy, startResults, startTabs]) start();
