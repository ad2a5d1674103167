// One question and its answer as the page shows them: status, sentences with their chips, notices, actions.

import { el, fill, printable, svg } from "./dom.js";
import { endnotes, evidenceOf } from "./evidence.js";
import { drawProse, proseText, showClaim } from "./prose.js";
import { statusLine, statusWords } from "./status.js";
import { displayDate, kindName, t } from "./words.js";

const SAID = ["no_model", "unsupported"]; // notices that the status line has said

/**
 * The view of an exchange. `act`: what its buttons do (open, retry, instead, edit, copy, link, exportAs, feedback).
 * `element` stands in the conversation; `evidence` is placed beside it or, on a phone, inside it.
 */
export function exchangeView(exchange, act) {
  const view = {
    exchange,
    element: el("section", { class: "exchange", "aria-label": printable(exchange.question).slice(0, 120) }),
    fold: el("details", { class: "fold" }),
    evidence: null, prose: null, sentences: [],
  };
  view.draw = () => draw(view, act);
  view.say = (words) => say(view, words);
  view.addClaim = (claim) => showClaim(view, claim, act);
  view.light = (lit, fromCard = false) => light(view, lit, fromCard, act);
  view.chips = () => [...view.element.querySelectorAll("button.chip:not(:disabled)")];
  view.draw();
  return view;
}

function draw(view, act) {
  const { exchange } = view;
  const { answer } = exchange;
  view.evidence = answer && (answer.citations.length || answer.nearest.length)
    ? evidenceOf(answer, (index) => act.open(view, index), view.light) : null;
  view.element.className = `exchange ${answer?.status ?? ""}`;
  view.prose = el("div", { class: "prose", lang: answer?.language ?? null });
  fill(view.element,
    el("h2", {}, exchange.question),
    filterChips(exchange.filters),
    answer ? statusLine(answer) : el("p", { class: "status working", role: "status", hidden: exchange.state !== "working" }, exchange.working ?? ""),
    answer ? notices(answer, true) : null,
    view.prose,
    ...(answer ? afterAnswer(view, act) : [failure(exchange), actionsWithout(view, act)]));
  drawProse(view, act);
}

function afterAnswer(view, act) {
  const { answer } = view.exchange;
  const count = answer.citations.length || answer.nearest.length;
  const nearest = !answer.citations.length;
  fill(view.fold, el("summary", {}, nearest ? t("nearest") : t("sources", count)));
  view.fold.hidden = !view.evidence;
  return [
    afterCheck(view.exchange),
    notices(answer, false),
    view.fold,
    actions(view, act),
    printedSources(answer),
  ].flat();
}

/** Notices as quiet lines; on top, why a model does not answer where the articles' own sentences stand instead. */
function notices(answer, onTop) {
  const instead = ({ code }) => answer.engine === "extractive" && code.startsWith("model_");
  return answer.notices.filter((notice) => !SAID.includes(notice.code) && instead(notice) === onTop)
    .map(({ code, text }) => el("p", { class: `notice ${code}${onTop ? " on-top" : ""}`, lang: answer.language }, text));
}

/** What the check has changed in a written answer while it came; it is not part of the answer. */
function afterCheck({ mended = [], dropped = 0 }) {
  const words = [mended.length ? t("mended", mended.length) : null, dropped ? t("dropped", dropped) : null].filter(Boolean);
  return words.length ? el("p", { class: "notice" }, words.join(" ")) : null;
}

function say(view, words) {
  view.exchange.working = words;
  const line = view.element.querySelector(".status.working");
  if (line) line.textContent = words;
}

function failure({ failure: key, sentence }) {
  if (!key && !sentence) return null;
  const words = sentence || t(key);
  return el("p", { class: "failed", role: "alert" }, words[0].toUpperCase() + words.slice(1));
}

function light(view, lit, fromCard, act) {
  for (const node of [...view.element.querySelectorAll(".chip"), ...(view.evidence?.querySelectorAll(".card") ?? [])]) {
    node.classList.toggle("lit", lit !== null && node.dataset.number === String(lit));
  }
  if (lit !== null && !fromCard) act.lit(view, view.evidence?.querySelector(".card.lit"));
}

// --- Filters on the question -------------------------------------------------------------------------------------

/** The filters a question was asked with, in words. */
export function filterWords(filters) {
  const { outlets = [], kinds = [], published_from: from, published_to: to } = filters ?? {};
  return [
    ...outlets.map((value) => ["outlets", value, value]), ...kinds.map((value) => ["kinds", value, kindName(value)]),
    ...(from ? [["published_from", from, t("since", displayDate(from))]] : []),
    ...(to ? [["published_to", to, t("until", displayDate(to))]] : []),
  ];
}

function filterChips(filters) {
  const words = filterWords(filters);
  if (!words.length) return null;
  return el("p", { class: "filter-chips" }, el("span", { class: "label" }, t("filteredBy")), words.map(([, , text]) => el("span", { class: "filter-chip" }, text)));
}

// --- Actions -----------------------------------------------------------------------------------------------------

function button(words, listener, props = {}) {
  return el("button", { type: "button", class: "action", ...props, on: { click: listener } }, words);
}

function actions(view, act) {
  const formats = Object.entries(t("formats")).map(([format, name]) => button(name, () => act.exportAs(format)));
  return el("div", { class: "actions" },
    button(t("copy"), () => act.copy(view)),
    button(t("link"), () => act.link(view)),
    el("details", { class: "menu" }, el("summary", { class: "action" }, t("export")), el("div", { class: "menu-items" }, formats, button(t("print"), () => window.print()))),
    button(t("retry"), () => act.retry(view)),
    insteadButton(view, act),
    button(t("edit"), () => act.edit(view)),
    feedback(view, act));
}

/** Asks the same question of the other engine; seen where there is one. */
function insteadButton(view, act) {
  const { answer, engine: asked } = view.exchange;
  const other = (answer?.engine ?? asked) === "generative" ? "extractive" : "generative";
  const same = answer?.status === "conversation" || (answer?.status === "not_in_corpus" && other === "generative"); // no model would be asked
  return same ? null : button(t("instead")[other], () => act.instead(view, other), { class: "action instead" });
}

function actionsWithout(view, act) {
  if (view.exchange.state === "working") return null;
  return el("div", { class: "actions" }, button(t("retry"), () => act.retry(view)), insteadButton(view, act), button(t("edit"), () => act.edit(view)));
}

function feedback(view, act) {
  const { exchange } = view;
  const vote = (verdict, name) => button(thumb(), () => act.feedback(view, exchange.verdict === verdict ? null : verdict, ""), {
    class: `action vote ${verdict}`, "aria-label": name, title: name, "aria-pressed": String(exchange.verdict === verdict),
  });
  return el("span", { class: "feedback" }, vote("up", t("helpful")), vote("down", t("notHelpful")),
    exchange.verdict === "down" && !exchange.reasonSent ? reasonForm(view, act) : null);
}

function thumb() {
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: "M7 10.5V20H3.5v-9.5zM7 20h9.6a2.2 2.2 0 0 0 2.1-1.7l1.4-5.6a1.8 1.8 0 0 0-1.8-2.2H14l.8-4.4A1.7 1.7 0 0 0 13 4L8.500 10.500H7" }));
}

function reasonForm(view, act) {
  const input = el("input", { type: "text", class: "reason", maxlength: "1000", "aria-label": t("reason"), placeholder: t("reason") });
  const send = (event) => {
    event.preventDefault();
    act.feedback(view, "down", input.value.trim());
  };
  return el("form", { class: "reason-form", on: { submit: send } }, input, el("button", { type: "submit", class: "action" }, t("sendReason")));
}

// --- Print and clipboard -----------------------------------------------------------------------------------------

function printedSources(answer) {
  if (!answer.citations.length) return null;
  return el("div", { class: "endnotes", "aria-hidden": "true" }, endnotes(answer).map((line) => el("p", {}, line)));
}

/** The answer as plain text with its numbered sources, for the clipboard. */
export function answerText({ question, answer }) {
  const notes = answer.notices.filter(({ code }) => !SAID.includes(code)).map(({ text }) => text);
  return [question, statusWords(answer).join(" · "), proseText(answer), ...endnotes(answer), ...notes].filter(Boolean).map(printable).join("\n\n");
}
