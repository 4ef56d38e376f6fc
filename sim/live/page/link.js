/**
 * The state of the page as the fragment of its address, and back.
 *
 * `#set=buses:40,closing:14&lang=fr&tab=returned&A=closing:14&guess=returned:40`: short enough to read aloud, and all
 * there is to a session; nothing is stored elsewhere.
 */

/** Names of the slots. */
export const SLOTS = ["A", "B", "C", "D"];

/**
 * Return the fragment, without `#`, of a session.
 *
 * @param {{settings: Object<string, number>, language?: string, tab?: string, map?: string,
 *   slots?: Object<string, Object<string, number>>, guess?: Object|null, hands?: Object|null}} state
 */
export function encode({ settings, language, tab, map, slots = {}, guess, hands }) {
  const parts = {
    set: pairs(settings),
    lang: language,
    tab,
    map,
    ...Object.fromEntries(SLOTS.filter((name) => slots[name]).map((name) => [name, pairs(slots[name]) || "-"])),
    guess: guess && `${guess.outcome}:${guess.value}`,
    hands: hands && `${hands.outcome}:${hands.fewer},${hands.same},${hands.more}`,
  };
  const given = Object.entries(parts).filter(([, value]) => value);
  return given.map(([name, value]) => `${name}=${value}`).join("&");
}

/** Return the state that a fragment holds; what is missing or makes no sense is left out. */
export function decode(fragment) {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  const slots = SLOTS.filter((name) => given.get(name)).map((name) => [name, unpaired(given.get(name))]);
  return {
    settings: unpaired(given.get("set")),
    language: given.get("lang"),
    tab: given.get("tab"),
    map: given.get("map"),
    slots: Object.fromEntries(slots),
    guess: guessOf(given.get("guess")),
    hands: handsOf(given.get("hands")),
  };
}

const pairs = (settings) =>
  Object.entries(settings)
    .map(([id, value]) => `${encodeURIComponent(id)}:${value}`)
    .join(",");

function unpaired(text) {
  const found = (text ?? "").split(",").map((pair) => /^(.+):(-?[\d.]+(?:e-?\d+)?)$/.exec(pair));
  return Object.fromEntries(found.filter(Boolean).map(([, id, value]) => [id, Number(value)]));
}

function guessOf(text) {
  const found = /^(\w+):([\d.]+)$/.exec(text ?? "");
  return found && { outcome: found[1], value: Number(found[2]) };
}

function handsOf(text) {
  const found = /^(\w+):(\d+),(\d+),(\d+)$/.exec(text ?? "");
  if (!found) return null;
  const [fewer, same, more] = found.slice(2).map(Number);
  return { outcome: found[1], fewer, same, more };
}
