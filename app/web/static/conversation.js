// One question and its answer as the page shows them: status, sentences with their chips, notices, actions.

import { el, fill, printable, svg } from "./dom.js";
import { endnotes, evidenceOf, sourceName } from "./evidence.js";
import { displayDate, displayRange, kindName, number, t } from "./words.js";

const SHAPES = { answered: "●", partial: "◐", not_in_corpus: "○", conversation: "·", error: "✕" };
// A sentence that names its source first begins a paragraph; the shapes are those of app/texts.py.
const LEAD_IN = /^(?:(?:According to|A question in|A caption in) [^:]{1,200}|[^:]{1,80}, in [^:]{1,200}|.{1,200}?(?:에 따르면|의 말|에 실린 질문|의 사진 설명)):\s/su;

/**
 * The view of an exchange. `act`: what its buttons do (open, retry, edit, stop, copy, link, exportAs, feedback).
 * `element` stands in the conversation; `evidence` is placed beside it or, on a phone, inside it.
 */
export function exchangeView(exchange, act) {
  const view = {
    exchange,
    element: el("section", { class: "exchange", "aria-label": printable(exchange.question).slice(0, 120) }),
    fold: el("details", { class: "fold" }),
    evidence: null,
  };
  view.draw = () => draw(view, act);
  view.say = (words) => say(view, words);
  view.addClaim = (claim) => addClaim(view, claim);
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
    answer.notices.filter(({ code }) => code !== "no_model") // the status line has said it
      .map((notice) => el("p", { class: `notice ${notice.code}`, lang: answer.language }, notice.text)),
    view.fold,
    actions(view, act),
    printedSources(answer),
  ].flat();
}

// --- Status ------------------------------------------------------------------------------------------------------

function statusLine(answer) {
  const word = el("strong", {}, el("span", { class: "shape", "aria-hidden": "true" }, SHAPES[answer.status] ?? "·"), ` ${t("status")[answer.status] ?? ""}`);
  const parts = [word, ...basis(answer.basis), ...engine(answer)].map((part) => el("span", { class: "part" }, part));
  const names = answer.matched_names.length ? el("p", { class: "names" }, `${t("names")}: ${answer.matched_names.join(", ")}`) : null;
  return el("div", { class: "status" }, el("p", {}, parts), names);
}

function basis({ articles, outlets, oldest, newest }) {
  if (!articles) return [];
  return [t("articles", articles), outlets > 1 ? t("outlets", outlets) : null, displayRange(oldest, newest)].filter(Boolean);
}

function engine(answer) {
  if (answer.status === "conversation" || answer.status === "error") return [];
  if (answer.engine !== "generative") return [answer.claims.length ? t("extractive") : t("noModel")];
  const { input_tokens: read, output_tokens: wrote, cost_usd: cost } = answer.usage;
  const tokens = read + wrote ? t("tokens", read + wrote) : null;
  return [t("written", answer.model ?? "?"), tokens, cost ? `$${cost.toFixed(cost < 0.01 ? 4 : 2)}` : null].filter(Boolean);
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

// --- Sentences ---------------------------------------------------------------------------------------------------

function drawProse(view, act) {
  const { exchange } = view;
  const { answer } = exchange;
  if (answer && !answer.claims.length) {
    fill(view.prose, ...plainParagraphs(answer.text));
    return;
  }
  fill(view.prose);
  const claims = answer?.claims ?? exchange.claims ?? [];
  const breaks = answer ? paragraphBreaks(answer) : claims.map(({ text }) => LEAD_IN.test(text));
  claims.forEach((claim, index) => appendClaim(view, claim, breaks[index], act));
}

function addClaim(view, claim) {
  const { exchange } = view;
  exchange.claims ??= [];
  const replaces = exchange.claims[claim.index] !== undefined;
  exchange.claims[claim.index] = claim;
  if (replaces) view.draw();
  else appendClaim(view, claim, LEAD_IN.test(claim.text), null).classList.add("fresh");
}

function appendClaim(view, claim, breaks, act) {
  if (breaks || !view.prose.lastElementChild) view.prose.append(el("p"));
  const paragraph = view.prose.lastElementChild;
  if (paragraph.childNodes.length) paragraph.append(" ");
  const sentence = el("span", { class: `claim ${claim.support}` }, sentenceParts(claim, view.exchange.answer));
  sentence.append(el("span", { class: "tail" }, lastWord(sentence), mark(claim), chips(view, claim, act)));
  paragraph.append(sentence);
  return sentence;
}

// A chip keeps to the last word when the line breaks; a word that is itself a line or more stays where it is.
function lastWord(sentence) {
  const words = sentence.lastElementChild;
  const match = /(?<=\s)\S{1,24}$/.exec(words.textContent);
  if (!match) return null;
  words.textContent = words.textContent.slice(0, match.index);
  return el("span", { class: "words" }, match[0]);
}

// The lead-in is ours, the rest the article's: they are told apart by their ink.
function sentenceParts(claim, answer) {
  const text = printable(claim.text);
  const quoted = (answer?.citations ?? []).find(({ number }) => number === claim.citations[0])?.quote;
  const words = quoted ? printable(quoted).split(/\s+/).filter(Boolean).join(" ") : null;
  const lead = words && text.endsWith(words) ? text.slice(0, text.length - words.length) : LEAD_IN.exec(text)?.[0] ?? "";
  return [lead ? el("span", { class: "lead" }, lead) : null, el("span", { class: "words" }, text.slice(lead.length))];
}

function mark(claim) {
  if (claim.support !== "unsupported") return null;
  return el("span", { class: "unsupported-word", title: t("unsupportedLong") }, t("unsupported"));
}

// Before the answer is whole, a chip is only its number: what it leads to comes with the answer.
function chips(view, claim, act) {
  return claim.citations.map((n) => {
    const index = view.exchange.answer?.citations.findIndex((citation) => citation.number === n) ?? -1;
    const citation = view.exchange.answer?.citations[index];
    const name = citation ? t("citation", n, sourceName(citation)) : String(n);
    return el("button", {
      type: "button", class: "chip", "aria-label": name, title: citation ? name : null, disabled: !citation, "data-number": String(n),
      on: citation ? {
        click: () => act.open(view, index), mouseenter: () => view.light(n), mouseleave: () => view.light(null),
        focus: () => view.light(n), blur: () => view.light(null),
      } : {},
    }, String(n));
  });
}

/** Which claims begin a paragraph: those before which the answer's text has a blank line. */
function paragraphBreaks(answer) {
  const text = answer.text.replace(/\\([^\sA-Za-z0-9])/g, "$1").replace(/ ?\[\d{1,3}\]/g, "");
  let from = 0;
  return answer.claims.map(({ text: words }) => {
    const at = text.indexOf(words, from);
    if (at < 0) return LEAD_IN.test(words);
    const breaks = text.slice(from, at).includes("\n\n");
    from = at + words.length;
    return breaks;
  });
}

function plainParagraphs(text) {
  const plain = printable(text).replace(/\\([^\sA-Za-z0-9])/g, "$1");
  return plain.split(/\n{2,}/).filter((part) => part.trim()).map((part) => el("p", {}, part.trim()));
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
    button(t("edit"), () => act.edit(view)),
    feedback(view, act));
}

function actionsWithout(view, act) {
  if (view.exchange.state === "working") return null;
  return el("div", { class: "actions" }, button(t("retry"), () => act.retry(view)), button(t("edit"), () => act.edit(view)));
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
  const sentences = answer.claims.length
    ? paragraphText(answer) : printable(answer.text).replace(/\\([^\sA-Za-z0-9])/g, "$1");
  const basisWords = [t("status")[answer.status], ...basis(answer.basis)].filter(Boolean).join(" · ");
  const notes = answer.notices.filter(({ code }) => code !== "no_model").map(({ text }) => text);
  return [question, basisWords, sentences, ...endnotes(answer), ...notes].filter(Boolean).map(printable).join("\n\n");
}

function paragraphText(answer) {
  const breaks = paragraphBreaks(answer);
  return answer.claims.map(({ text, citations, support }, index) => {
    const marks = [...citations.map((n) => `[${number(n)}]`), ...(support === "unsupported" ? [`(${t("unsupported")})`] : [])];
    return `${index ? (breaks[index] ? "\n\n" : " ") : ""}${text} ${marks.join(" ")}`.trimEnd();
  }).join("");
}
