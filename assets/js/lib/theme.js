export function chosenTheme() {
  const found = document.cookie.match(/(?:^|; )theme=(light|dark)/);
  return found ? found[1] : "auto";
}

export function applyTheme() {
  const chosen = chosenTheme();
  const device = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.setAttribute("data-bs-theme", chosen === "auto" ? device : chosen);
}

export function chooseTheme(value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  applyTheme();
}
