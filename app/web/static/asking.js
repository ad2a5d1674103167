// An exchange on its way: from a question to an answer, a stop, or a sentence that says why there is none.

import { Failure, ask, postJson } from "./api.js";
import { newId } from "./history.js";
import { t } from "./words.js";

/** A question that has just been put. */
export function newExchange(question, filters) {
  return { id: newId(), question, filters, state: "working", working: t("asking"), claims: [], answer: null, followUps: [] };
}

/** Makes an exchange as if it had just been put. */
export function putAgain(exchange) {
  const { id = newId(), question, filters } = exchange;
  return Object.assign(exchange, newExchange(question, filters), { id, failure: null, sentence: null, verdict: null, reasonSent: false });
}

/** Asks and fills the exchange; `show(what, data)` is told of each step: "say" words, "claim" a sentence. Never throws. */
export async function answerInto(exchange, history, signal, show) {
  const heard = (name, data) => {
    if (name === "searching") show("say", t("searching", data.articles));
    else if (name === "passages") show("say", t("reading", data.hits.length));
    else if (name === "claim") {
      show("say", t("writing"));
      show("claim", data);
    } else if (name === "answer") Object.assign(exchange, { answer: data, claims: [] });
  };
  try {
    await ask(exchange.question, history, exchange.filters, signal, heard);
    exchange.state = "done";
  } catch (failure) {
    failed(exchange, failure, signal.aborted);
  }
}

function failed(exchange, failure, stopped) {
  exchange.state = stopped ? "stopped" : "failed";
  exchange.failure = stopped ? "stopped" : failure.key ?? "failed";
  exchange.sentence = !stopped && failure instanceof Failure ? failure.sentence : null;
  if (!stopped && !(failure instanceof Failure)) console.error(failure);
}

/** What a screen reader hears when an answer is there; a failure is an alert of its own. */
export function spokenResult({ answer }) {
  return answer ? t("answerReady", t("status")[answer.status] ?? "", answer.citations.length) : "";
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
