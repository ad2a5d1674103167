// The server's HTTP API. Whatever goes wrong comes out as a Failure with a sentence to show or a key of words.js.

export class Failure extends Error {
  /** `sentence`: what the server said; `key`: our own words for it, where it said nothing. */
  constructor(sentence, key) {
    super(sentence ?? key);
    this.sentence = sentence;
    this.key = key;
  }
}

/** The JSON at an address of ours. */
export async function getJson(path) {
  return readJson(await reach(path, {}));
}

/** The JSON that a POST of JSON gives. */
export async function postJson(path, body) {
  return readJson(await post(path, body));
}

/** A file made by the server: {name, blob}. */
export async function postForFile(path, body) {
  const reply = await post(path, body);
  if (!reply.ok) throw await failureOf(reply);
  const name = /filename\*=UTF-8''([^;]+)/.exec(reply.headers.get("content-disposition") ?? "");
  return { name: name ? decodeURIComponent(name[1]) : "hanmi", blob: await reply.blob() };
}

/**
 * Asks an exchange's question, and calls `heard(name, data)` for each event of the answer as it comes. Resolves when the answer is complete;
 * throws a Failure where it ends early, and AbortError where `signal` stopped it.
 */
export async function ask({ question, filters, engine, fresh }, history, signal, heard) {
  const reply = await post("/api/ask", { question, history, filters, ...(engine ? { engine } : {}), ...(fresh ? { fresh } : {}) }, { accept: "text/event-stream" }, signal);
  if (!reply.ok) throw await failureOf(reply);
  let complete = false;
  try {
    for await (const [name, data] of events(reply.body)) {
      if (name === "error") throw new Failure(data.error, "failed");
      heard(name, data);
      complete ||= name === "answer";
    }
  } catch (error) {
    if (error instanceof Failure || error.name === "AbortError") throw error;
    throw new Failure(null, "lost");
  }
  if (!complete) throw new Failure(null, "lost");
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      waiting += value;
      const blocks = waiting.split("\n\n");
      waiting = blocks.pop();
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // tells the server that nobody listens any more
  }
}

function parseEvent(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length ? [name, JSON.parse(data.join("\n"))] : null; // a comment keeps the line open and says nothing
}

function post(path, body, headers = {}, signal = undefined) {
  return reach(path, {
    method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body), signal,
  });
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(null, "offline");
  }
}

async function readJson(reply) {
  if (!reply.ok) throw await failureOf(reply);
  try {
    return await reply.json();
  } catch {
    throw new Failure(null, "failed");
  }
}

async function failureOf(reply) {
  const failure = new Failure(null, "failed");
  failure.status = reply.status;
  try {
    failure.sentence = (await reply.json()).error ?? null;
  } catch {
    // not JSON: our own words stand
  }
  return failure;
}
