/** Where families are at the end: one stacked bar for the baseline, one with actions, and what the colours mean. */
import { byId, el } from "./dom.js";
import { list, number } from "./format.js";
import { say, t } from "./words.js";

const WIDE_ENOUGH = 4.5; // in 100: a narrower part has no room for its number

/** @param {import("./types.js").View} view */
export function paintBars({ start, frame, veiled }) {
  const { situations } = start;
  const actions = veiled ? veil() : bar("actions", situations, frame.bars.actions);
  byId("bars").replaceChildren(...bar("baseline", situations, frame.bars.baseline), ...actions);
  byId("bars-legend").replaceChildren(...situations.map(legend));
}

function bar(name, situations, values) {
  const parts = situations.map((situation) => part(situation, values[situation]));
  const said = situations.map((one) => t("bars.part", { outcome: t(`outcome.${one}`), n: rounded(values[one]) }));
  const label = `${t(`bars.${name}`)}: ${list(said)}`;
  return [title(name), el("div", { class: "bar", role: "img", "aria-label": label }, ...parts)];
}

function part(situation, value) {
  const one = el("span", { class: `part ${situation}` });
  one.style.flexGrow = value ?? 0;
  if (value >= WIDE_ENOUGH) one.textContent = number(value, 0);
  return one;
}

function veil() {
  const hidden = el("div", { class: "bar hidden" });
  say(hidden, "bars.hidden");
  return [title("actions"), hidden];
}

function title(name) {
  const text = el("span", { class: "bar-name", "aria-hidden": "true" });
  say(text, `bars.${name}`);
  return text;
}

function legend(situation) {
  const name = el("span", {});
  say(name, `outcome.${situation}`);
  return el("span", { class: "key" }, el("span", { class: `swatch part ${situation}` }), name);
}

const rounded = (n) => (n == null ? "–" : Math.round(n));
