// Builds static/vendor (third-party, purged) and static/app (ours). `--if-changed` skips when no source changed,
// `--strict` fails on an unknown icon name.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { OWN_CLASSES, SAFE_CLASSES } from "./purge.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const vendor = path.join(root, "static/vendor");
const app = path.join(root, "static/app");
const modules = path.join(root, "node_modules");
const stamp = path.join(app, ".stamp");
const APPS = fs.readdirSync(root).filter((name) => fs.existsSync(path.join(root, name, "apps.py"))).sort();
const LITERAL_ICON = /\{%\s*(?:icon|menu[^%]*?icon=)\s*"([a-z0-9-]+)"|\bicon[=:]\s*"([a-z0-9-]+)"|\bdefault:"([a-z0-9-]+)"\s*%\}/g;

function walk(folder, endings, skip = /\/(tests|migrations|__pycache__)$/) {
  if (!fs.existsSync(folder) || skip.test(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return walk(full, endings, skip);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [full] : [];
  });
}

function crispyTemplates() {
  const found = fs.existsSync(path.join(root, ".venv/lib")) ? fs.readdirSync(path.join(root, ".venv/lib")) : [];
  return found.flatMap((python) => walk(path.join(root, ".venv/lib", python, "site-packages/crispy_bootstrap5/templates"), [".html"]));
}

const pages = [
  ...walk(path.join(root, "templates"), [".html"]),
  ...APPS.flatMap((name) => walk(path.join(root, name), [".html", ".py"])),
];
const sources = walk(path.join(root, "assets"), [".js", ".mjs", ".css", ".svg"]);
const content = [...pages, ...sources.filter((file) => file.endsWith(".js")), ...crispyTemplates()];

function fingerprint() {
  const hash = createHash("sha256");
  const lock = path.join(root, "package-lock.json");
  for (const file of [...content, ...sources, lock].sort()) hash.update(file).update(fs.readFileSync(file));
  return hash.digest("hex");
}

function write(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

const withoutMap = (text) => text.replace(/\/[*/]# sourceMappingURL=[^\n]*\n?/g, "");

async function tabler() {
  const raw = withoutMap(fs.readFileSync(path.join(modules, "@tabler/core/dist/css/tabler.min.css"), "utf8"));
  const [result] = await new PurgeCSS().purge({
    content: content.map((file) => ({ raw: fs.readFileSync(file, "utf8"), extension: path.extname(file).slice(1) })),
    css: [{ raw }],
    safelist: SAFE_CLASSES,
    blocklist: OWN_CLASSES,
    defaultExtractor: (text) => text.match(/[A-Za-z][\w-]*/g) ?? [],
    keyframes: true,
  });
  const whole = `${result.css}\n/*own*/\n${(await ours()).css}`;
  const used = new Set([...whole.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1]));
  // A custom property that no rule reads is dead weight: Tabler defines several hundred.
  const kept = result.css.replace(/(?<=[{;])(--tblr-[\w-]+):([^;{}]|\{[^}]*\})*?(;|(?=\}))/g, (line, name) => (used.has(name) ? line : ""));
  write(path.join(vendor, "tabler.css"), kept);
}

async function ours() {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, "assets/css/app.css")], bundle: true, minify: true, write: false, logLevel: "error",
    target: ["chrome111", "firefox115", "safari16.4"], external: ["data:*"],
  });
  return { css: outputFiles[0].text };
}

async function scripts() {
  await build({
    entryPoints: [path.join(root, "assets/js/app.js"), path.join(root, "assets/js/theme.js"), ...passkeys()],
    bundle: true, minify: true, format: "iife", outdir: app, entryNames: "[name]", logLevel: "error", target: ["es2021"],
  });
  write(path.join(vendor, "htmx.min.js"), withoutMap(fs.readFileSync(path.join(modules, "htmx.org/dist/htmx.min.js"), "utf8")));
}

const passkeys = () => walk(path.join(root, "assets/js/pages"), [".js"]);

function iconNames() {
  const listed = fs.readFileSync(path.join(root, "assets/icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const found = new Set([...listed, ...(process.env.EXTRA_ICONS ?? "").split(" ").filter(Boolean)]);
  for (const file of pages) {
    for (const [, ...names] of fs.readFileSync(file, "utf8").matchAll(LITERAL_ICON)) found.add(names.find(Boolean));
  }
  return [...found].sort();
}

function sprite() {
  const missing = [];
  const symbols = iconNames().flatMap((name) => {
    const file = path.join(modules, "@tabler/icons/icons/outline", `${name}.svg`);
    if (!fs.existsSync(file)) return missing.push(name) && [];
    const body = fs.readFileSync(file, "utf8").replace(/[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "");
    const shapes = body.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "").replace(/\s*\n\s*/g, "").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  write(path.join(vendor, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
  return missing;
}

async function main() {
  const print = fingerprint();
  if (process.argv.includes("--if-changed") && fs.existsSync(stamp) && fs.existsSync(path.join(vendor, "icons.svg")) && fs.readFileSync(stamp, "utf8") === print) return;
  write(path.join(app, "app.css"), (await ours()).css);
  await tabler();
  await scripts();
  for (const file of walk(path.join(root, "assets/img"), [".svg", ".png"])) {
    fs.copyFileSync(file, path.join(app, path.basename(file)));
  }
  const missing = sprite();
  if (missing.length) console.error(`Unknown icons: ${missing.join(", ")}`);
  if (missing.length && process.argv.includes("--strict")) process.exitCode = 1;
  write(stamp, print);
}

await main();
