// The list of conversations kept in this browser: open, rename, delete, delete all.

import { el, fill } from "./dom.js";
import { conversations, keep, titleOf } from "./history.js";
import { t } from "./words.js";

/** `element` and `draw()`. `act`: open(id), fresh(), current() → id, deleted(conversations) deletes them. */
export function makeRail(act) {
  const rail = { element: el("nav", { class: "rail", id: "history" }), renaming: null, asking: false };
  rail.draw = () => draw(rail, act);
  rail.draw();
  return rail;
}

function draw(rail, act) {
  const all = conversations();
  const today = all.filter(({ updated }) => isToday(updated));
  const earlier = all.filter(({ updated }) => !isToday(updated));
  rail.element.setAttribute("aria-label", t("history"));
  fill(rail.element,
    el("button", { type: "button", class: "fresh-question", on: { click: act.fresh } }, `＋ ${t("newQuestion")}`),
    group(rail, act, t("today"), today), group(rail, act, t("earlier"), earlier),
    all.length ? deleteAll(rail, act, all) : el("p", { class: "quiet" }, t("noHistory")));
}

function group(rail, act, heading, list) {
  if (!list.length) return "";
  return el("section", {}, el("h2", {}, heading), el("ul", {}, list.map((one) => item(rail, act, one))));
}

function item(rail, act, one) {
  if (rail.renaming === one.id) return el("li", {}, renameForm(rail, act, one));
  const title = titleOf(one);
  const small = (sign, name, listener) => el("button", { type: "button", class: "small", "aria-label": `${name}: ${title}`, title: name, on: { click: listener } }, sign);
  return el("li", { class: one.id === act.current() ? "current" : null },
    el("button", { type: "button", class: "entry", "aria-current": one.id === act.current() ? "true" : null, on: { click: () => act.open(one.id) } }, el("span", {}, title)),
    el("span", { class: "entry-actions" },
      small("✎", t("rename"), () => { rail.renaming = one.id; draw(rail, act); }),
      small("✕", t("delete"), () => act.deleted([one]))));
}

function renameForm(rail, act, one) {
  const input = el("input", { type: "text", maxlength: "200", "aria-label": t("title") });
  input.value = titleOf(one);
  const done = (save) => {
    if (rail.renaming !== one.id) return; // a key has ended it; losing the focus then says nothing new
    rail.renaming = null;
    if (save && input.value.trim()) keep({ ...one, title: input.value.trim() });
    draw(rail, act);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    done(false);
  });
  input.addEventListener("blur", () => done(true));
  queueMicrotask(() => input.select());
  return el("form", { class: "rename", on: { submit: (event) => { event.preventDefault(); done(true); } } }, input);
}

function deleteAll(rail, act, all) {
  const ask = (on) => () => { rail.asking = on; draw(rail, act); rail.element.querySelector(".delete-all button")?.focus(); };
  if (!rail.asking) return el("p", { class: "delete-all" }, el("button", { type: "button", class: "link", on: { click: ask(true) } }, t("deleteAll")));
  const yes = () => {
    rail.asking = false;
    act.deleted(all);
  };
  return el("p", { class: "delete-all", role: "alert" }, el("span", {}, t("deleteAllSure", all.length)), " ",
    el("button", { type: "button", class: "link", on: { click: ask(false) } }, t("keep")), " ",
    el("button", { type: "button", class: "link danger", on: { click: yes } }, t("delete")));
}

function isToday(moment) {
  return new Date(moment).toDateString() === new Date().toDateString();
}
