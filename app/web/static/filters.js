// The filters for the next question: a panel over the question box, and the chosen ones as chips that can be removed.

import { filterWords } from "./conversation.js";
import { el, fill } from "./dom.js";
import { kindName, number, t } from "./words.js";

const DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

/** `button`, `panel` and `chips` to place; `value()` for the API; `set(filters)`; `draw(collection)` when either changes. */
export function makeFilters() {
  const filters = {
    chosen: {}, collection: { outlets: [], kinds: [] },
    button: el("button", { type: "button", class: "action filters-button", "aria-expanded": "false", "aria-controls": "filters" }),
    panel: el("div", { class: "filters", id: "filters", role: "group", hidden: true }),
    chips: el("p", { class: "filter-chips chosen" }),
  };
  filters.value = () => cleaned(filters.chosen);
  filters.set = (chosen) => { filters.chosen = structuredClone(chosen ?? {}); draw(filters); };
  filters.draw = (collection = filters.collection) => { filters.collection = collection; draw(filters); };
  filters.close = () => toggle(filters, false);
  filters.button.addEventListener("click", () => toggle(filters, filters.panel.hidden));
  draw(filters);
  return filters;
}

function toggle(filters, open) {
  filters.panel.hidden = !open;
  filters.button.setAttribute("aria-expanded", String(open));
  if (open) filters.panel.querySelector("input")?.focus();
}

/** Only what restricts something, and only dates that are some. */
function cleaned({ outlets = [], kinds = [], published_from: from, published_to: to }) {
  return {
    ...(outlets.length ? { outlets } : {}), ...(kinds.length ? { kinds } : {}),
    ...(DATE.test(from ?? "") ? { published_from: from } : {}), ...(DATE.test(to ?? "") ? { published_to: to } : {}),
  };
}

function draw(filters) {
  filters.button.hidden = (filters.collection.articles ?? 0) < 2; // one article leaves nothing to choose between
  filters.button.textContent = t("filters");
  filters.panel.setAttribute("aria-label", t("filters"));
  fill(filters.panel,
    choices(filters, "outlets", t("outlet")), choices(filters, "kinds", t("kind")),
    el("div", { class: "dates" }, date(filters, "published_from", t("from")), date(filters, "published_to", t("to"))),
    el("p", { class: "quiet hint", id: "date-hint", role: "status" }, t("dateHint")));
  drawChips(filters);
}

function choices(filters, name, label) {
  const known = filters.collection[name] ?? [];
  if (!known.length) return "";
  const boxes = known.map(({ name: value, count }) => el("label", { class: "choice" },
    el("input", { type: "checkbox", checked: (filters.chosen[name] ?? []).includes(value), on: { change: (event) => pick(filters, name, value, event.target.checked) } }),
    el("span", {}, name === "kinds" ? kindName(value) : value), el("span", { class: "count" }, number(count))));
  return el("fieldset", {}, el("legend", {}, label), el("div", { class: "choices" }, boxes));
}

function pick(filters, name, value, on) {
  const others = (filters.chosen[name] ?? []).filter((one) => one !== value);
  filters.chosen[name] = on ? [...others, value] : others;
  drawChips(filters);
}

function date(filters, name, label) {
  const input = el("input", { type: "text", inputmode: "numeric", autocomplete: "off", placeholder: "2025-09", maxlength: "10", "aria-describedby": "date-hint" });
  input.value = filters.chosen[name] ?? "";
  input.addEventListener("input", () => {
    const value = input.value.trim();
    const bad = value !== "" && !DATE.test(value);
    input.toggleAttribute("aria-invalid", bad);
    filters.panel.querySelector(".hint").textContent = bad && value.length >= 4 ? t("badDate") : t("dateHint");
    filters.chosen[name] = bad ? null : value || null;
    drawChips(filters);
  });
  return el("label", {}, el("span", {}, label), input);
}

function drawChips(filters) {
  const words = filterWords(filters.value());
  filters.chips.hidden = !words.length;
  fill(filters.chips, ...words.map(([name, value, text]) => el("button", {
    type: "button", class: "filter-chip", "aria-label": t("remove", text), on: { click: () => remove(filters, name, value) },
  }, text, el("span", { class: "cross", "aria-hidden": "true" }, "✕"))));
}

function remove(filters, name, value) {
  const chosen = filters.chosen[name];
  filters.chosen[name] = Array.isArray(chosen) ? chosen.filter((one) => one !== value) : null;
  draw(filters);
}
