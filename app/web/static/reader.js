// The reader: a sheet with the whole article, the cited stretches marked by their offsets, the current one strong.

import { getJson } from "./api.js";
import { el, fill, printable, unitsOf } from "./dom.js";
import { originalLink, sourceLine, sourceName } from "./evidence.js";
import { number, t } from "./words.js";

/** The reader's dialog: `element`, `open(citations, index, others)`, `openArticle(id, others)`. */
export function makeReader() {
  const reader = { element: el("dialog", { class: "reader", "aria-label": t("reader") }), citations: [], index: 0, others: [], asked: 0 };
  reader.element.addEventListener("click", (event) => {
    if (event.target === reader.element) reader.element.close(); // beside the sheet
  });
  reader.element.addEventListener("keydown", (event) => onKey(reader, event));
  reader.element.addEventListener("close", () => { reader.asked += 1; });
  reader.open = (citations, index, others) => {
    Object.assign(reader, { citations, index, others });
    return show(reader, citations[index].article_id);
  };
  reader.openArticle = (id, others) => {
    Object.assign(reader, { citations: [], index: 0, others });
    return show(reader, id);
  };
  return reader;
}

function onKey(reader, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const by = { ArrowRight: 1, j: 1, ArrowLeft: -1, k: -1 }[event.key];
  if (!by || reader.citations.length < 2) return;
  event.preventDefault();
  step(reader, by);
}

function step(reader, by) {
  const { citations } = reader;
  reader.index = (reader.index + by + citations.length) % citations.length;
  show(reader, citations[reader.index].article_id);
}

async function show(reader, id) {
  const asked = (reader.asked += 1);
  const body = el("div", { class: "sheet-body", tabindex: "0", role: "region", "aria-label": t("reader") }, el("p", { class: "quiet" }, t("loading")));
  const again = reader.element.open && reader.shownId === id; // stepping inside one article does not blink
  if (!again) fill(reader.element, bar(reader), body);
  if (!reader.element.open) reader.element.showModal();
  try {
    const article = again ? reader.article : await getJson(`/api/articles/${encodeURIComponent(id)}`);
    if (asked !== reader.asked) return; // another was asked for meanwhile, or the sheet was closed
    Object.assign(reader, { article, shownId: id });
    draw(reader, article);
  } catch (failure) {
    if (asked !== reader.asked) return;
    reader.shownId = null;
    drawMissing(reader, failure);
  }
}

function bar(reader) {
  const { citations, index } = reader;
  const turn = (by, sign, name) => el("button", { type: "button", class: "turn", "aria-label": name, title: name, on: { click: () => step(reader, by) } }, sign);
  const steps = citations.length > 1
    ? [turn(-1, "‹", t("previous")), el("span", { class: "place", "aria-live": "polite" }, t("place", index + 1, citations.length)), turn(1, "›", t("next"))] : [];
  const close = el("button", { type: "button", class: "close", "aria-label": t("close"), on: { click: () => reader.element.close() } }, "✕");
  return el("div", { class: "sheet-bar" }, steps, el("span", { class: "grow" }), close);
}

function draw(reader, article) {
  const citation = reader.citations[reader.index];
  const place = citation ? locate(article, citation) : null;
  const spans = [...spansIn(reader.others, article), ...(place?.span ? [{ ...place.span, current: true, number: citation.number }] : [])];
  const focused = reader.element.getRootNode().activeElement?.className; // a turned page keeps the button under the finger
  const body = el("div", { class: "sheet-body", tabindex: "0", role: "region", "aria-label": article.title || t("reader") },
    titleBlock(article, citation),
    place?.note ? el("p", { class: "note", role: "status" }, place.note, place.span ? null : el("q", {}, citation.quote)) : null,
    el("div", { class: "text", lang: article.lang || null }, blocks(article, spans)));
  reader.element.setAttribute("aria-label", article.title || t("reader"));
  const label = reader.element.getRootNode().activeElement?.getAttribute?.("aria-label");
  fill(reader.element, bar(reader), body);
  const kept = focused === "turn" ? [...reader.element.querySelectorAll(".turn")].find((one) => one.getAttribute("aria-label") === label) : null;
  (kept ?? body).focus({ preventScroll: true });
  const current = body.querySelector("mark.current");
  if (current) body.scrollTop += current.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
}

function drawMissing(reader, failure) {
  const citation = reader.citations[reader.index];
  const words = failure.status === 404 && citation ? t("gone") : failure.sentence || t(failure.key ?? "failed");
  const body = el("div", { class: "sheet-body", tabindex: "0", role: "region", "aria-label": t("reader") },
    citation ? titleBlock(citation, citation) : null,
    el("p", { class: "note", role: "alert" }, words),
    citation ? el("blockquote", {}, citation.quote) : null);
  fill(reader.element, bar(reader), body);
  body.focus({ preventScroll: true });
}

function titleBlock(article, citation) {
  return el("header", { class: "title-block" },
    sourceLine({ ...article, speaker: null }),
    el("h2", {}, article.title || t("untitled")),
    citation?.speaker ? el("p", { class: "quiet" }, t("citation", number(citation.number), `${citation.speaker}, ${sourceName(citation)}`)) : null,
    originalLink({ ...article, quote: citation?.quote ?? "" }));
}

/** Where a citation's words are now: {span, note}; an article that changed since is searched for them. */
function locate(article, { start, end, quote, article_sha256: sha256 }) {
  const unit = unitsOf(article.text);
  const span = { start: unit(start), end: unit(end) };
  if (article.sha256 === sha256 || article.text.slice(span.start, span.end) === quote) return { span, note: "" };
  const at = article.text.indexOf(quote);
  if (at >= 0) return { span: { start: at, end: at + quote.length }, note: t("changed") };
  return { span: null, note: t("moved") };
}

function spansIn(citations, article) {
  const unit = unitsOf(article.text);
  return citations
    .filter(({ article_id: id, article_sha256: sha256 }) => id === article.id && sha256 === article.sha256)
    .map(({ start, end, number: n }) => ({ start: unit(start), end: unit(end), current: false, number: n }));
}

function blocks(article, spans) {
  const unit = unitsOf(article.text);
  const marks = (article.marks ?? []).map((one) => ({ ...one, start: unit(one.start), end: unit(one.end) }));
  const found = [];
  for (const { 0: paragraph, index } of article.text.matchAll(/[^\n]+(?:\n(?!\n)[^\n]+)*/g)) {
    const [start, end] = [index, index + paragraph.length];
    const kind = marks.find((one) => one.start <= start && start < one.end && one.kind !== "speaker")?.kind;
    found.push(el(kind === "heading" ? "h3" : "p", { class: kind ?? null }, pieces(article.text, start, end, spans, marks)));
  }
  return found;
}

/** The stretch cut at every edge of a span or a speaker's name, so that overlapping citations stay exact. */
function pieces(text, start, end, spans, marks) {
  const speakers = marks.filter(({ kind, label }) => kind === "speaker" && label);
  const names = speakers.filter((one) => start <= one.start && one.start < end && text.startsWith(one.label, one.start))
    .map((one) => ({ start: one.start, end: one.start + one.label.length }));
  const edges = new Set([start, end]);
  for (const span of [...spans, ...names]) for (const edge of [span.start, span.end]) if (start < edge && edge < end) edges.add(edge);
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const words = printable(text.slice(from, cuts[index + 1]));
    const inside = spans.filter((span) => span.start <= from && from < span.end);
    if (inside.length) return el("mark", { class: inside.some(({ current }) => current) ? "current" : "other" }, words);
    return names.some((name) => name.start <= from && from < name.end) ? el("b", {}, words) : words;
  });
}
