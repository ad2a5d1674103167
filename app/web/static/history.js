// Conversations, kept in this browser: each under a key of its own, and where two tabs have one open, what both asked.

const PREFIX = "hanmi.conversation.";
const CURRENT = "hanmi.current"; // of this tab
const TURNS = 12; // exchanges sent along with a question: a follow-up needs the last few
const AROUND = 200; // characters kept of a passage on either side of its quotation; more than a card shows

/** A conversation without questions; it is kept once it has one. */
export function newConversation() {
  const now = new Date().toISOString();
  return { id: newId(), title: "", created: now, updated: now, exchanges: [] };
}

/** An id of a conversation or an exchange. */
export function newId() {
  return crypto.randomUUID?.() ?? String(Math.random()).slice(2);
}

/** All conversations kept here, newest first. */
export function conversations() {
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      const conversation = key.startsWith(PREFIX) ? parsed(localStorage.getItem(key)) : null;
      if (conversation) found.push(conversation);
    }
  } catch {
    return [];
  }
  return found.sort((a, b) => String(b.updated).localeCompare(String(a.updated)));
}

/** The conversation with this id, or null. */
export function conversation(id) {
  try {
    return parsed(localStorage.getItem(PREFIX + id));
  } catch {
    return null;
  }
}

/** Keeps a conversation, with what another tab has added to it meanwhile. False where the browser's store is full or closed. */
export function keep(one) {
  const exchanges = joined(conversation(one.id)?.exchanges ?? [], one.exchanges);
  try {
    localStorage.setItem(PREFIX + one.id, JSON.stringify({ ...one, exchanges: exchanges.map(trimmed) }));
    return true;
  } catch {
    return false;
  }
}

/** Takes what another tab has kept of this conversation into it, but for answers still on their way; false where nothing is new. */
export function takeIn(one) {
  const stored = conversation(one.id);
  if (!stored) return false;
  const states = new Map(stored.exchanges.map((each) => [keyOf(each), each.state]));
  const ours = one.exchanges.filter((each) => each.state === "working" || (states.get(keyOf(each)) ?? "working") === "working");
  const mine = new Set(ours.map(keyOf));
  const exchanges = joined(stored.exchanges.filter((each) => each.state !== "working" || mine.has(keyOf(each))), ours);
  const before = JSON.stringify([one.title, one.exchanges.map(trimmed)]);
  Object.assign(one, { title: stored.title, exchanges });
  if (ours.some(({ state }) => state !== "working")) keep(one); // both tabs kept at once: theirs went over our answer
  return before !== JSON.stringify([one.title, exchanges.map(trimmed)]);
}

/** The id of the conversation that a change in the browser's store is about, or null. */
export function conversationOf({ key }) {
  return key?.startsWith(PREFIX) ? key.slice(PREFIX.length) : null;
}

/** The exchanges of both lists, in the order of the first; of one that is in both, that of the second. */
function joined(first, second) {
  const newer = new Map(second.map((each) => [keyOf(each), each]));
  const known = new Set(first.map(keyOf));
  return [...first.map((each) => newer.get(keyOf(each)) ?? each), ...second.filter((each) => !known.has(keyOf(each)))];
}

function keyOf({ id, answer, question }) {
  return id ?? answer?.id ?? question; // what was kept by an older version has no id
}

/** Forgets a conversation. */
export function forget(id) {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // nothing was kept
  }
}

/** The id of the conversation this tab shows, through a reload; null for none. */
export function currentId() {
  try {
    return sessionStorage.getItem(CURRENT);
  } catch {
    return null;
  }
}

/** Remembers which conversation this tab shows. */
export function setCurrentId(id) {
  try {
    if (id) sessionStorage.setItem(CURRENT, id);
    else sessionStorage.removeItem(CURRENT);
  } catch {
    // a reload then starts afresh
  }
}

/** How a conversation is listed: its own title, or its first question. */
export function titleOf(one) {
  return one.title || one.exchanges[0]?.question || "";
}

/** How often the answers kept here cite each article, by id. */
export function citedArticles() {
  const counts = new Map();
  for (const { exchanges } of conversations()) {
    for (const citation of exchanges.flatMap(({ answer }) => answer?.citations ?? [])) {
      counts.set(citation.article_id, (counts.get(citation.article_id) ?? 0) + 1);
    }
  }
  return counts;
}

/** The turns before an exchange, as the API wants them. */
export function turnsBefore(exchanges, count) {
  return exchanges.slice(Math.max(0, count - TURNS), count).filter(({ answer }) => answer?.text).flatMap(({ question, answer }) => [
    { role: "user", content: question }, { role: "assistant", content: answer.text },
  ]);
}

function parsed(value) {
  try {
    const one = JSON.parse(value);
    return one && typeof one.id === "string" && Array.isArray(one.exchanges) ? one : null;
  } catch {
    return null;
  }
}

/** The exchange with two lines of passage around each quotation; the rest would fill the browser's store five times as fast. */
export function trimmed(exchange) {
  if (!exchange.answer) return exchange;
  const { answer } = exchange;
  return {
    ...exchange, claims: [],
    answer: { ...answer, citations: answer.citations.map(trimPassage), nearest: answer.nearest.map(trimPassage) },
  };
}

function trimPassage(citation) {
  const { passage, start, end } = citation;
  const characters = Array.from(passage.text);
  const [first, last] = [Math.max(passage.start, start - AROUND), Math.min(passage.end, end + AROUND)];
  const text = characters.slice(first - passage.start, last - passage.start).join("");
  return { ...citation, passage: { start: first, end: last, text } };
}
