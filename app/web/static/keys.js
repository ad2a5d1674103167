// The keyboard: what a key does outside of a field, and the list of keys.

import { el } from "./dom.js";
import { t } from "./words.js";

/** Listens on the page. `actions`: by key; "Escape" is heard in fields too. `deaf()`: while something else listens. */
export function listenForKeys(root, actions, deaf) {
  const heard = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || deaf()) return;
    const target = event.composedPath()[0];
    const inField = target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
    if (!Object.hasOwn(actions, event.key) || (inField && event.key !== "Escape")) return;
    if (event.key !== "Escape") event.preventDefault();
    actions[event.key]();
  };
  root.addEventListener("keydown", heard);
  document.addEventListener("keydown", (event) => { if (event.target === document.body) heard(event); });
}

/** Shows the list of keys over the page. */
export function showKeys(root) {
  const rows = t("keyList").map(([keys, words]) => el("div", {}, el("dt", {}, keys.split("  ").map((key) => el("kbd", {}, key))), el("dd", {}, words)));
  const dialog = el("dialog", { class: "keys", "aria-label": t("keys") }, el("h2", {}, t("keys")), el("dl", {}, rows),
    el("button", { type: "button", class: "action", on: { click: () => dialog.close() } }, t("close")));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  root.append(dialog);
  dialog.showModal();
}
