/** The footer: what the numbers rest on. */
import { byId } from "./dom.js";
import { monthAfter } from "./format.js";
import { same } from "./session.js";
import { say } from "./words.js";

/**
 * Write the footer.
 *
 * @param {import("./types.js").Start} start
 * @param {import("./types.js").Frame} frame  The newest there is.
 * @param {import("./types.js").Settings} asked  What it should be about.
 * @param {"preview"|"full"|null} busy  What is being waited for.
 */
export function paintFooter(start, frame, asked, busy) {
  const full = frame.kind === "full" && same(frame.settings, asked);
  const waiting = frame.kind === "preview" && busy !== "full" ? "footer.preview" : "footer.working";
  say(byId("foot-kind"), full ? "footer.full" : waiting, start.simulated);
  say(byId("foot-data"), "footer.data", { date: monthAfter(start.data_date) });
  say(byId("foot-version"), "footer.version", { version: start.version });
  byId("foot-fictional").hidden = !start.fictional;
}
