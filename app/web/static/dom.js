// The only ways this page makes elements and addresses. Words reach the document as text nodes and nothing else, so
// what an article or a model writes can never become an element, a script or a style.

const KEPT_CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g; // all of Unicode's Cc but tab and line feed

/** The text without control characters; line breaks stay. */
export function printable(text) {
  return String(text ?? "").replace(/\r\n?/g, "\n").replace(KEPT_CONTROLS, "");
}

/**
 * An element. `props`: "class", "on" (an object of listeners), properties such as `hidden` or `value`, and attributes
 * (names with a hyphen, and role, for, lang, href …). Children: elements, or strings that become text; null is left out.
 */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  return fill(element, ...children);
}

/** Gives an element other children, as `el` takes them, in place of those it has. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== "").map(asNode));
  return element;
}

function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
  else if (name === "class") element.className = value;
  else if (name in element && typeof value !== "string") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(printable(child));
}

/** An SVG element with attributes; for the chart alone. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The address if it is http or https with a host and nothing invisible in it, else null. */
export function webAddress(url) {
  const address = String(url ?? "").trim();
  if (!address || /[\s\p{Cc}\p{Cf}]/u.test(address) || !/^https?:\/\/[^/]/i.test(address)) return null;
  try {
    const { protocol, hostname } = new URL(address);
    return (protocol === "http:" || protocol === "https:") && hostname ? address : null;
  } catch {
    return null;
  }
}

const FRAGMENT_WORDS = 5; // at either end of a long quotation: enough to be unique, few enough to survive an edit

/** The original's address with a text fragment that scrolls to the quotation, or null without a usable address. */
export function addressOfQuote(url, quote) {
  const address = webAddress(url);
  if (!address) return null;
  // Whole words only: a browser matches at word ends, and a Korean word ends at a space, not at a syllable.
  const words = printable(quote).split(/\s+/).filter(Boolean);
  if (!words.length) return address;
  const long = words.length > 2 * FRAGMENT_WORDS + 2;
  const ends = long ? [words.slice(0, FRAGMENT_WORDS), words.slice(-FRAGMENT_WORDS)] : [words];
  const fragment = ends.map((end) => encodeFragment(end.join(" "))).join(",");
  return `${address}${address.includes("#") ? "" : "#"}:~:text=${fragment}`;
}

function encodeFragment(words) {
  try {
    return encodeURIComponent(words).replace(/-/g, "%2D"); // a hyphen parts prefix and suffix in a text fragment
  } catch {
    return ""; // half a surrogate pair has no encoding
  }
}

/** Python counts characters, JavaScript UTF-16 units: a function from the one to the other for this text. */
export function unitsOf(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (index) => Math.max(0, Math.min(index, text.length));
  const starts = [];
  let unit = 0;
  for (const character of text) {
    starts.push(unit);
    unit += character.length;
  }
  return (index) => (index >= starts.length ? text.length : starts[Math.max(0, index)]);
}

/** Scrolls the nearest scrolling ancestor alone, so that lighting a card never moves the answer. */
export function showInside(scroller, element) {
  const [frame, box] = [scroller.getBoundingClientRect(), element.getBoundingClientRect()];
  const margin = 16;
  if (box.top < frame.top + margin) scroller.scrollTop -= frame.top + margin - box.top;
  else if (box.bottom > frame.bottom - margin) {
    scroller.scrollTop += Math.min(box.bottom - frame.bottom + margin, box.top - frame.top - margin);
  }
}
