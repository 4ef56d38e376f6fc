/** What speaks against a gain, in words as prominent as the gain; and what it costs. */
import { byId, el } from "./dom.js";
import { list, number } from "./format.js";
import { money } from "./units.js";
import { has, say, t } from "./words.js";

const SHOWN = 2;
const IN_DOLLARS = new Set(["host_rent", "aid_withheld"]);
const IN_WHOLE_DOLLARS = new Set(["rent"]);

let unfolded = false;

/** Let the room see the less important ones as well, or fold them away; `repaint` paints the page again. */
export function setUpWatch(repaint) {
  byId("watch-more").addEventListener("click", () => {
    unfolded = !unfolded;
    repaint();
  });
}

/** @param {import("./types.js").View} view */
export function paintWatch(view) {
  const { frame, veiled, moved } = view;
  const found = veiled || !moved ? [] : frame.watch;
  const shown = unfolded ? found : found.slice(0, SHOWN);
  byId("watch").classList.toggle("quiet", found.length === 0);
  byId("watch").classList.toggle("unfolded", unfolded);
  byId("watch-list").tabIndex = unfolded && found.length > SHOWN ? 0 : -1; // it may scroll
  byId("watch-list").replaceChildren(...(found.length ? shown.map(warning) : [silence(view)]));
  paintMore(found.length - SHOWN);
}

/** Return a warning as one whole sentence. */
export function watchText({ rule, values }) {
  const write = IN_DOLLARS.has(rule) ? money : IN_WHOLE_DOLLARS.has(rule) ? (n) => n : (n) => number(n, 1, 1);
  const { actions, baseline, group } = values;
  return t(`watch.${rule}`, { ...values, actions: write(actions), baseline: write(baseline), group: groupName(group) });
}

/** Write what programmes and care cost. */
export function paintMoney({ frame, veiled, moved }) {
  const { spent, care } = frame.money;
  const likely = spent.low != null && spent.high != null && spent.low !== spent.high;
  const key = veiled || !moved ? "money.start" : likely ? "money.spent_likely" : "money.spent";
  say(byId("money"), key, {
    spent: money(spent.actions),
    spent_baseline: money(spent.baseline),
    care: money(care.actions),
    care_baseline: money(care.baseline),
    low: money(spent.low ?? 0),
    high: money(spent.high ?? 0),
  });
}

function warning(one) {
  return el("li", {}, watchText(one));
}

function silence({ veiled, moved }) {
  const item = el("li", {});
  say(item, veiled ? "watch.veiled" : moved ? "watch.none" : "watch.start");
  return item;
}

function paintMore(rest) {
  const button = byId("watch-more");
  button.hidden = rest <= 0;
  button.setAttribute("aria-expanded", String(unfolded));
  say(button, unfolded ? "watch.fewer" : "watch.more", { n: rest });
}

/** Return the words of a group: traits of the catalogue, joined by `|`, or a name as it is. */
function groupName(group) {
  const names = String(group ?? "").split("|");
  return list(names.map((name) => (has(`trait.${name}`) ? t(`trait.${name}`) : name)));
}
