// The line under a question: what kind of answer it is, what it rests on, who wrote it and what that took.

import { el } from "./dom.js";
import { displayRange, t } from "./words.js";

const SHAPES = { answered: "●", partial: "◐", not_in_corpus: "○", conversation: "·", error: "✕" };

/** The line, and below it the names that were understood. */
export function statusLine(answer) {
  const word = el("strong", {}, el("span", { class: "shape", "aria-hidden": "true" }, SHAPES[answer.status] ?? "·"), ` ${t("status")[answer.status] ?? ""}`);
  const part = (words, kind = "", title = null) => el("span", { class: `part ${kind}`.trim(), title }, words);
  const marked = markedWords(answer);
  const names = answer.matched_names.length ? el("p", { class: "names" }, `${t("names")}: ${answer.matched_names.join(", ")}`) : null;
  return el("div", { class: "status" }, el("p", {},
    part(word), marked ? part(marked, "marked", t("unsupportedLong")) : null, basis(answer.basis).map((words) => part(words)),
    engine(answer).map((words) => part(words)), spent(answer.usage).map((words) => part(words, "spent", t("spent")))), names);
}

/** The same as words alone, without who wrote it. */
export function statusWords(answer) {
  return [t("status")[answer.status], markedWords(answer), ...basis(answer.basis)].filter(Boolean);
}

/** How many of the sentences are not supported; null where all are. */
export function markedWords({ claims }) {
  const marked = claims.filter(({ support }) => support === "unsupported").length;
  return marked ? t("marked", marked, claims.length) : null;
}

function basis({ articles, outlets, oldest, newest }) {
  if (!articles) return [];
  return [t("articles", articles), outlets > 1 ? t("outlets", outlets) : null, displayRange(oldest, newest)].filter(Boolean);
}

function engine({ status, engine: who, model, claims, notices, usage }) {
  if (status === "conversation" || status === "error") return [];
  if (who === "generative") return [t(status === "not_in_corpus" ? "read" : "written", model ?? "?")];
  if (notices.some(({ code }) => code.startsWith("model_"))) return [t("quotedInstead")]; // and a notice says why
  if (claims.length) return [t("extractive")];
  return usage.input_tokens ? [] : [t("noModel")]; // a model may have completed the question, and nothing was found
}

function spent({ input_tokens: read, output_tokens: wrote, cost_usd: cost }) {
  return [read + wrote ? t("tokens", read + wrote) : null, cost ? t("about", `$${cost.toFixed(cost < 0.01 ? 4 : 2)}`) : null].filter(Boolean);
}
