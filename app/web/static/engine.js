// Who answers the next question, where a model is set that can write: quotations, or prose of that model.

import { stored } from "./browser.js";
import { el, fill } from "./dom.js";
import { t } from "./words.js";

const CHOSEN = "hanmi.engine";
const TOLD = "hanmi.engine.told"; // the endpoint that the reader has been told of
const ENGINES = ["extractive", "generative"];

/**
 * `element` to place; `value()`: the engine for the API, null where only one can answer; `fit(engine)`: that one, if it
 * can still answer; `draw(collection)` when what is set or the language changes.
 */
export function makeEngineSwitch() {
  const control = {
    writer: null, usual: ENGINES[0], // the model and its host, and who answers where the reader has not chosen
    known: false, chosen: stored(CHOSEN), told: stored(TOLD),
    element: el("fieldset", { class: "engine", hidden: true }), sends: el("p", { class: "sends", role: "status", hidden: true }),
  };
  control.value = () => control.fit(null);
  control.fit = (engine) => {
    if (control.writer) return engine ?? chosen(control);
    return (engine ?? control.chosen) === "extractive" && !control.known ? "extractive" : null; // kept, also before the server has said more
  };
  control.draw = (collection = null) => {
    if (collection) Object.assign(control, { known: true, writer: collection.writer ?? null, usual: collection.engine });
    draw(control);
  };
  return control;
}

function chosen({ chosen: kept, usual }) {
  return ENGINES.includes(kept) ? kept : usual;
}

function draw(control) {
  const { element, writer } = control;
  element.hidden = !writer;
  const choice = (engine) => el("label", { title: t("engineHelp")[engine](writer?.model) },
    el("input", { type: "radio", name: "engine", value: engine, checked: chosen(control) === engine, on: { change: () => choose(control, engine) } }),
    el("span", {}, t("engines")[engine]));
  fill(element, el("legend", { class: "unseen" }, t("engine")), ENGINES.map(choice));
  drawSends(control);
}

function choose(control, engine) {
  control.chosen = engine;
  stored(CHOSEN, engine);
  drawSends(control);
}

/** Where the passages go, until the reader has seen it; once more when it is another model or host. */
function drawSends(control) {
  const { sends, writer } = control;
  const where = writer && `${writer.model} ${writer.host}`;
  sends.hidden = control.value() !== "generative" || control.told === where;
  if (sends.hidden) return;
  const seen = () => {
    control.told = where;
    stored(TOLD, where);
    sends.hidden = true;
    control.element.querySelector("input:checked").focus();
  };
  fill(sends, el("span", {}, t("sends", writer.model, writer.host)), " ", el("button", { type: "button", class: "link", on: { click: seen } }, t("understood")));
}
