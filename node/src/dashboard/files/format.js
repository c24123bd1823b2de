// Numbers, times and addresses as people read them, and elements as the page is made of.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export const count = (value) => whole.format(value);

/** A figure with about three digits that count. */
export const figure = (value) => (Math.abs(value) < 100 ? tenth : whole).format(value);

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** A large number in three digits: 1.76M. */
export const rough = (value) => compact.format(value);

export const plural = (value, one, many = one + "s") => `${count(value)} ${value === 1 ? one : many}`;

/** Microseconds as a time with its unit. */
export function time(micros) {
  // No break between a number and its unit.
  if (micros < 1000) return `${figure(micros)}\u00a0µs`;
  if (micros < 1e6) return `${figure(micros / 1e3)}\u00a0ms`;
  return `${figure(micros / 1e6)}\u00a0s`;
}

export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  while (value >= 1024 && power < units.length - 1) {
    value /= 1024;
    power += 1;
  }
  return `${figure(value)}\u00a0${units[power]}`;
}

/** Lamports, which may be more than a double holds, as text with nine places. */
export function sol(lamports) {
  const digits = String(lamports).padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "");
  return `${BigInt(digits.slice(0, -9)).toLocaleString("en")}${fraction && "." + fraction} SOL`;
}

export const moment = (unixTime) => (unixTime ? new Date(unixTime * 1000).toLocaleString() : "unknown");

/** The begin and the end of an address or signature. */
export const short = (text, keep = 6) => (text.length > 2 * keep + 1 ? `${text.slice(0, keep)}…${text.slice(-keep)}` : text);

/** An element with attributes and children; text is text, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function drawing(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A link that looks something up. */
export function lookupLink(text, label = short(text)) {
  return element("a", { class: "mono", href: `#${encodeURIComponent(text)}`, title: text }, label);
}

/** A link that looks up a block. */
export const blockLink = (number, label = count(number)) => element("a", { href: `#${number}` }, label);

/** A bar of which `share`, 0 to 1, is filled. */
export function share(part) {
  const width = Math.max(0, Math.min(1, part)) * 100;
  const bar = drawing("rect", { width, height: 6 });
  return element("span", { class: "share", "aria-hidden": "true" }, drawing("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none" }, bar));
}

/** What stands where there is nothing yet, and what to do about it; `code` is a command. */
export const empty = (before, code, after = "") =>
  element("p", { class: "empty" }, before, ...(code ? [element("code", {}, code), after] : []));
