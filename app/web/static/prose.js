// The sentences of an answer with their chips, as they come and as they stand in the end.

import { el, fill, printable } from "./dom.js";
import { sourceName } from "./evidence.js";
import { number, t } from "./words.js";

// A sentence that names its source first begins a paragraph; the shapes are those of app/texts.py.
const LEAD_IN = /^(?:(?:According to|A question in|A caption in) [^:]{1,200}|[^:]{1,80}, in [^:]{1,200}|.{1,200}?(?:에 따르면|의 말|에 실린 질문|의 사진 설명)):\s/su;
const OPENING = /\n\n(?:(-)|(\d+)\.)? ?$/; // what stands before a sentence that begins a paragraph, or an item of a list

/** Draws what there is of the answer; `view.prose` is filled, `view.sentences` its sentences in order. */
export function drawProse(view, act) {
  const { answer, claims: told = [], mended = [] } = view.exchange;
  view.sentences = [];
  if (answer && !answer.claims.length) {
    fill(view.prose, ...plainParagraphs(answer.text));
    return;
  }
  fill(view.prose);
  const claims = answer?.claims ?? told;
  const opens = answer ? openings(answer) : claims.map(opensOnItsWay);
  claims.forEach((claim, index) => appendClaim(view, claim, opens[index], act).classList.toggle("mended", mended.includes(claim.text)));
}

/** Shows a sentence that has just come: after the others, or in place of the one that it mends. */
export function showClaim(view, claim, act) {
  if (view.sentences.length > view.exchange.claims.length) {
    drawProse(view, act); // quotations take the place of all that was written
    return;
  }
  const before = view.sentences[claim.index];
  if (before) {
    view.sentences[claim.index] = sentenceOf(view, claim, act);
    view.sentences[claim.index].classList.add("mended");
    before.replaceWith(view.sentences[claim.index]);
  } else appendClaim(view, claim, opensOnItsWay(claim), act);
  view.sentences[claim.index].classList.add("fresh");
}

function opensOnItsWay({ text, support }) {
  return support === "quoted" && LEAD_IN.test(text) ? "paragraph" : "";
}

function appendClaim(view, claim, opens, act) {
  const place = placeFor(view.prose, opens);
  if (place.childNodes.length) place.append(" ");
  const sentence = sentenceOf(view, claim, act);
  view.sentences.push(sentence);
  place.append(sentence);
  return sentence;
}

/** Where a sentence goes: into the last paragraph or item, or into a new one. */
function placeFor(prose, opens) {
  const last = prose.lastElementChild;
  const list = { bullet: "UL", number: "OL" }[opens];
  if (list) {
    if (last?.tagName !== list) prose.append(el(list));
    prose.lastElementChild.append(el("li"));
  } else if (opens || !last) prose.append(el("p"));
  const now = prose.lastElementChild;
  return now.tagName === "P" ? now : now.lastElementChild;
}

function sentenceOf(view, claim, act) {
  const sentence = el("span", { class: `claim ${claim.support}` }, sentenceParts(claim, view.exchange.answer));
  sentence.append(el("span", { class: "tail" }, lastWord(sentence), mark(claim), chips(view, claim, act)));
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

// Of a quotation the lead-in is ours, the rest the article's: they are told apart by their ink.
function sentenceParts(claim, answer) {
  const text = printable(claim.text);
  if (claim.support !== "quoted") return [el("span", { class: "words" }, text)];
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

/** How each claim begins, by what stands before it in the answer's text: "paragraph", "bullet", "number" or "". */
function openings(answer) {
  const text = `\n\n${answer.text}`.replace(/\\([^\sA-Za-z0-9])/g, "$1").replace(/ ?\[\d{1,3}\]/g, "");
  let from = 0;
  return answer.claims.map(({ text: words }) => {
    const at = text.indexOf(words, from);
    if (at < 0) return LEAD_IN.test(words) ? "paragraph" : "";
    const found = OPENING.exec(text.slice(from, at));
    from = at + words.length;
    if (!found) return "";
    return found[1] ? "bullet" : found[2] ? "number" : "paragraph";
  });
}

function plainParagraphs(text) {
  const plain = printable(text).replace(/\\([^\sA-Za-z0-9])/g, "$1");
  return plain.split(/\n{2,}/).filter((part) => part.trim()).map((part) => el("p", {}, part.trim()));
}

/** The answer's text without Markdown and markers, each sentence with its numbers: for the clipboard. */
export function proseText(answer) {
  if (!answer.claims.length) return printable(answer.text).replace(/\\([^\sA-Za-z0-9])/g, "$1");
  const opens = openings(answer);
  let item = 0;
  return answer.claims.map(({ text, citations, support }, index) => {
    item = opens[index] === "number" ? item + 1 : opens[index] ? 0 : item;
    const start = { "": " ", paragraph: "\n\n", bullet: "\n- ", number: `\n${item}. ` }[opens[index]];
    const marks = [...citations.map((n) => `[${number(n)}]`), ...(support === "unsupported" ? [`(${t("unsupported")})`] : [])];
    return `${start}${text} ${marks.join(" ")}`.trimEnd();
  }).join("").trim();
}
