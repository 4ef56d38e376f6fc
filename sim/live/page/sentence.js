/** The result as one whole sentence, and the tabs that say of which outcome. */
import { announce, byId, el } from "./dom.js";
import { decimalsThatAddUp, number, rounded } from "./format.js";
import { plain, say, t } from "./words.js";

const YEAR = 12;

/**
 * Return the sentence of a view, as a key of the catalogue and its values.
 *
 * @param {import("./types.js").View} view
 */
export function sentenceOf({ frame, start, session, veiled, moved }) {
  const outcome = session.tab;
  const result = frame.outcomes[outcome];
  const key = (ending) => `sentence.${outcome}.${ending}`;
  if (result.withheld) return [key("withheld"), {}];
  const values = { after: after(start.months), ...numbers(result.end) };
  if (veiled) return [key("ask"), values];
  if (!moved) return [key("start"), values];
  return [key(ending(result.end)), values];
}

/** Return "After 3 years", or in months where these are no whole years. */
export const after = (months) => {
  const years = months / YEAR;
  return Number.isInteger(years) ? t("after.years", { n: years }) : t("after.months", { n: months });
};

/** Write the sentence; read it aloud where it is the full result of something new. */
export function paintSentence(view) {
  const [key, values] = sentenceOf(view);
  say(byId("sentence"), key, values);
  if (view.veiled || view.frame.kind === "full") announceOnce(plain(key, values));
}

/** Make the tabs of outcomes; arrow keys, Home and End go from one to the next. */
export function buildTabs(start, session, onTab) {
  const tabs = start.outcomes.map((outcome) => tabOf(outcome, session, onTab));
  const host = byId("tabs");
  host.replaceChildren(...tabs);
  host.onkeydown = (event) => {
    const to = neighbour(event.key, start.outcomes.indexOf(session.tab), tabs.length);
    if (to === null) return;
    event.preventDefault();
    onTab(start.outcomes[to]);
    tabs[to].focus();
  };
}

/** Mark the tab that is shown, and say what its outcome means. */
export function paintTabs({ session }) {
  for (const tab of byId("tabs").children) {
    const chosen = tab.dataset.outcome === session.tab;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen) byId("result-body").setAttribute("aria-labelledby", tab.id);
  }
  say(byId("means"), `outcome.${session.tab}.means`);
}

let lastSaid = "";

function announceOnce(text) {
  if (text !== lastSaid) announce(text);
  lastSaid = text;
}

function ending({ difference, low, high }) {
  if ([difference, low, high].every((n) => rounded(n ?? 0, 1) === 0)) return "same";
  const likely = low !== null && high !== null;
  if (likely && low < 0 && high > 0) return "unclear";
  const way = difference < 0 ? "fewer" : "more";
  return likely ? way : `${way}_preview`;
}

function numbers(end) {
  const digits = decimalsThatAddUp(end);
  const write = (n) => number(n, digits, digits);
  const [near, far] = [Math.abs(end.low ?? 0), Math.abs(end.high ?? 0)].sort((a, b) => a - b);
  return {
    baseline: write(end.baseline),
    actions: write(end.actions),
    difference: write(Math.abs(end.difference)),
    low: write(near),
    high: write(far),
    fewer: write(Math.abs(Math.min(end.low ?? 0, 0))),
    more: write(Math.max(end.high ?? 0, 0)),
  };
}

function tabOf(outcome, session, onTab) {
  const on = { click: () => onTab(outcome) };
  const tab = el("button", { type: "button", role: "tab", id: `tab-${outcome}`, "aria-controls": "result-body", on });
  tab.dataset.outcome = outcome;
  say(tab, `outcome.${outcome}`);
  return tab;
}

function neighbour(key, at, count) {
  const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  if (key === forward) return (at + 1) % count;
  if (key === backward) return (at + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
