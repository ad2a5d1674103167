// The page: what is on it, what the reader does, and what is kept. Its parts are in the modules beside this one.

import { Failure, ask, getJson, postForFile, postJson } from "./api.js";
import { answerText, exchangeView } from "./conversation.js";
import { el, fill, showInside } from "./dom.js";
import { makeFilters } from "./filters.js";
import {
  conversation as kept, conversations, currentId, keep, newConversation, setCurrentId, titleOf, turnsBefore,
} from "./history.js";
import { makeLibrary } from "./library.js";
import { makeRail } from "./rail.js";
import { makeReader } from "./reader.js";
import { LANGUAGES, displayRange, language, setLanguage, startLanguage, t } from "./words.js";

const THEMES = { system: "◐", light: "○", dark: "●" };
const THEME_KEY = "hanmi.theme";
const RAIL_KEY = "hanmi.rail";
const SUGGESTIONS_AGAIN_MS = 3000; // they are found in the background after the server starts
const TOAST_MS = 6000;
const wide = matchMedia("(min-width: 1000px)");
const veryWide = matchMedia("(min-width: 1360px)");

const page = {
  views: [], active: null, conversation: newConversation(), collection: null, stop: null, shared: false, toastTimer: 0,
  root: null, parts: {}, filters: makeFilters(), reader: makeReader(),
};
page.rail = makeRail({ open: openConversation, fresh: () => freshConversation(), current: () => page.conversation.id, deleted: onDeleted });
page.library = makeLibrary((id) => page.reader.openArticle(id, allCitations()));

// --- Building the page -------------------------------------------------------------------------------------------

function build(shell) {
  // A shadow root keeps gradio's own rules for headings, buttons and paragraphs out.
  page.root = shell.attachShadow({ mode: "open" });
  const sheet = el("link", { rel: "stylesheet", href: document.querySelector("link[data-hanmi]").href });
  const app = el("div", { class: "app", hidden: true });
  const shown = () => { app.hidden = false; begin(); };
  sheet.addEventListener("load", shown, { once: true });
  sheet.addEventListener("error", shown, { once: true });
  page.parts.app = app;
  page.root.append(sheet, app, page.reader.element);
}

function begin() {
  drawShell();
  page.root.addEventListener("keydown", onKey);
  document.addEventListener("keydown", (event) => { if (event.target === document.body) onKey(event); });
  document.addEventListener("scroll", onScroll, { passive: true });
  addEventListener("hashchange", showView);
  addEventListener("storage", () => page.rail.draw());
  wide.addEventListener("change", placeEvidence);
  start();
}

function drawShell() {
  const { parts } = page;
  Object.assign(parts, {
    start: el("div", { class: "start-words" }), exchanges: el("div", { class: "exchanges" }), next: el("div", { class: "next" }),
    evidence: el("aside", { class: "evidence" }), live: el("p", { class: "unseen", role: "status", "aria-live": "polite" }),
    toast: el("div", { class: "toast", role: "status", hidden: true }),
  });
  parts.box = questionBox();
  parts.ask = el("div", { class: "ask-view" },
    el("section", { class: "conversation", "aria-label": t("conversations") }, parts.start, parts.exchanges, parts.box, parts.next), parts.evidence);
  fill(parts.app, header(), el("div", { class: "body" }, page.rail.element, parts.ask, page.library.element), parts.live, parts.toast);
  page.filters.draw();
  page.rail.draw();
  showRail(railOpen());
  showView();
}

function header() {
  const tab = (view, words) => el("a", { href: view === "library" ? "#library" : "#", class: "tab", "data-view": view, on: { click: (event) => goTo(event, view) } }, words);
  const languages = LANGUAGES.map(([code, short, name]) => el("button", {
    type: "button", class: "plain", lang: code, "aria-pressed": String(code === language()), "aria-label": name, on: { click: () => changeLanguage(code) },
  }, short));
  const theme = el("button", { type: "button", class: "plain theme", on: { click: changeTheme } });
  page.parts.theme = theme;
  drawTheme();
  page.parts.railButton = el("button", { type: "button", class: "plain rail-button", "aria-controls": "history", "aria-label": t("history"), title: t("history"), on: { click: () => showRail(!railShown(), true) } }, "☰");
  return el("header", { class: "top" },
    el("a", { href: "#question", class: "skip", on: { click: (event) => { event.preventDefault(); page.parts.input.focus(); } } }, t("skip")),
    page.parts.railButton,
    el("h1", {}, el("a", { href: "/", on: { click: (event) => { event.preventDefault(); freshConversation(); } } }, "Hanmi")),
    el("nav", { class: "tabs", "aria-label": t("sections") }, tab("ask", t("ask")), tab("library", t("library"))),
    el("span", { class: "grow" }),
    el("span", { class: "languages", role: "group", "aria-label": t("language") }, languages), theme,
    el("button", { type: "button", class: "plain keys-button", "aria-label": t("keys"), title: t("keys"), on: { click: showKeys } }, "?"));
}

function questionBox() {
  const input = el("textarea", { id: "question", rows: 1, maxlength: "4000", "aria-label": t("question"), placeholder: t("placeholder"), enterkeyhint: "send" });
  input.addEventListener("keydown", (event) => {
    // Enter that ends a Hangul syllable is not a question yet.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  const send = el("button", { type: "submit", class: "send" }, t("send"));
  Object.assign(page.parts, { input, send });
  return el("form", { class: "box", on: { submit: (event) => { event.preventDefault(); submit(); } } },
    page.filters.panel, page.filters.chips,
    el("div", { class: "row" }, input, send), el("div", { class: "under" }, page.filters.button));
}

async function start() {
  const answerId = /^\/a\/([A-Za-z0-9_-]+)\/?$/.exec(location.pathname)?.[1];
  const question = new URLSearchParams(location.search).get("q")?.trim();
  const collection = loadCollection();
  if (answerId) await showAnswer(answerId);
  else if (question) {
    history.replaceState(null, "", "/"); // a reload shows the answer again; it does not ask again
    freshConversation();
    submit(question);
  } else openConversation(currentId(), false);
  await collection;
  if (!question && location.hash !== "#library") focusInput();
}

async function loadCollection() {
  try {
    page.collection = await getJson("/api/page");
  } catch (failure) {
    page.collection = null;
    page.collectionFailure = failure;
  }
  page.filters.draw(page.collection ?? undefined);
  drawStart();
  drawNext();
  const waiting = page.collection?.articles && !suggestions().length && !page.views.length;
  if (waiting || !page.collection) setTimeout(loadCollection, SUGGESTIONS_AGAIN_MS);
}

// --- Start screen ------------------------------------------------------------------------------------------------

function suggestions() {
  return page.collection?.suggestions?.[language()] ?? [];
}

function drawStart() {
  const { start, app } = page.parts;
  app.classList.toggle("starting", !page.views.length);
  start.hidden = page.views.length > 0;
  const { collection } = page;
  if (!collection) {
    fill(start, el("p", { class: "lead-words" }, t("start")), page.collectionFailure ? el("p", { class: "failed", role: "alert" }, page.collectionFailure.sentence || t(page.collectionFailure.key)) : "");
    return;
  }
  fill(start,
    el("p", { class: "holding" }, holding(collection).join(" · ")),
    collection.headline ? el("p", { class: "headline" }, collection.headline) : "",
    el("p", { class: "lead-words" }, collection.articles ? t("start") : t("noArticlesHelp")));
}

function holding({ articles, outlets, oldest, newest }) {
  if (!articles) return [t("noArticles")];
  const names = outlets.length === 1 ? outlets[0].name : outlets.length ? t("outlets", outlets.length) : "";
  return [t("articles", articles), names, displayRange(oldest, newest, true)].filter(Boolean);
}

/** Suggested questions on the start screen, follow-ups after the newest answer. */
function drawNext() {
  const { next } = page.parts;
  const last = page.views.at(-1)?.exchange;
  const questions = page.views.length ? (page.stop ? [] : last?.followUps ?? []) : suggestions();
  const heading = page.views.length ? t("followUps") : t("tryThese");
  next.hidden = !questions.length && page.views.length > 0;
  fill(next,
    questions.length ? el("h2", {}, heading) : "",
    questions.length ? el("ul", {}, questions.map((question) => el("li", {}, el("button", { type: "button", class: "suggestion", on: { click: () => submit(question) } }, question)))) : "",
    page.views.length || page.collection?.articles !== 1 ? "" : el("p", { class: "quiet more" }, t("addMore")));
  if (page.views.length) page.parts.exchanges.append(next);
  else page.parts.box.after(next);
}

// --- Asking ------------------------------------------------------------------------------------------------------

function submit(text = page.parts.input.value) {
  const question = text.trim();
  if (page.stop) {
    page.stop(); // the button says Stop meanwhile
    return;
  }
  if (!question) {
    focusInput();
    return;
  }
  page.parts.input.value = "";
  page.filters.close();
  if (location.hash === "#library") location.hash = "";
  const exchange = { question, filters: page.filters.value(), state: "working", working: t("asking"), claims: [], answer: null };
  leaveShared();
  page.conversation.exchanges.push(exchange);
  run(addView(exchange));
}

async function run(view) {
  const { exchange } = view;
  const { exchanges } = page.conversation;
  const conversation = page.conversation;
  const stopper = new AbortController();
  working(() => stopper.abort());
  save(conversation);
  activate(view);
  drawStart();
  drawNext();
  toNewest(view);
  try {
    const history = turnsBefore(exchanges, exchanges.indexOf(exchange));
    await ask(exchange.question, history, exchange.filters, stopper.signal, (name, data) => heard(view, name, data));
    exchange.state = "done";
  } catch (failure) {
    failed(exchange, failure, stopper.signal.aborted);
  }
  working(null);
  view.draw();
  save(conversation);
  if (!page.views.includes(view)) return; // another conversation is shown by now; this one is kept
  activate(view);
  announce(exchange);
  drawNext();
  followUps(view, conversation);
  if (!page.collection) loadCollection();
}

function heard(view, name, data) {
  const { exchange } = view;
  if (name === "searching") view.say(t("searching", data.articles));
  else if (name === "passages") view.say(t("reading", data.hits.length));
  else if (name === "claim") {
    view.say(t("writing"));
    view.addClaim(data);
  } else if (name === "answer") Object.assign(exchange, { answer: data, claims: [] });
}

function failed(exchange, failure, stopped) {
  exchange.state = stopped ? "stopped" : "failed";
  exchange.failure = stopped ? "stopped" : failure.key ?? "failed";
  exchange.sentence = failure instanceof Failure ? failure.sentence : null;
  if (!stopped && !(failure instanceof Failure)) console.error(failure);
}

function working(stop) {
  page.stop = stop;
  const { send } = page.parts;
  send.textContent = stop ? t("stop") : t("send");
  send.classList.toggle("stopping", Boolean(stop));
}

function announce({ answer, failure, sentence }) {
  page.parts.live.textContent = answer ? t("answerReady", t("status")[answer.status], answer.citations.length) : sentence || t(failure);
}

async function followUps(view, conversation) {
  const { exchange } = view;
  if (!exchange.answer || exchange.answer.status === "error") return;
  try {
    const asked = conversation.exchanges.map(({ question }) => question);
    const { questions } = await askAboutAnswer("/api/follow-ups", exchange.answer, { asked });
    exchange.followUps = questions;
    save(conversation);
    drawNext();
  } catch {
    // No follow-ups is a calm state; the answer stands.
  }
}

/** A POST about an answer by its id; with the whole answer where the server has not kept it. */
async function askAboutAnswer(path, answer, more) {
  try {
    return await postJson(path, { answer_id: answer.id, ...more });
  } catch (failure) {
    if (failure.status !== 404) throw failure;
    return postJson(path, { answer_id: answer.id, answer, ...more });
  }
}

// --- Answers -----------------------------------------------------------------------------------------------------

const act = {
  open: (view, index) => {
    const { answer } = view.exchange;
    page.reader.open(answer.citations.length ? answer.citations : answer.nearest, index, allCitations());
  },
  lit: (view, card) => {
    activate(view);
    if (card && wide.matches) showInside(page.parts.evidence, card);
  },
  retry: (view) => {
    if (busy()) return;
    Object.assign(view.exchange, { state: "working", working: t("asking"), claims: [], answer: null, failure: null, sentence: null, followUps: [], verdict: null });
    leaveShared();
    view.draw();
    run(view);
  },
  edit: (view) => {
    page.parts.input.value = view.exchange.question;
    page.filters.set(view.exchange.filters);
    focusInput(true);
  },
  copy: async (view) => toast(await copy(answerText(view.exchange)) ? t("copied") : t("notCopied")),
  link: async (view) => toast(await copy(`${location.origin}/a/${view.exchange.answer.id}`) ? t("linkCopied") : t("notCopied")),
  exportAs: exportConversation,
  feedback: sendFeedback,
};

function allCitations() {
  return page.conversation.exchanges.flatMap(({ answer }) => answer?.citations ?? []);
}

async function exportConversation(format) {
  const answers = page.conversation.exchanges.map(({ answer }) => answer).filter(Boolean);
  try {
    const { name, blob } = await postForFile("/api/export", { format, answers, title: titleOf(page.conversation).slice(0, 200) });
    const link = el("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), TOAST_MS);
  } catch (failure) {
    toast(failure.sentence || t("exportFailed"));
  }
}

async function sendFeedback(view, verdict, reason) {
  const { exchange } = view;
  try {
    await askAboutAnswer("/api/feedback", exchange.answer, { verdict, reason });
    Object.assign(exchange, { verdict, reasonSent: Boolean(reason) });
    save();
    view.draw();
    activate(view);
    view.element.querySelector(verdict === "down" && !reason ? ".reason" : ".vote")?.focus();
    if (verdict && (verdict === "up" || reason)) toast(t("thanks"));
  } catch (failure) {
    toast(failure.sentence || t("feedbackFailed"));
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text); // a page that is not served from this machine or over https has no clipboard
  }
}

function copyOldWay(text) {
  const area = el("textarea", { class: "unseen" });
  area.value = text;
  page.parts.app.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

// --- The answer at its own address -------------------------------------------------------------------------------

async function showAnswer(id) {
  showConversation(newConversation());
  try {
    const answer = await getJson(`/api/answers/${id}`);
    page.conversation.exchanges.push({ question: answer.question, filters: answer.filters, state: "done", answer, claims: [] });
    page.shared = true; // it enters this browser's history only when something is asked after it
    showConversation(page.conversation);
  } catch (failure) {
    toast(failure.status === 404 ? t("answerGone") : failure.sentence || t(failure.key), null, true);
  }
}

function leaveShared() {
  page.shared = false;
  if (location.pathname !== "/") history.replaceState(null, "", "/");
}

// --- Conversations -----------------------------------------------------------------------------------------------

function freshConversation() {
  page.stop?.();
  leaveShared();
  if (location.hash) location.hash = "";
  showConversation(newConversation());
  if (!veryWide.matches) showRail(false);
  focusInput();
}

function openConversation(id, closeRail = true) {
  const found = id ? kept(id) : null;
  if (!found) {
    showConversation(newConversation());
    return;
  }
  page.stop?.();
  leaveShared();
  if (location.hash) location.hash = "";
  for (const exchange of found.exchanges.filter(({ state }) => state === "working")) Object.assign(exchange, { state: "stopped", failure: "interrupted" });
  showConversation(found);
  if (closeRail && !veryWide.matches) showRail(false);
}

function showConversation(conversation) {
  page.conversation = conversation;
  setCurrentId(conversation.exchanges.length && !page.shared ? conversation.id : null);
  fill(page.parts.exchanges);
  page.views = [];
  page.active = null;
  conversation.exchanges.forEach(addView);
  placeEvidence();
  drawStart();
  drawNext();
  page.rail.draw();
  document.title = conversation.exchanges.length ? `${titleOf(conversation)} – Hanmi` : "Hanmi";
  const last = page.views.at(-1);
  if (last) {
    activate(last);
    toNewest(last);
  } else scrollTo(0, 0);
}

function addView(exchange) {
  const view = exchangeView(exchange, act);
  page.views.push(view);
  page.parts.exchanges.append(view.element);
  return view;
}

function save(conversation = page.conversation) {
  if (page.shared && conversation === page.conversation) return;
  conversation.updated = new Date().toISOString();
  // What the rail renamed meanwhile stays.
  conversation.title = kept(conversation.id)?.title ?? conversation.title;
  if (!keep(conversation)) toast(t("storeFull"));
  if (conversation === page.conversation) {
    setCurrentId(conversation.id);
    document.title = `${titleOf(conversation)} – Hanmi`;
  }
  page.rail.draw();
}

function onDeleted(gone) {
  const here = gone.some(({ id }) => id === page.conversation.id);
  if (here) freshConversation();
  toast(t("deleted"), [t("undo"), () => {
    gone.forEach(keep);
    page.rail.draw();
    if (here) openConversation(gone.find(({ id }) => kept(id)).id);
  }]);
}

function busy() {
  if (page.stop) toast(t("busy"));
  return Boolean(page.stop);
}

// --- Evidence beside the answer, or under it on a phone ----------------------------------------------------------

/** The exchange whose evidence stands beside the conversation. */
function activate(view) {
  page.active = view;
  placeEvidence();
}

function placeEvidence() {
  const { evidence } = page.parts;
  for (const view of page.views) {
    if (!view.evidence) continue;
    if (wide.matches) {
      if (view !== page.active) view.evidence.remove();
    } else if (view.evidence.parentNode !== view.fold) view.fold.append(view.evidence);
  }
  const { active } = page;
  const cards = wide.matches ? active?.evidence : null;
  evidence.hidden = !cards;
  evidence.setAttribute("aria-label", t("evidence"));
  if (!cards) fill(evidence);
  else if (cards.parentNode !== evidence) {
    const nearest = cards.classList.contains("nearest");
    fill(evidence,
      el("h2", {}, nearest ? t("nearest") : t("evidence")),
      nearest ? el("p", { class: "quiet" }, t("nearestNote")) : "",
      page.views.length > 1 ? el("p", { class: "of" }, active.exchange.question) : "", cards);
    evidence.scrollTop = 0;
  }
}

let scrolled = false;
function onScroll() {
  if (scrolled || !wide.matches || page.views.length < 2) return;
  scrolled = true;
  requestAnimationFrame(() => {
    scrolled = false;
    const line = innerHeight * 0.4;
    const seen = page.views.filter((view) => view.element.getBoundingClientRect().top < line).at(-1) ?? page.views[0];
    const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const view = atEnd ? page.views.at(-1) : seen;
    if (view !== page.active && view.evidence) activate(view);
  });
}

function toNewest(view) {
  if (page.views.length < 2) scrollTo(0, 0);
  else view.element.scrollIntoView({ block: "start" });
}

// --- Views, language, theme --------------------------------------------------------------------------------------

function goTo(event, view) {
  event.preventDefault();
  location.hash = view === "library" ? "library" : "";
  if (!location.hash && view === "ask") history.replaceState(null, "", location.pathname + location.search);
  showView();
}

function showView() {
  const { parts } = page;
  const view = location.hash === "#library" ? "library" : "ask";
  parts.ask.hidden = view !== "ask";
  page.library.element.hidden = view !== "library";
  for (const tab of parts.app.querySelectorAll(".tab")) {
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
  working(page.stop);
  showConversation(page.conversation);
  page.root.querySelector(`.languages [lang="${code}"]`)?.focus();
}

function changeTheme() {
  const names = Object.keys(THEMES);
  setTheme(names[(names.indexOf(theme()) + 1) % names.length]);
  drawTheme();
}

function theme() {
  return document.documentElement.dataset.theme ?? "system";
}

function setTheme(name) {
  if (name in THEMES && name !== "system") document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  stored(THEME_KEY, name);
}

function drawTheme() {
  const name = t("theme")[theme()];
  page.parts.theme.textContent = THEMES[theme()];
  page.parts.theme.setAttribute("aria-label", name);
  page.parts.theme.title = name;
}

/** What this browser has stored under a key; with a value, stores it. Null where it stores nothing. */
function stored(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(key, value);
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function railOpen() {
  return veryWide.matches && (stored(RAIL_KEY) ?? (conversations().length ? "open" : "closed")) === "open";
}

function railShown() {
  return page.parts.app.classList.contains("rail-open");
}

function showRail(open, remember = false) {
  page.parts.app.classList.toggle("rail-open", open);
  page.rail.element.hidden = !open;
  page.parts.railButton.setAttribute("aria-expanded", String(open));
  if (remember && veryWide.matches) stored(RAIL_KEY, open ? "open" : "closed");
  if (remember && open) page.rail.element.querySelector("button")?.focus();
}

// --- Keys --------------------------------------------------------------------------------------------------------

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || page.reader.element.open) return;
  const target = event.composedPath()[0];
  if (event.key === "Escape") {
    escape();
    return;
  }
  if (target.matches?.("input, textarea, select")) return;
  const keys = { "/": () => focusInput(true), "?": showKeys, j: () => stepChips(1), k: () => stepChips(-1), o: openLit };
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
}

function escape() {
  for (const menu of page.root.querySelectorAll("details.menu[open]")) menu.open = false;
  if (!page.filters.panel.hidden) {
    page.filters.close();
    page.filters.button.focus();
  } else if (railShown() && !veryWide.matches) showRail(false);
  else page.root.activeElement?.blur();
}

function stepChips(by) {
  const chips = page.views.flatMap((view) => view.chips());
  if (!chips.length) return;
  const now = chips.indexOf(page.root.activeElement);
  const first = page.active?.chips()[0] ?? chips[0];
  const next = now < 0 ? first : chips[Math.max(0, Math.min(chips.length - 1, now + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function openLit() {
  const chip = page.root.activeElement?.matches?.(".chip") ? page.root.activeElement : page.active?.chips()[0];
  chip?.focus();
  chip?.click();
}

function showKeys() {
  const rows = t("keyList").map(([keys, words]) => el("div", {}, el("dt", {}, keys.split("  ").map((key) => el("kbd", {}, key))), el("dd", {}, words)));
  const dialog = el("dialog", { class: "keys", "aria-label": t("keys") }, el("h2", {}, t("keys")), el("dl", {}, rows),
    el("button", { type: "button", class: "action", on: { click: () => dialog.close() } }, t("close")));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  page.root.append(dialog);
  dialog.showModal();
}

function focusInput(always = false) {
  // Not where a keyboard would spring up over the answer.
  if (!always && !matchMedia("(pointer: fine)").matches) return;
  if (location.hash === "#library" && always) { location.hash = ""; showView(); }
  page.parts.input.focus({ preventScroll: true });
}

function toast(words, button = null, stays = false) {
  const { toast: box } = page.parts;
  clearTimeout(page.toastTimer);
  const close = () => { box.hidden = true; };
  fill(box, el("span", {}, words),
    button ? el("button", { type: "button", class: "link", on: { click: () => { close(); button[1](); } } }, button[0]) : "",
    stays ? el("button", { type: "button", class: "link", on: { click: close } }, t("close")) : "");
  box.hidden = false;
  if (!stays) page.toastTimer = setTimeout(close, TOAST_MS);
}

// --- Start -------------------------------------------------------------------------------------------------------

startLanguage();
setTheme(stored(THEME_KEY) ?? "system");
const shellNow = document.getElementById("hanmi");
if (shellNow) build(shellNow);
else {
  new MutationObserver((_changes, observer) => { // gradio puts the shell there when its own script has run
    const shell = document.getElementById("hanmi");
    if (!shell) return;
    observer.disconnect();
    build(shell);
  }).observe(document.documentElement, { childList: true, subtree: true });
}
