// What the browser keeps and does for the page: its store, the clipboard, downloads, light and dark.

import { el } from "./dom.js";
import { t } from "./words.js";

const THEMES = { system: "◐", light: "○", dark: "●" };
const THEME_KEY = "hanmi.theme";
const DOWNLOAD_MS = 10_000; // until a download has surely begun

/** What this browser has stored under a key; with a value, stores it. Null where it stores nothing. */
export function stored(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(key, value);
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Copies the text; false where the browser does not allow it. `place`: where a helper may stand for a moment. */
export async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text, place); // a page from another machine without https has no clipboard
  }
}

function copyOldWay(text, place) {
  const area = el("textarea", { class: "unseen", "aria-hidden": "true" });
  area.value = text;
  place.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/** Hands a file to the reader. */
export function download({ name, blob }) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MS);
}

/** Takes the theme that was chosen before. */
export function startTheme() {
  setTheme(stored(THEME_KEY) ?? "system");
}

/** A button that goes from the system's theme to light, to dark, and round again. */
export function themeButton() {
  const button = el("button", { type: "button", class: "plain theme" });
  const draw = () => {
    button.textContent = THEMES[theme()];
    button.title = t("theme")[theme()];
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    setTheme(names[(names.indexOf(theme()) + 1) % names.length]);
    draw();
  });
  draw();
  return button;
}

function theme() {
  return document.documentElement.dataset.theme ?? "system";
}

function setTheme(name) {
  if (Object.hasOwn(THEMES, name) && name !== "system") document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  stored(THEME_KEY, name);
}
