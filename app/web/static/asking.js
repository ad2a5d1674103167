// An exchange on its way: from a question to an answer, a stop, or a sentence that says why there is none.

import { Failure, ask, postJson } from "./api.js";
import { newId } from "./history.js";
import { markedWords } from "./status.js";
import { t } from "./words.js";

/** A question that has just been put; `engine`: who shall answer, null for whoever can. */
export function newExchange(question, filters, engine) {
  return {
    id: newId(), question, filters, engine, state: "working", working: t("asking"),
    claims: [], mended: [], dropped: 0, answer: null, followUps: [], // claims while they come; then the answer has them
  };
}

/** Makes an exchange as if it had just been put, to that engine; `fresh`: written anew, though the same was asked before. */
export function putAgain(exchange, engine, fresh = false) {
  const { id = newId(), question, filters } = exchange;
  return Object.assign(exchange, newExchange(question, filters, engine), { id, fresh, failure: null, sentence: null, verdict: null, reasonSent: false });
}

/** Asks and fills the exchange; `show(what, data)` is told of each step: "say" words, "claim" a sentence. Never throws. */
export async function answerInto(exchange, history, signal, show) {
  const heard = (name, data) => {
    if (name === "searching") show("say", t("searching", data.articles));
    else if (name === "passages") show("say", t(exchange.engine === "generative" ? "modelReading" : "reading", data.hits.length));
    else if (name === "claim") {
      take(exchange, data);
      const marked = exchange.claims.filter(({ support }) => support === "unsupported").length;
      show("say", marked ? t("writingMarked", marked) : t("writing"));
      show("claim", data);
    } else if (name === "answer") finish(exchange, data);
  };
  try {
    await ask(exchange, history, signal, heard);
    exchange.state = "done";
  } catch (failure) {
    failed(exchange, failure, signal.aborted);
  }
}

/** A sentence that has come: a further one, one that mends another, or the first of the quotations that replace all. */
function take(exchange, claim) {
  if (claim.support === "quoted" && exchange.claims.some(({ support }) => support !== "quoted")) Object.assign(exchange, { claims: [], mended: [] });
  if (exchange.claims[claim.index]) exchange.mended.push(claim.text);
  exchange.claims[claim.index] = claim;
}

function finish(exchange, answer) {
  const written = answer.engine === "generative";
  const mended = exchange.mended.filter((words) => written && answer.claims.some(({ text }) => text === words));
  const dropped = written ? Math.max(0, exchange.claims.length - answer.claims.length) : 0;
  Object.assign(exchange, { answer, claims: [], mended, dropped });
}

function failed(exchange, failure, stopped) {
  exchange.state = stopped ? "stopped" : "failed";
  exchange.failure = stopped ? "stopped" : failure.key ?? "failed";
  exchange.sentence = !stopped && failure instanceof Failure ? failure.sentence : null;
  if (!stopped && !(failure instanceof Failure)) console.error(failure);
}

/** What a screen reader hears when an answer is there; a failure is an alert of its own. */
export function spokenResult({ answer }) {
  return answer ? [t("status")[answer.status], markedWords(answer), t("sources", answer.citations.length)].filter(Boolean).join(", ") : "";
}

/** A POST about an answer by its id; with the whole answer where the server has not kept it. */
export async function postAboutAnswer(path, answer, more) {
  try {
    return await postJson(path, { answer_id: answer.id, ...more });
  } catch (failure) {
    if (failure.status !== 404) throw failure;
    return postJson(path, { answer_id: answer.id, answer, ...more });
  }
}

/** Questions to ask after this exchange; none is a calm state, and so is a server that cannot say. */
export async function followUpsOf(exchange, asked) {
  if (!exchange.answer || exchange.answer.status === "error") return [];
  try {
    return (await postAboutAnswer("/api/follow-ups", exchange.answer, { asked })).questions;
  } catch {
    return [];
  }
}
