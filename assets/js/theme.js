// Runs before the first paint: the person's choice from the cookie, else what the device asks for.
import { applyTheme, chosenTheme } from "./lib/theme.js";

applyTheme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (chosenTheme() === "auto") applyTheme();
});
