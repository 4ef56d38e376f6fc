/** What the page has to say about itself: one message at a time, and a banner while the program does not answer. */
import { byId } from "./dom.js";
import { limitText } from "./units.js";
import { has, say, textOf } from "./words.js";

/** Let messages be closed. */
export function setUpNotices() {
  byId("notice-close").addEventListener("click", hide);
}

/** Show a message of the catalogue, and what the program adds to it. */
export function notice(key, values, more = []) {
  say(byId("notice-text"), key, values);
  byId("notice-text").append(...more.map((text) => ` ${text}`));
  byId("notice").hidden = false;
}

/** Take the message away. */
export function hide() {
  byId("notice").hidden = true;
}

/** Show or hide that the program does not answer. */
export function banner(down) {
  byId("banner").hidden = !down;
}

/**
 * Say why the program refused, in the words of the catalogue where it has them.
 *
 * @param {import("./server.js").Refusal} refusal
 * @param {Map<string, import("./types.js").Lever>} levers
 */
export function explain(refusal, levers) {
  const lever = levers.get(refusal.lever);
  const limits = lever && { name: textOf(lever.label), low: limitText(lever, lever.low), high: limitText(lever, lever.high) };
  const known = has(`error.${refusal.code}`) && (refusal.code !== "out_of_range" || lever);
  notice(known ? `error.${refusal.code}` : "error.failed", { text: refusal.text, ...limits });
}
