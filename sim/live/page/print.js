/** What only the printed page says: which actions were moved, when, and with what it was simulated. */
import { byId, el } from "./dom.js";
import { today } from "./format.js";
import { valueText } from "./units.js";
import { say, t, textOf } from "./words.js";

/** @param {import("./types.js").View} view */
export function fillPrint({ start, frame, session }) {
  const moved = start.levers.filter((lever) => lever.id in session.effective());
  byId("print-actions").replaceChildren(...moved.map((lever) => el("li", {}, changeText(lever, session, start))));
  byId("print-none").hidden = moved.length > 0;
  say(byId("print-date"), "print.date", { date: today() });
  const { version, data_hash: hash } = start;
  say(byId("print-source"), "print.source", { version, hash, rows: frame.rows, seeds: frame.seeds });
}

function changeText(lever, session, start) {
  const [value, baseline] = [session.value(lever.id), lever.value].map((one) => valueText(lever, one, start));
  return t("print.change", { name: textOf(lever.label), value, baseline });
}
