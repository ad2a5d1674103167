// The page: what is on it, what the reader does, and what is kept. Its parts are in the modules beside this one.

import { getJson, postForFile } from "./api.js";
import { answerInto, followUpsOf, newExchange, postAboutAnswer, putAgain, spokenResult } from "./asking.js";
import { placeEvidence, viewInSight, wide } from "./beside.js";
import { copy, download, startTheme, stored, themeButton } from "./browser.js";
import { answerText, exchangeView } from "./conversation.js";
import { el, fill, showInside } from "./dom.js";
import { makeEngineSwitch } from "./engine.js";
import { makeFilters } from "./filters.js";
import {
  conversation as kept, conversationOf, conversations, currentId, forget, keep, newConversation, setCurrentId, takeIn, titleOf, trimmed,
  turnsBefore,
} from "./history.js";
import { listenForKeys, showKeys } from "./keys.js";
import { makeLibrary } from "./library.js";
import { makeRail } from "./rail.js";
import { makeReader } from "./reader.js";
import { drawNextQuestions, drawStartWords } from "./start.js";
import { LANGUAGES, language, setLanguage, startLanguage, t } from "./words.js";

const RAIL_KEY = "hanmi.rail";
const LOOK_AGAIN_MS = 2000; // suggestions are found in the background after the server starts
const LOOK_AGAIN_AT_MOST_MS = 30_000;
const TOAST_MS = 6000;
const veryWide = matchMedia("(min-width: 1360px)"); // room for history, answer and evidence side by side

const page = {
  root: null, parts: {}, // the shadow root, and the elements that are drawn again and again
  conversation: newConversation(), views: [], active: null, // what is shown, a view for each exchange
  stop: null, // ends the answer on its way; null while there is none
  shared: false, // the answer of /a/{id} is shown: not this browser's own
  collection: null, collectionFailure: null, lookAgain: { timer: 0, after: LOOK_AGAIN_MS },
  gone: new Set(), // ids of deleted conversations, which an answer on its way must not bring back
  leaving: false, toastTimer: 0, filters: makeFilters(), engine: makeEngineSwitch(), reader: makeReader(),
};
page.rail = makeRail({ open: openConversation, fresh: freshConversation, current: () => page.conversation.id, deleted: onDeleted });
page.library = makeLibrary((id) => page.reader.openArticle(id, citationsHere()));

// --- Building the page -------------------------------------------------------------------------------------------

function build(shell) {
  // A shadow root keeps gradio's own rules for headings, buttons and paragraphs out.
  page.root = shell.attachShadow({ mode: "open" });
  const sheet = el("link", { rel: "stylesheet", href: document.querySelector("link[data-hanmi]").href });
  page.parts.app = el("div", { class: "app", hidden: true });
  const begin = () => {
    page.parts.app.hidden = false;
    drawShell(railWanted());
    listen();
    start();
  };
  sheet.addEventListener("load", begin, { once: true });
  sheet.addEventListener("error", begin, { once: true });
  page.root.append(sheet, page.parts.app, page.reader.element);
}

function drawShell(railOpen = railShown()) {
  const { parts } = page;
  Object.assign(parts, {
    start: el("div", { class: "start-words" }), exchanges: el("div", { class: "exchanges" }), next: el("div", { class: "next" }),
    evidence: el("aside", { class: "evidence" }), live: el("p", { class: "unseen", role: "status", "aria-live": "polite" }),
    toast: el("div", { class: "toast", role: "status", hidden: true }), box: questionBox(),
  });
  parts.ask = el("div", { class: "ask-view" },
    el("section", { class: "conversation", "aria-label": t("conversation") }, parts.start, parts.exchanges, parts.box, parts.next), parts.evidence);
  fill(parts.app, header(), el("div", { class: "body" }, page.rail.element, parts.ask, page.library.element), parts.live, parts.toast);
  page.filters.draw();
  page.engine.draw();
  page.rail.draw();
  showRail(railOpen);
  showView();
}

function header() {
  const tab = (view, words) => el("a", { href: view === "library" ? "#library" : "/", class: "tab", "data-view": view, on: { click: (event) => goTo(event, view) } }, words);
  const languages = LANGUAGES.map(([code, short, name]) => el("button", {
    type: "button", class: "plain", lang: code, "aria-pressed": String(code === language()), "aria-label": name, on: { click: () => changeLanguage(code) },
  }, short));
  const icon = (kind, sign, name, click) => el("button", { type: "button", class: `plain ${kind}`, "aria-label": name, title: name, on: { click } }, sign);
  page.parts.railButton = icon("rail-button", "☰", t("history"), () => showRail(!railShown(), true));
  page.parts.railButton.setAttribute("aria-controls", "history");
  return el("header", { class: "top" },
    el("button", { type: "button", class: "skip", on: { click: focusInput } }, t("skip")),
    page.parts.railButton,
    el("h1", {}, el("a", { href: "/", on: { click: (event) => { event.preventDefault(); freshConversation(); } } }, "Hanmi")),
    el("nav", { class: "tabs", "aria-label": t("sections") }, tab("ask", t("ask")), tab("library", t("library"))),
    el("span", { class: "grow" }),
    el("span", { class: "languages", role: "group", "aria-label": t("language") }, languages), themeButton(),
    icon("keys-button", "?", t("keys"), () => showKeys(page.root)));
}

function questionBox() {
  const input = el("textarea", { id: "question", rows: 1, maxlength: "4000", "aria-label": t("question"), placeholder: t("placeholder"), enterkeyhint: "send" });
  input.addEventListener("keydown", (event) => {
    // Enter that ends a Hangul syllable is not a question yet.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit(input.value);
  });
  const send = el("button", { type: "submit", class: "send" }, t("send"));
  Object.assign(page.parts, { input, send });
  const sent = (event) => {
    event.preventDefault();
    if (page.stop) page.stop(); // the button says so meanwhile
    else submit(input.value);
  };
  return el("form", { class: "box", on: { submit: sent } }, page.filters.panel, page.filters.chips,
    el("div", { class: "row" }, input, send), el("div", { class: "under" }, page.filters.button, page.engine.element), page.engine.sends);
}

function listen() {
  listenForKeys(page.root, {
    "/": focusInput, "?": () => showKeys(page.root), j: () => stepChips(1), k: () => stepChips(-1), o: openChip, Escape: onEscape,
  }, () => page.root.querySelector("dialog[open]") !== null);
  page.root.addEventListener("click", closeMenus);
  let waiting = false;
  document.addEventListener("scroll", () => {
    if (waiting || !wide.matches || page.views.length < 2) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const view = viewInSight(page.views);
      if (view && view !== page.active && view.evidence) activate(view);
    });
  }, { passive: true });
  addEventListener("hashchange", showView);
  addEventListener("storage", onOtherTab);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) loadCollection(); });
  addEventListener("pagehide", () => { page.leaving = true; });
  addEventListener("pageshow", () => { page.leaving = false; });
  wide.addEventListener("change", () => activate(page.active));
  veryWide.addEventListener("change", () => showRail(railWanted()));
}

async function start() {
  const answerId = /^\/a\/([A-Za-z0-9_-]+)\/?$/.exec(location.pathname)?.[1];
  const question = new URLSearchParams(location.search).get("q")?.trim();
  const loading = loadCollection();
  if (answerId) await showAnswer(answerId);
  else if (question) {
    history.replaceState(null, "", "/"); // a reload shows the answer again; it does not ask again
    showConversation(newConversation());
    await loading; // who is to answer, and where the question goes, is known and said by then
    submit(question);
  } else if (currentId()) openConversation(currentId(), false);
  else showConversation(newConversation());
  focusWithMouse();
}

async function loadCollection() {
  const { lookAgain } = page;
  clearTimeout(lookAgain.timer);
  try {
    page.collection = await getJson("/api/page");
    page.collectionFailure = null;
  } catch (failure) {
    page.collectionFailure = failure;
  }
  page.filters.draw(page.collection ?? undefined);
  page.engine.draw(page.collection);
  page.parts.app.classList.toggle("writes", page.engine.writer !== null);
  drawAround();
  if (location.hash === "#library" && page.library.isOlderThan(page.collection)) page.library.show(page.collection);
  const complete = page.views.length || (page.collection?.articles && suggestions().length);
  if (complete && !page.collectionFailure) {
    lookAgain.after = LOOK_AGAIN_MS;
    return;
  }
  lookAgain.timer = setTimeout(loadCollection, lookAgain.after);
  lookAgain.after = Math.min(lookAgain.after * 1.3, LOOK_AGAIN_AT_MOST_MS);
}

function suggestions() {
  return page.collection?.suggestions?.[language()] ?? [];
}

/** The start screen before the first question; after it, what to ask next. */
function drawAround() {
  const { start: words, app, next, box } = page.parts;
  const starting = !page.views.length;
  app.classList.toggle("starting", starting);
  words.hidden = !starting;
  if (starting) {
    drawStartWords(words, page.collection, page.collectionFailure, (id) => page.reader.openArticle(id, []));
    drawNextQuestions(next, [t("tryThese"), 2], suggestions(), submit, page.collection?.articles === 1 ? t("addMore") : "");
    box.after(next);
  } else {
    drawNextQuestions(next, [t("followUps"), 3], page.stop ? [] : page.views.at(-1).exchange.followUps ?? [], submit);
    page.views.at(-1).element.append(next);
  }
}

// --- Asking ------------------------------------------------------------------------------------------------------

function submit(text) {
  const question = text.trim();
  if (!question) {
    focusInput();
    return;
  }
  if (busy()) return;
  page.parts.input.value = "";
  page.filters.close();
  goTo(null, "ask");
  leaveShared();
  const exchange = newExchange(question, page.filters.value(), page.engine.value());
  page.conversation.exchanges.push(exchange);
  addView(exchange);
  run(exchange, page.conversation);
}

/** Asks the exchange's question. The reader may open another conversation or change the language meanwhile. */
async function run(exchange, conversation) {
  const stopper = new AbortController();
  const stop = () => stopper.abort();
  const view = () => page.views.find((one) => one.exchange === exchange);
  setWorking(stop);
  save(conversation);
  activate(view());
  drawAround();
  toNewest(view());
  const history = turnsBefore(conversation.exchanges, conversation.exchanges.indexOf(exchange));
  await answerInto(exchange, history, stopper.signal, (what, data) => (what === "say" ? view()?.say(data) : view()?.addClaim(data)));
  if (page.leaving) return; // it was cut off by us; the next visit says so
  if (page.stop === stop) setWorking(null);
  save(conversation);
  view()?.draw();
  if (view()) activate(view());
  page.parts.live.textContent = spokenResult(exchange);
  drawAround();
  exchange.followUps = await followUpsOf(exchange, conversation.exchanges.map(({ question }) => question));
  if (!exchange.followUps.length) return;
  save(conversation);
  drawAround();
}

function setWorking(stop) {
  page.stop = stop;
  const { send } = page.parts;
  send.textContent = stop ? t("stop") : t("send");
  send.classList.toggle("stopping", Boolean(stop));
}

function stopAnswer() {
  page.stop?.();
  setWorking(null);
}

function busy() {
  if (page.stop) toast(t("busy"));
  return Boolean(page.stop);
}

// --- What can be done with an answer -----------------------------------------------------------------------------

const act = {
  open: (view, index) => {
    const { answer } = view.exchange;
    page.reader.open(answer.citations.length ? answer.citations : answer.nearest, index, citationsHere());
  },
  lit: (view, card) => {
    if (view !== page.active) activate(view);
    if (card && wide.matches) showInside(page.parts.evidence, card);
  },
  retry: (view) => act.instead(view, page.engine.fit(view.exchange.engine), true),
  instead: (view, engine, fresh = false) => {
    if (busy()) return;
    leaveShared();
    putAgain(view.exchange, engine, fresh);
    view.draw();
    run(view.exchange, page.conversation);
  },
  edit: (view) => {
    page.parts.input.value = view.exchange.question;
    page.filters.set(view.exchange.filters);
    focusInput();
  },
  copy: async (view) => toast(await copy(answerText(view.exchange), page.parts.app) ? t("copied") : t("notCopied")),
  link: async (view) => toast(await copy(`${location.origin}/a/${view.exchange.answer.id}`, page.parts.app) ? t("linkCopied") : t("notCopied")),
  exportAs: async (format) => {
    const answers = page.conversation.exchanges.filter(({ answer }) => answer).map((exchange) => trimmed(exchange).answer);
    try {
      download(await postForFile("/api/export", { format, answers, title: titleOf(page.conversation).slice(0, 200) }));
    } catch (failure) {
      toast(failure.sentence || t("exportFailed"));
    }
  },
  feedback: async (view, verdict, reason) => {
    const { exchange } = view;
    try {
      await postAboutAnswer("/api/feedback", exchange.answer, { verdict, reason });
    } catch (failure) {
      toast(failure.sentence || t("feedbackFailed"));
      return;
    }
    Object.assign(exchange, { verdict, reasonSent: Boolean(reason) });
    save(page.conversation);
    view.draw();
    activate(view);
    drawAround();
    view.element.querySelector(verdict === "down" && !reason ? ".reason" : ".vote[aria-pressed=true], .vote")?.focus();
    if (verdict === "up" || reason) toast(t("thanks"));
  },
};

function citationsHere() {
  return page.conversation.exchanges.flatMap(({ answer }) => answer?.citations ?? []);
}

// --- The answer at its own address -------------------------------------------------------------------------------

async function showAnswer(id) {
  showConversation(newConversation());
  try {
    const answer = await getJson(`/api/answers/${id}`);
    page.shared = true; // it enters this browser's history only when something is asked after it
    page.conversation.exchanges.push({ question: answer.question, filters: answer.filters, state: "done", answer, claims: [], followUps: [] });
    showConversation(page.conversation);
  } catch (failure) {
    toast(failure.status === 404 ? t("answerGone") : failure.sentence || t(failure.key), null, true);
  }
}

function leaveShared() {
  page.shared = false;
  if (location.pathname !== "/") history.replaceState(null, "", `/${location.hash}`);
}

// --- Conversations -----------------------------------------------------------------------------------------------

function freshConversation() {
  leaveConversation();
  showConversation(newConversation());
  focusWithMouse();
}

function openConversation(id, leave = true) {
  const found = kept(id);
  if (leave) leaveConversation();
  for (const exchange of found?.exchanges ?? []) {
    if (exchange.state === "working") Object.assign(exchange, { state: "stopped", failure: "interrupted" });
  }
  showConversation(found ?? newConversation());
}

function leaveConversation() {
  stopAnswer();
  leaveShared();
  goTo(null, "ask");
  if (!veryWide.matches) showRail(false);
}

function showConversation(conversation) {
  page.conversation = conversation;
  page.views = [];
  page.active = null;
  fill(page.parts.exchanges);
  conversation.exchanges.forEach(addView);
  setCurrentId(conversation.exchanges.length && !page.shared ? conversation.id : null);
  document.title = conversation.exchanges.length ? `${titleOf(conversation)} – Hanmi` : "Hanmi";
  page.rail.draw();
  const last = page.views.at(-1);
  activate(last ?? null);
  drawAround();
  if (last) toNewest(last);
  else scrollTo(0, 0);
}

function addView(exchange) {
  const view = exchangeView(exchange, act);
  page.views.push(view);
  page.parts.exchanges.append(view.element);
}

function save(conversation) {
  if (page.gone.has(conversation.id) || (page.shared && conversation === page.conversation)) return;
  conversation.updated = new Date().toISOString();
  conversation.title = kept(conversation.id)?.title ?? conversation.title; // what the list renamed meanwhile stays
  if (!keep(conversation)) toast(t("storeFull"));
  if (conversation === page.conversation) {
    setCurrentId(conversation.id);
    document.title = `${titleOf(conversation)} – Hanmi`;
  }
  page.rail.draw();
}

/** Another tab has kept or deleted a conversation, perhaps the one that is shown here. */
function onOtherTab(event) {
  const id = conversationOf(event);
  const here = id !== null && id === page.conversation.id && !page.shared;
  if (id !== null && event.newValue === null) {
    page.gone.add(id);
    if (here) {
      freshConversation();
      toast(t("deletedElsewhere"));
    }
  } else if (id !== null) {
    page.gone.delete(id);
    if (here && takeIn(page.conversation)) showConversation(page.conversation);
  }
  page.rail.draw();
}

function onDeleted(gone) {
  gone.forEach(({ id }) => { page.gone.add(id); forget(id); });
  const here = gone.find(({ id }) => id === page.conversation.id);
  if (here) freshConversation();
  page.rail.draw();
  toast(t("deleted"), [t("undo"), () => {
    gone.forEach((one) => { page.gone.delete(one.id); keep(one); });
    if (here) openConversation(here.id);
    page.rail.draw();
  }]);
}

/** The exchange whose evidence stands beside the conversation. */
function activate(view) {
  page.active = view;
  placeEvidence(page.parts.evidence, page.views, view);
}

function toNewest(view) {
  if (page.views.length < 2) scrollTo(0, 0);
  else view.element.scrollIntoView({ block: "start" });
}

// --- Views, history, language ------------------------------------------------------------------------------------

function goTo(event, view) {
  event?.preventDefault();
  const library = view === "library";
  if (library === (location.hash === "#library")) return;
  if (library) location.hash = "library";
  else {
    history.pushState(null, "", location.pathname + location.search);
    showView();
  }
}

function showView() {
  const view = location.hash === "#library" ? "library" : "ask";
  page.parts.ask.hidden = view !== "ask";
  page.library.element.hidden = view !== "library";
  for (const tab of page.parts.app.querySelectorAll(".tab")) {
    if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (view === "library") page.library.show(page.collection);
}

function changeLanguage(code) {
  const draft = page.parts.input.value;
  setLanguage(code);
  drawShell();
  page.parts.input.value = draft;
  setWorking(page.stop);
  showConversation(page.conversation);
  page.root.querySelector(`.languages [lang="${code}"]`).focus();
}

function railWanted() {
  return veryWide.matches && (stored(RAIL_KEY) ?? (conversations().length ? "open" : "closed")) === "open";
}

function railShown() {
  return page.parts.app.classList.contains("rail-open");
}

function showRail(open, chosen = false) {
  page.parts.app.classList.toggle("rail-open", open);
  page.rail.element.hidden = !open;
  page.parts.railButton.setAttribute("aria-expanded", String(open));
  if (chosen && veryWide.matches) stored(RAIL_KEY, open ? "open" : "closed");
  if (chosen && open) page.rail.element.querySelector("button").focus();
}

// --- Keys and small things ---------------------------------------------------------------------------------------

function onEscape() {
  if (closeMenus()) return;
  if (!page.filters.panel.hidden) {
    page.filters.close();
    page.filters.button.focus();
  } else if (railShown() && !veryWide.matches) {
    showRail(false);
    page.parts.railButton.focus();
  } else page.root.activeElement?.blur();
}

/** Closes open menus, but for one that was clicked into; true where there was one. */
function closeMenus(event = null) {
  const open = [...page.root.querySelectorAll("details.menu[open]")].filter((menu) => !event?.composedPath().includes(menu.querySelector("summary")));
  for (const menu of open) menu.open = false;
  return open.length > 0;
}

function stepChips(by) {
  const chips = page.views.flatMap((view) => view.chips());
  const now = chips.indexOf(page.root.activeElement);
  const next = now < 0 ? page.active?.chips()[0] : chips[Math.max(0, Math.min(chips.length - 1, now + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function openChip() {
  const focused = page.root.activeElement;
  const chip = focused?.matches(".chip") ? focused : page.active?.chips()[0];
  chip?.focus();
  chip?.click();
}

function focusInput() {
  goTo(null, "ask");
  page.parts.input.focus({ preventScroll: true });
}

/** Focuses the question, but not where a keyboard would spring up over the answer. */
function focusWithMouse() {
  if (matchMedia("(pointer: fine)").matches && location.hash !== "#library") page.parts.input.focus({ preventScroll: true });
}

function toast(words, button = null, stays = false) {
  const { toast: box } = page.parts;
  clearTimeout(page.toastTimer);
  const close = () => { box.hidden = true; };
  const link = (text, click) => el("button", { type: "button", class: "link", on: { click } }, text);
  fill(box, el("span", {}, words), button ? link(button[0], () => { close(); button[1](); }) : null, stays ? link(t("close"), close) : null);
  box.hidden = false;
  if (!stays) page.toastTimer = setTimeout(close, TOAST_MS);
}

// --- Start -------------------------------------------------------------------------------------------------------

function whenShellIsThere(then) {
  const found = () => document.getElementById("hanmi");
  if (found()) {
    then(found());
    return;
  }
  new MutationObserver((_changes, observer) => { // gradio puts it there when its own script has run
    if (!found()) return;
    observer.disconnect();
    then(found());
  }).observe(document.documentElement, { childList: true, subtree: true });
}

startLanguage();
startTheme();
whenShellIsThere(build);
