/** Four slots in which settings are kept, recalled, and compared with one another. */
import { byId, el } from "./dom.js";
import { number, signed } from "./format.js";
import { SLOTS } from "./link.js";
import { money, valueText } from "./units.js";
import { say, t, textOf } from "./words.js";
import { watchText } from "./watch.js";

export class Slots {
  /**
   * @param {import("./types.js").Start} start
   * @param {import("./session.js").Session} session
   * @param {{repaint: () => void, frameOf: (settings: Object) => Promise<import("./types.js").Frame>}} page
   */
  constructor(start, session, page) {
    Object.assign(this, { start, session, page, frames: {} });
    byId("slots-compare").addEventListener("click", () => this.#compare());
    byId("compare-close").addEventListener("click", () => byId("compare").close());
  }

  /** Ask for the results of slots that have none yet, such as those of a link. */
  fetch() {
    this.frames = {};
    for (const name of Object.keys(this.session.slots)) this.#fetch(name);
  }

  paint({ veiled }) {
    const filled = SLOTS.filter((name) => this.session.slots[name]);
    const free = SLOTS.find((name) => !this.session.slots[name]);
    const items = filled.map((name) => this.#item(name, veiled));
    this.#put([...items, ...(free ? [this.#save(free)] : [])]);
    byId("slots-compare").hidden = filled.length < 1 || veiled;
  }

  /** Replace the buttons only where they differ: who is on one with the keyboard would lose it. */
  #put(buttons) {
    const host = byId("slots");
    const there = [...host.children];
    const same = there.length === buttons.length && there.every((one, index) => one.isEqualNode(buttons[index]));
    if (!same) host.replaceChildren(...buttons);
  }

  async #fetch(name) {
    const settings = this.session.slots[name];
    try {
      const frame = await this.page.frameOf(settings);
      if (this.session.slots[name] === settings) this.frames[name] = frame;
    } catch {
      delete this.session.slots[name]; // the program refuses these settings: they are of another case
      this.session.save();
    }
    this.page.repaint();
  }

  #item(name, veiled) {
    const recall = el("button", { type: "button", on: { click: () => this.session.replace(this.session.slots[name]) } });
    const frame = this.frames[name];
    recall.textContent = frame && !veiled ? t("slots.value", { slot: name, ...this.#numbers(frame) }) : name;
    const key = veiled ? "slots.recall_veiled" : frame ? "slots.recall" : "slots.recall_pending";
    recall.title = t(key, { slot: name, ...(frame && this.#numbers(frame)) });
    const named = { class: "clear", "aria-label": t("slots.clear", { slot: name }) };
    const clear = el("button", { type: "button", ...named, on: { click: () => this.#clear(name) } }, "×");
    return el("span", { class: "slot" }, recall, clear);
  }

  #save(name) {
    const on = { click: () => this.#keep(name) };
    return el("button", { type: "button", id: "slot-save", on }, `+ ${t("slots.save", { slot: name })}`);
  }

  #keep(name) {
    this.session.slots = { ...this.session.slots, [name]: this.session.effective() };
    this.session.save();
    this.#fetch(name);
    this.page.repaint();
    byId("slot-save")?.focus();
  }

  #clear(name) {
    const { [name]: _, ...others } = this.session.slots;
    this.session.slots = others;
    delete this.frames[name];
    this.session.save();
    this.page.repaint();
    byId("slot-save")?.focus();
  }

  #numbers(frame, outcome = this.session.tab) {
    const { end, withheld } = frame.outcomes[outcome];
    if (withheld) return { value: "–", difference: "–" };
    const digits = Math.abs(end.difference) < 1 && end.difference !== 0 ? 1 : 0;
    return { value: number(end.actions, digits, digits), difference: signed(end.difference, digits) };
  }

  #compare() {
    const names = SLOTS.filter((name) => this.frames[name]);
    const head = [t("slots.row.outcome"), t("chart.baseline"), ...names];
    const outcomes = this.start.outcomes.map((one) => this.#outcomeRow(one, names));
    const rows = [this.#actionsRow(names), ...outcomes, ...this.#footRows(names)];
    byId("compare-table").replaceChildren(
      el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, ...rows),
    );
    say(byId("compare-note"), "slots.compare.note", { n: this.start.months });
    byId("compare").showModal();
  }

  #actionsRow(names) {
    const cells = names.map((name) => lines(actionsOf(this.session.slots[name], this.session, this.start)));
    return row(t("slots.row.actions"), t("slots.no_actions"), ...cells);
  }

  #outcomeRow(outcome, names) {
    const { end, withheld } = this.start.baseline.outcomes[outcome];
    const cells = names.map((name) => t("slots.cell", this.#numbers(this.frames[name], outcome)));
    return row(t(`outcome.${outcome}`), withheld ? "–" : number(end.baseline, 0), ...cells);
  }

  #footRows(names) {
    const frames = names.map((name) => this.frames[name]);
    const spent = frames.map((frame) => money(frame.money.spent.actions));
    const watch = frames.map((frame) => lines(frame.watch.slice(0, 2).map(watchText)));
    return [
      row(t("slots.row.spent"), money(this.start.baseline.money.spent.actions), ...spent),
      row(t("slots.row.watch"), "–", ...watch),
    ];
  }
}

/** Return what settings change, one text a lever: "Buses home: 40 families a month". */
function actionsOf(settings, session, start) {
  const changed = start.levers.filter((lever) => lever.id in settings);
  return changed.map((lever) => t("map.area", { name: textOf(lever.label), value: valueText(lever, settings[lever.id], start) }));
}

const row = (title, ...cells) =>
  el("tr", {}, el("th", { scope: "row" }, title), ...cells.map((cell) => el("td", {}, cell)));

const lines = (texts) => (texts.length ? el("ul", {}, ...texts.map((text) => el("li", {}, text))) : "–");
