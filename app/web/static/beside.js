// Where the evidence stands: beside the conversation for one exchange at a time, or folded under each on a phone.

import { el, fill } from "./dom.js";
import { t } from "./words.js";

export const wide = matchMedia("(min-width: 1000px)");

/** Puts the cards of every view where they belong; `active`: the one whose cards stand beside. */
export function placeEvidence(pane, views, active) {
  for (const view of views) {
    if (!view.evidence) continue;
    if (!wide.matches && view.evidence.parentNode !== view.fold) view.fold.append(view.evidence);
    else if (wide.matches && view !== active) view.evidence.remove();
  }
  if (wide.matches && active?.exchange.state === "working") return; // what stands there stays until the answer is whole
  drawPane(pane, wide.matches ? active : null, views.length > 1);
}

function drawPane(pane, active, several) {
  const cards = active?.evidence;
  pane.hidden = !cards;
  pane.setAttribute("aria-label", t("evidence"));
  if (!cards) fill(pane);
  else if (cards.parentNode !== pane) {
    const nearest = cards.classList.contains("nearest");
    fill(pane, el("h2", {}, nearest ? t("nearest") : t("evidence")),
      nearest ? el("p", { class: "quiet" }, t("nearestNote")) : null,
      several ? el("p", { class: "of" }, active.exchange.question) : null, cards);
    pane.scrollTop = 0;
  }
}

/** The view that a reader looks at: the last that begins above the middle, or the last of all at the page's end. */
export function viewInSight(views) {
  if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) return views.at(-1);
  return views.filter((view) => view.element.getBoundingClientRect().top < innerHeight * 0.4).at(-1) ?? views[0];
}
