// What stands on the page before the first question, and the questions it offers.

import { el, fill } from "./dom.js";
import { displayRange, t } from "./words.js";

/** Fills the start screen: what the collection holds, or why that is not known. `open(id)` opens an only article. */
export function drawStartWords(element, collection, failure, open) {
  if (!collection) {
    fill(element, el("p", { class: "lead-words" }, t("start")),
      failure ? el("p", { class: "failed", role: "alert" }, failure.sentence || t(failure.key === "offline" ? "unreachable" : failure.key)) : null);
    return;
  }
  fill(element, el("p", { class: "holding" }, holding(collection).join(" · ")),
    collection.headline ? onlyArticle(collection, open) : null,
    el("p", { class: "lead-words" }, collection.articles ? t("start") : t("noArticlesHelp")));
}

function onlyArticle({ headline, article_id: id }, open) {
  return el("p", { class: "only-title" }, el("button", { type: "button", title: t("openArticle"), on: { click: () => open(id) } }, headline));
}

function holding({ articles, outlets, oldest, newest }) {
  if (!articles) return [t("noArticles")];
  const names = outlets.length === 1 ? outlets[0].name : outlets.length ? t("outlets", outlets.length) : "";
  return [t("articles", articles), names, displayRange(oldest?.slice(0, 7), newest?.slice(0, 7), true)].filter(Boolean);
}

/** Fills the list of questions to ask next, under a heading of that level; `more`: a line below it. */
export function drawNextQuestions(element, [heading, level], questions, ask, more = "") {
  const item = (question) => el("li", {}, el("button", { type: "button", class: "suggestion", on: { click: () => ask(question) } }, question));
  element.hidden = !questions.length && !more;
  fill(element,
    questions.length ? [el("p", { class: "heading", role: "heading", "aria-level": String(level) }, heading), el("ul", {}, questions.map(item))] : null,
    more ? el("p", { class: "quiet more" }, more) : null);
}
