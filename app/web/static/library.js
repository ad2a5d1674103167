// The library: every article of the collection, to search, filter, sort and read; what could not be read, and why.

import { getJson } from "./api.js";
import { el, fill, printable, svg } from "./dom.js";
import { citedArticles } from "./history.js";
import { displayDate, kindName, language, number, t } from "./words.js";

const OUTLETS_IN_CHART = 8;
const BAR = { width: 5, gap: 1, height: 22 };
const COLUMNS = ["date", "headline", "outlet", "kind", "words", "cited"];

/** `element`, `show(collection)`, which reads the list anew, and `isOlderThan(collection)`. `openArticle(id)` opens the reader. */
export function makeLibrary(openArticle) {
  const library = {
    element: el("section", { class: "library", hidden: true }), openArticle, articles: [], failure: null,
    query: "", outlet: "", kind: "", sort: "date", down: true, collection: null,
  };
  library.show = (collection) => show(library, collection);
  library.isOlderThan = (collection) => Boolean(collection) && stateOf(collection) !== stateOf(library.collection);
  return library;
}

function stateOf(collection) {
  return `${collection?.index_generation} ${collection?.last_sync}`;
}

async function show(library, collection) {
  library.collection = collection;
  try {
    const cited = citedArticles();
    const { articles } = await getJson("/api/articles");
    library.articles = articles.map((one) => ({ ...one, cited: cited.get(one.id) ?? 0 }));
    library.failure = null;
  } catch (failure) {
    library.failure = failure;
  }
  draw(library);
}

function draw(library) {
  const rows = el("tbody", {});
  const found = el("p", { class: "quiet", role: "status" });
  const again = () => drawRows(library, rows, found);
  fill(library.element,
    el("h2", {}, t("library")),
    library.failure ? el("p", { class: "failed", role: "alert" }, library.failure.sentence || t("libraryFailed")) : "",
    library.articles.length ? "" : el("p", { class: "quiet" }, t("noArticlesHelp")),
    chart(library.articles),
    controls(library, again), found,
    el("div", { class: "table-frame" }, el("table", {}, heads(library), rows)),
    problems(library.collection));
  again();
}

// --- The table ---------------------------------------------------------------------------------------------------

function controls(library, again) {
  const search = el("input", { type: "search", "aria-label": t("search"), placeholder: t("search"), on: { input: (event) => { library.query = event.target.value; again(); } } });
  search.value = library.query;
  return el("div", { class: "controls" }, search, select(library, "outlet", t("everyOutlet"), again), select(library, "kind", t("everyKind"), again));
}

function select(library, name, every, again) {
  const values = [...new Set(library.articles.map((one) => one[name]).filter(Boolean))].sort();
  if (values.length < 2) return "";
  const options = [["", every], ...values.map((value) => [value, name === "kind" ? kindName(value) : value])].map(([value, words]) => {
    const option = el("option", {}, words);
    option.value = value;
    option.selected = value === library[name];
    return option;
  });
  return el("select", { "aria-label": every, on: { change: (event) => { library[name] = event.target.value; again(); } } }, options);
}

function heads(library) {
  return el("thead", {}, el("tr", {}, COLUMNS.map((name) => {
    const sorted = library.sort === name;
    const turn = () => {
      Object.assign(library, { sort: name, down: sorted ? !library.down : ["date", "words", "cited"].includes(name) });
      draw(library);
      library.element.querySelector(`th.col-${name} button`)?.focus();
    };
    return el("th", { class: `col-${name}`, scope: "col", "aria-sort": sorted ? (library.down ? "descending" : "ascending") : null },
      el("button", { type: "button", title: name === "cited" ? t("citedHelp") : t("sortBy", t(name)), on: { click: turn } },
        t(name), el("span", { class: "arrow", "aria-hidden": "true" }, sorted ? (library.down ? " ↓" : " ↑") : "")));
  })));
}

function drawRows(library, rows, found) {
  const list = sorted(library, library.articles.filter((one) => passes(library, one)));
  found.textContent = list.length || !library.articles.length ? t("found", list.length, library.articles.length) : t("none");
  fill(rows, ...list.map((one) => el("tr", {},
    el("td", { class: "col-date" }, displayDate(one.published, true) || t("undated")),
    el("td", { class: "col-headline" },
      el("button", { type: "button", class: "link", lang: one.lang || null, on: { click: () => library.openArticle(one.id) } }, one.title || t("untitled")),
      el("span", { class: "narrow-outlet" }, one.outlet ?? "")), // the outlet has no column of its own on a phone
    el("td", { class: "col-outlet" }, one.outlet ?? ""), el("td", { class: "col-kind" }, kindName(one.kind ?? "")),
    el("td", { class: "col-words" }, number(one.words)), el("td", { class: "col-cited" }, one.cited ? number(one.cited) : "–"))));
}

function passes({ query, outlet, kind }, one) {
  const told = [one.title, one.outlet, one.author, one.kind, kindName(one.kind ?? ""), one.published].join(" ").toLowerCase();
  return (!outlet || one.outlet === outlet) && (!kind || one.kind === kind)
    && query.toLowerCase().split(/\s+/).every((word) => told.includes(word));
}

function sorted({ sort, down }, list) {
  const key = { date: "published", headline: "title" }[sort] ?? sort;
  const order = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, language()));
  return list.sort((one, other) => {
    const [a, b] = [one[key] ?? "", other[key] ?? ""];
    if (a === "" || b === "") return (a === "") - (b === ""); // what is unknown comes last either way
    return (down ? -1 : 1) * order(a, b) || one.title.localeCompare(other.title);
  });
}

// --- Months by outlet --------------------------------------------------------------------------------------------

function chart(articles) {
  const dated = articles.filter(({ published }) => /^\d{4}-\d{2}/.test(published ?? ""));
  if (dated.length < 2) return "";
  const months = monthsBetween(dated.map(({ published }) => published.slice(0, 7)).sort());
  const rows = rowsOfChart(dated);
  const most = Math.max(...rows.flatMap(([, list]) => [...countMonths(list).values()]));
  const without = articles.length - dated.length;
  return el("figure", { class: "chart" },
    el("figcaption", {}, t("months"), el("span", { class: "quiet" }, ` ${displayDate(months[0], true)} – ${displayDate(months.at(-1), true)}`)),
    rows.map(([name, list]) => el("div", { class: "chart-row" }, el("span", { class: "chart-name" }, name), bars(name, list, months, most), el("span", { class: "chart-count" }, number(list.length)))),
    without ? el("p", { class: "quiet" }, t("noMonth", without)) : "");
}

function rowsOfChart(dated) {
  const by = Map.groupBy ? Map.groupBy(dated, ({ outlet }) => outlet || "–") : grouped(dated);
  const rows = [...by].sort((a, b) => b[1].length - a[1].length);
  if (rows.length <= OUTLETS_IN_CHART) return rows;
  const others = rows.slice(OUTLETS_IN_CHART - 1);
  return [...rows.slice(0, OUTLETS_IN_CHART - 1), [t("others", others.length), others.flatMap(([, list]) => list)]];
}

function grouped(dated) {
  const by = new Map();
  for (const one of dated) by.set(one.outlet || "–", [...(by.get(one.outlet || "–") ?? []), one]);
  return by;
}

function bars(name, list, months, most) {
  const counts = countMonths(list);
  const step = BAR.width + BAR.gap;
  const drawn = months.flatMap((month, index) => {
    const count = counts.get(month);
    if (!count) return [];
    const height = Math.max(2, Math.round((count / most) * (BAR.height - 2)));
    const title = svg("title");
    title.textContent = printable(`${displayDate(month)}: ${number(count)}`);
    return [svg("rect", { x: index * step, y: BAR.height - height, width: BAR.width, height }, title)];
  });
  const width = Math.max(months.length * step, 1);
  return svg("svg", {
    viewBox: `0 0 ${width} ${BAR.height}`, preserveAspectRatio: "none", role: "img",
    "aria-label": printable(t("monthsOf", name, list.length, displayDate(months[0]), displayDate(months.at(-1)))),
  }, ...drawn);
}

function countMonths(list) {
  const counts = new Map();
  for (const { published } of list) counts.set(published.slice(0, 7), (counts.get(published.slice(0, 7)) ?? 0) + 1);
  return counts;
}

function monthsBetween(sortedMonths) {
  const months = [];
  let [year, month] = sortedMonths[0].split("-").map(Number);
  for (let at = sortedMonths[0]; at <= sortedMonths.at(-1); at = `${year}-${String(month).padStart(2, "0")}`) {
    months.push(at);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
  return months;
}

// --- The last sync -----------------------------------------------------------------------------------------------

function problems(collection) {
  if (!collection) return "";
  const { problems: list = [], last_sync: when } = collection;
  const moment = when ? new Date(when).toLocaleString(language() === "ko" ? "ko-KR" : "en-GB", { dateStyle: "medium", timeStyle: "short" }) : "";
  return el("footer", { class: "ingest" },
    list.length ? el("details", {}, el("summary", {}, t("problems", list.length)), el("ul", {}, list.map(({ file, reason }) => el("li", {}, el("b", {}, file), ` ${reason}`)))) : "",
    moment ? el("p", { class: "quiet" }, t("lastSync", moment)) : "");
}
