/** The actions: one slider each, made from what the program says there is. No lever is known to this file by name. */
import { byId, el } from "./dom.js";
import { typeInstead } from "./typed.js";
import { valueText } from "./units.js";
import { has, say, sayText, t, textOf } from "./words.js";

export class Levers {
  /**
   * @param {import("./types.js").Start} start
   * @param {import("./session.js").Session} session
   * @param {{onMove: (id: string, value: number, sent: number) => void, onRest: () => void}} hand
   *   What to do while a lever is moved, and when it is let go.
   */
  constructor(start, session, hand) {
    Object.assign(this, { start, session, hand });
    this.rows = new Map();
  }

  /** Make all levers anew, in the language of the page. */
  build() {
    const host = byId("levers");
    this.rows = new Map(this.start.levers.map((lever) => [lever.id, new Row(lever, this)]));
    host.replaceChildren(...this.start.groups.map((group) => this.#group(group)).filter(Boolean));
    this.show();
  }

  /** Show the values of the session, or of other settings. */
  show(settings = this.session.settings) {
    const { session } = this;
    for (const row of this.rows.values()) row.show(session.value(row.lever.id, settings), session.isIdle(row.lever, settings));
  }

  #group(name) {
    const rows = [...this.rows.values()].filter((row) => row.lever.group === name);
    if (!rows.length) return null;
    const title = el("h3", { id: `group-${name}` });
    say(title, `group.${name}`);
    return el("div", { role: "group", "aria-labelledby": title.id }, title, ...rows.map((row) => row.root));
  }
}

/** One lever: its name, its value, the slider, and what it was at the baseline once it has moved. */
class Row {
  constructor(lever, levers) {
    Object.assign(this, { lever, levers, start: levers.start, hand: levers.hand });
    this.id = `lever-${lever.id.replaceAll(".", "-")}`;
    this.name = el("span", { id: this.id, class: "lever-name" });
    sayText(this.name, lever.label);
    this.valueButton = el("button", { type: "button", class: "value", on: { click: () => this.#edit() } });
    this.range = this.#range();
    this.note = el("p", { class: "lever-note", role: "status" });
    this.changed = this.#changed();
    const { button, text } = this.#help();
    const slider = el("div", { class: "lever-slider" }, this.range, button);
    this.root = el("div", { class: "lever" }, this.#head(), slider, this.changed, this.note, text);
    this.root.classList.toggle("second", Boolean(lever.needs));
  }

  show(value, idle) {
    this.#tell(idle ? t("lever.needs", { name: textOf(this.#master().label) }) : "");
    const state = `${value} ${idle}`;
    if (state !== this.shown) this.#write(value, idle);
    this.shown = state; // while one lever is dragged the others need not be laid out again
  }

  #write(value, idle) {
    const { lever, start } = this;
    const text = valueText(lever, value, start);
    const moved = value !== lever.value;
    this.range.value = value;
    this.range.setAttribute("aria-valuetext", text);
    this.valueButton.textContent = text;
    this.valueButton.setAttribute("aria-label", t("lever.edit", { name: textOf(lever.label), value: text }));
    this.changed.hidden = !moved || idle;
    this.root.classList.toggle("moved", moved && !idle);
    this.root.classList.toggle("idle", idle);
    this.range.disabled = this.valueButton.disabled = idle;
  }

  #head() {
    return el("div", { class: "lever-head" }, this.name, el("span", { class: "lever-end" }, this.valueButton));
  }

  #range() {
    const { low, high, step } = this.lever;
    const on = {
      input: (event) => this.#moved(Number(this.range.value), event.timeStamp),
      change: () => this.hand.onRest(),
    };
    return el("input", { type: "range", min: low, max: high, step, "data-lever": this.lever.id, "aria-labelledby": this.id, on });
  }

  #changed() {
    const word = el("span", { id: `${this.id}-back` }, t("lever.back"));
    const title = t("lever.back.help", { name: textOf(this.lever.label) });
    const named = { title, "aria-labelledby": `${word.id} ${this.id}` };
    const back = el("button", { type: "button", class: "back", ...named, on: { click: () => this.#back() } }, "↺ ", word);
    const baseline = t("lever.baseline", { value: valueText(this.lever, this.lever.value, this.start) });
    return el("div", { class: "lever-changed" }, el("span", {}, baseline), back);
  }

  /** What the action does and what else it does, behind a small button; nothing where the catalogue has no words. */
  #help() {
    const kind = this.lever.about ?? this.lever.label.key?.split(".")[1];
    if (this.lever.needs || !kind || !has(`help.${kind}`)) return { button: "", text: "" };
    const text = el("p", { class: "lever-help", id: `${this.id}-help`, hidden: true });
    say(text, `help.${kind}`);
    const label = t("lever.about", { name: textOf(this.lever.label) });
    const named = { "aria-label": label, title: label, "aria-controls": text.id, "aria-expanded": "false" };
    const button = el("button", { type: "button", class: "about", ...named }, "?");
    button.addEventListener("click", () => {
      text.hidden = !text.hidden;
      button.setAttribute("aria-expanded", String(!text.hidden));
    });
    return { button, text };
  }

  #moved(value, sent) {
    this.hand.onMove(this.lever.id, value, sent);
    this.levers.show();
  }

  #back() {
    this.#moved(this.lever.value, performance.now());
    this.hand.onRest();
    this.range.focus();
  }

  #edit() {
    const { lever, start, levers, valueButton: button } = this;
    typeInstead({ lever, start, button, value: levers.session.value(lever.id), done: (answer) => this.#typed(answer) });
  }

  #typed({ value, problem, note }) {
    if (!problem && value !== this.levers.session.value(this.lever.id)) {
      this.#moved(value, performance.now());
      this.hand.onRest();
    }
    if (problem || note) this.#tell(problem ?? note, Boolean(problem));
  }

  #tell(text, isProblem = false) {
    if (this.note.textContent !== text) this.note.textContent = text;
    this.note.classList.toggle("problem", isProblem);
  }

  #master() {
    return this.levers.session.levers.get(this.lever.needs);
  }
}
