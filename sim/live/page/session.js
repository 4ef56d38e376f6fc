/** What the room has set: actions, with undo and redo, and what is looked at. Kept in the address of the page. */
import { decode, encode } from "./link.js";

const ONE_STEP = 1000; // ms; moves of one lever closer together than this are undone together
const MOST_STEPS = 100;

export class Session {
  /** @param {import("./types.js").Start} start */
  constructor(start) {
    this.start = start;
    this.levers = new Map(start.levers.map((lever) => [lever.id, lever]));
    /** Set by the page: called after every change of settings. */
    this.onChange = () => {};
    this.read();
  }

  /** Take everything from the address and the history entry of this page; return what could not be taken. */
  read() {
    const link = decode(location.hash);
    const kept = history.state ?? {};
    this.refused = { unknown: [], bad: [] };
    this.settings = this.#admitted(link.settings);
    this.committed = this.settings;
    this.past = kept.past ?? [];
    this.future = kept.future ?? [];
    this.page = kept.page ?? Math.random().toString(36).slice(2);
    this.language = this.start.languages.includes(link.language) ? link.language : null;
    this.tab = this.start.outcomes.includes(link.tab) ? link.tab : this.start.outcomes[0];
    this.map = link.map === "change" || link.map === "level" ? link.map : null;
    this.slots = this.#admittedSlots(link.slots);
    this.guess = link.guess;
    this.hands = link.hands;
    this.#last = {};
    return this.refused;
  }

  /** Write everything into the address, without a new entry in the history of the browser. */
  save() {
    const { past, future, page } = this;
    try {
      history.replaceState({ past, future, page }, "", `#${encode(this)}`);
    } catch {
      // Browsers limit how often a page may do this; the next change writes it all.
    }
  }

  /** Return the value of a lever, now or in other settings. */
  value(id, settings = this.settings) {
    return settings[id] ?? this.levers.get(id).value;
  }

  /** Return whether a lever has nothing to hold on to: the one it needs is off. */
  isIdle(lever, settings = this.settings) {
    const master = this.levers.get(lever.needs);
    return Boolean(master) && master.off != null && this.value(master.id, settings) === master.off;
  }

  /** Return the settings that the model is asked about: without levers that move nothing as things are. */
  effective(settings = this.settings) {
    return Object.fromEntries(Object.entries(settings).filter(([id]) => !this.isIdle(this.levers.get(id), settings)));
  }

  /** Move a lever, without making a step to undo yet. */
  move(id, value) {
    const { [id]: _, ...others } = this.settings;
    this.settings = value === this.levers.get(id).value ? others : { ...others, [id]: value };
    this.#touched = id;
  }

  /** Make what has been moved since the last step a step that can be undone. */
  commit() {
    if (same(this.settings, this.committed)) return;
    const now = performance.now();
    const goesOn = this.#touched && this.#last.id === this.#touched && now - this.#last.at < ONE_STEP;
    if (!goesOn) this.past = [...this.past, this.committed].slice(-MOST_STEPS);
    this.#last = { id: this.#touched, at: now };
    this.#touched = null;
    this.future = [];
    this.committed = this.settings;
    this.save();
  }

  /** Set all levers at once, as one step. */
  replace(settings) {
    this.#touched = null;
    this.settings = this.#admitted(settings);
    this.commit();
    this.onChange();
  }

  undo() {
    this.#step("past", "future");
  }

  redo() {
    this.#step("future", "past");
  }

  #touched = null;
  #last = {};

  #step(from, to) {
    if (!this[from].length) return;
    this[to] = [...this[to], this.committed];
    this.settings = this.committed = this[from].at(-1);
    this[from] = this[from].slice(0, -1);
    this.#last = {};
    this.save();
    this.onChange();
  }

  /** Return slots of which anything is left. */
  #admittedSlots(slots) {
    const found = Object.entries(slots).map(([name, one]) => [name, this.#admitted(one), Object.keys(one).length]);
    const kept = found.filter(([, one, given]) => given === 0 || Object.keys(one).length > 0);
    return Object.fromEntries(kept.map(([name, one]) => [name, one]));
  }

  /** Return settings without unknown levers and values out of range, and note those. */
  #admitted(settings) {
    const found = {};
    for (const [id, value] of Object.entries(settings)) {
      const lever = this.levers.get(id);
      if (!lever) this.refused.unknown.push(id);
      else if (!(value >= lever.low && value <= lever.high)) this.refused.bad.push(id);
      else if (value !== lever.value) found[id] = value;
    }
    return found;
  }
}

/** Return whether two settings are the same. */
export const same = (one, other) => keyOf(one) === keyOf(other);

/** Return settings as one text, the same for the same settings. */
export const keyOf = (settings) => JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
