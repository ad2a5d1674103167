// The quotations an answer rests on, as cards, and what a chip and a card say of a source.

import { addressOfQuote, el, printable, unitsOf } from "./dom.js";
import { displayDate, kindName, t } from "./words.js";

const AROUND_CHARS = 120; // of the passage on either side of a quotation: about two lines of a card

/** "The Diplomat, September 2025": what a chip is called. */
export function sourceName(citation) {
  return [citation.outlet || citation.title || t("untitled"), displayDate(citation.published)].filter(Boolean).join(", ");
}

/** The evidence of an answer: cards in the order of first mention, or the nearest passages where nothing answers. */
export function evidenceOf(answer, open, light) {
  const nearest = !answer.citations.length && answer.nearest.length > 0;
  const citations = nearest ? answer.nearest : answer.citations;
  const cards = citations.map((citation, index) => card(citation, nearest ? null : citation.number, () => open(index), light));
  return el("ol", { class: `cards${nearest ? " nearest" : ""}`, "aria-label": nearest ? t("nearest") : t("evidence") }, cards);
}

function card(citation, number, open, light) {
  const [before, after] = around(citation);
  const item = el("li", { class: "card", "data-number": number === null ? null : String(number) },
    number === null ? null : el("span", { class: "number", "aria-hidden": "true" }, String(number)),
    sourceLine(citation),
    el("p", { class: "title" }, citation.title || t("untitled")),
    el("blockquote", { lang: null },
      el("span", { class: "around" }, before), before ? " " : null, el("mark", {}, citation.quote.trim()), after ? " " : null,
      el("span", { class: "around" }, after)),
    remarks(citation),
    el("p", { class: "links" }, openButton(citation, number, open), originalLink(citation)));
  if (number !== null) {
    item.addEventListener("mouseenter", () => light(number, true));
    item.addEventListener("mouseleave", () => light(null, true));
  }
  return item;
}

/** Outlet, speaker or author, date, and the kind as a badge; what is unknown is left out. */
export function sourceLine(citation) {
  const date = displayDate(citation.published) || t("undated");
  const parts = [citation.outlet, citation.speaker || citation.author, date].filter(Boolean);
  return el("p", { class: "source" },
    el("span", { class: "who" }, parts.join(" · ")),
    citation.kind ? el("span", { class: "kind" }, kindName(citation.kind)) : null);
}

function openButton(citation, number, open) {
  const name = number === null ? citation.title : t("citation", number, sourceName(citation));
  return el("button", { type: "button", class: "link open", "aria-label": `${t("openArticle")}: ${name}`, on: { click: open } },
    `${t("openArticle")} ›`);
}

/** A link to the quoted words in the original, or null where the article has no http address. */
export function originalLink(citation) {
  const address = addressOfQuote(citation.url, citation.quote ?? "");
  if (!address) return null;
  return el("a", {
    class: "link original", href: address, target: "_blank", rel: "noopener noreferrer",
    "aria-label": `${t("original")}: ${citation.title} (${t("newTab")})`,
  }, `${t("original")} ↗`);
}

function remarks(citation) {
  const said = [];
  if (citation.matched_via?.length) said.push(el("p", { class: "remark" }, `${t("matchedVia")}: ${citation.matched_via.join(", ")}`));
  if (citation.flags?.includes("instruction")) said.push(el("p", { class: "remark flag" }, t("instruction")));
  return said;
}

/** What the passage says just before and just after the quotation, cut at words, each on one line. */
export function around(citation) {
  const { passage, start, end } = citation;
  const unit = unitsOf(passage.text);
  let before = passage.text.slice(0, unit(start - passage.start));
  let after = passage.text.slice(unit(end - passage.start));
  if (before.length > AROUND_CHARS) before = `… ${before.slice(-AROUND_CHARS).replace(/^\S*\s/, "")}`;
  if (after.length > AROUND_CHARS) after = `${after.slice(0, AROUND_CHARS).replace(/\s\S*$/, "")} …`;
  return [before, after].map((part) => printable(part).replace(/\s+/g, " ").trim());
}

/** The sources as numbered endnotes, for print and for the clipboard: one line of text each. */
export function endnotes(answer) {
  return answer.citations.map((citation) => {
    const date = displayDate(citation.published) || t("undated");
    const who = [citation.outlet, citation.speaker || citation.author, date].filter(Boolean).join(", ");
    const quote = printable(citation.quote).replace(/\s+/g, " ").trim();
    const address = addressOfQuote(citation.url, "");
    return `[${citation.number}] ${who}: “${citation.title}”. ${quote}${address ? ` ${address}` : ""}`;
  });
}
