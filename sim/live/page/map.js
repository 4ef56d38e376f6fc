/** The map: a level by area in five steps of blue, or its change in five from orange to purple; and a legend. */
import { byId, el, hiddenTable, svg } from "./dom.js";
import { number, signed } from "./format.js";
import { say, t } from "./words.js";

const STEPS = 5;
const PER_100 = [-10, -2, 2, 10]; // changes, in 100 families
const RENT_SHARES = [-0.1, -0.02, 0.02, 0.1]; // of the dearest rent at the baseline
const NICE = [1, 2, 2.5, 5, 10];
const DRAWN_WITH_NAMES = 8; // areas; more names than that would cover one another
const ROOM_FOR_NAMES = 0.65; // px on the screen for one unit of the map

export class AreaMap {
  /**
   * @param {import("./types.js").Start} start
   * @param {import("./session.js").Session} session
   * @param {() => void} repaint
   */
  constructor(start, session, repaint) {
    Object.assign(this, { start, session, repaint });
    this.of = null; // the outcome chosen for the map; none: that of the tab, where the map has it
    this.paths = start.map.areas.map((area, index) => this.#path(area, index));
    this.labels = start.map.areas.map(({ label: [x, y] }) => svg("text", { class: "area-label", x, y }));
    this.root = byId("map");
    this.root.setAttribute("viewBox", `0 0 ${start.map.width} ${start.map.height}`);
    this.root.replaceChildren(hatch(), svg("g", {}, ...this.paths), svg("g", { "aria-hidden": "true" }, ...this.labels));
    this.root.addEventListener("keydown", (event) => this.#go(event));
    this.root.addEventListener("pointerleave", () => this.#tip(null));
    for (const button of document.querySelectorAll("[data-map]")) button.addEventListener("click", () => this.#choose(button));
    new ResizeObserver(() => this.#keepTextSize()).observe(this.root);
    byId("map-of").addEventListener("change", (event) => this.#show(event.target.value));
  }

  /** Make the list of outcomes that the map can show, in the language of the page. */
  build() {
    const options = Object.keys(this.start.baseline.areas).map((one) => el("option", { value: one }, t(`outcome.${one}`)));
    byId("map-of").replaceChildren(...options);
  }

  /** Follow the tab again, where the map has its outcome. */
  follow() {
    this.of = null;
  }

  /** @param {import("./types.js").View} view */
  paint({ frame, veiled, moved }) {
    const has = Object.keys(frame.areas);
    const outcome = this.of ?? (has.includes(this.session.tab) ? this.session.tab : has[0]);
    const change = !veiled && moved && (this.session.map ?? "change") === "change";
    const values = frame.areas[outcome][change ? "change" : "level"];
    const classes = change ? this.#changes(outcome) : this.#levels(outcome);
    this.shown = { outcome, change, classes, values };
    this.paths.forEach((path, index) => this.#colour(path, index));
    this.#controls(outcome, change, veiled, moved);
    byId("map-legend").replaceChildren(...legend(classes, change, values.includes(null)));
    if (frame.kind === "full") this.#table();
  }

  /** Names are as large on the screen whatever size the map is. */
  #keepTextSize() {
    const { width, height } = this.root.getBoundingClientRect();
    const scale = Math.min(width / this.start.map.width, height / this.start.map.height);
    if (scale > 0) this.root.style.setProperty("--px", `${1 / scale}px`);
    this.root.classList.toggle("small", scale < ROOM_FOR_NAMES);
  }

  #path({ path, pcode }, index) {
    const on = { pointerenter: () => this.#tip(index), focus: () => this.#tip(index), blur: () => this.#tip(null) };
    return svg("path", { d: path, class: "area", role: "img", tabindex: index ? -1 : 0, "data-pcode": pcode, on });
  }

  #colour(path, index) {
    const { change, classes, values } = this.shown;
    const value = values[index];
    const step = value === null ? "withheld" : `${change ? "change" : "level"}-${classOf(value, classes)}`;
    path.setAttribute("class", `area ${step}`);
    path.setAttribute("aria-label", this.#words(index));
    const { label } = this.start.map.areas[index];
    const number = value === null ? "" : this.#number(value);
    const rows = [...this.#name(index), [number, ""]];
    const spans = rows.map(([text, kind], row) => svg("tspan", { x: label[0], dy: row ? "1.15em" : "0", class: kind }, text));
    this.labels[index].replaceChildren(...spans);
  }

  /** Return the name to be drawn on an area, none where names would cover one another: on tiles, one that fits. */
  #name(index) {
    const { kind, areas } = this.start.map;
    if (kind === "tiles") return [[areas[index].short, "tile-name"]];
    return areas.length <= DRAWN_WITH_NAMES ? [[areas[index].name, "area-name"]] : [];
  }

  #words(index) {
    const value = this.shown.values[index];
    const { name } = this.start.map.areas[index];
    if (value === null) return t("map.area", { name, value: t("map.withheld") });
    const step = this.shown.classes[classOf(value, this.shown.classes)];
    return `${t("map.area", { name, value: this.#number(value) })} (${stepName(step, this.shown.change)})`;
  }

  #number(value) {
    return this.shown.change ? signed(value, Math.abs(value) < 2 ? 1 : 0) : number(value, 0);
  }

  /** Return steps of a level, the same for the whole session: even, from nothing (rents: from near the lowest). */
  #levels(outcome) {
    const levels = this.#known(outcome);
    const low = outcome === "rent" ? Math.min(...levels) * 0.9 : 0;
    const step = nice((Math.max(...levels, 1) - low) / STEPS);
    const first = Math.ceil(low / step) * step;
    return steps([1, 2, 3, 4].map((n) => first + n * step));
  }

  #changes(outcome) {
    if (outcome !== "rent") return steps(PER_100);
    const dearest = Math.max(...this.#known("rent"));
    return steps(RENT_SHARES.map((share) => Math.sign(share) * nice(Math.abs(share) * dearest)));
  }

  #known(outcome) {
    const known = this.start.baseline.areas[outcome].level.filter((n) => n !== null);
    return known.length ? known : [0];
  }

  #choose(button) {
    this.session.map = button.dataset.map;
    this.session.save();
    this.repaint();
  }

  #show(outcome) {
    this.of = outcome;
    this.repaint();
  }

  #controls(outcome, change, veiled, moved) {
    byId("map-of").value = outcome;
    for (const button of document.querySelectorAll("[data-map]")) {
      button.setAttribute("aria-pressed", String((button.dataset.map === "change") === change));
      button.disabled = button.dataset.map === "change" && (veiled || !moved);
    }
    this.root.setAttribute("aria-label", t("map.label", { outcome: t(`outcome.${outcome}`) }));
    say(byId("map-unit"), veiled ? "map.hidden" : `map.${change ? "of_change" : "of"}.${outcome}`);
  }

  #table() {
    const { outcome, values } = this.shown;
    const rows = this.start.map.areas.map(({ name }, index) => {
      return [name, values[index] === null ? t("map.withheld") : this.#number(values[index])];
    });
    const title = t(`outcome.${outcome}`);
    byId("map-table").replaceChildren(...hiddenTable(t("map.table", { outcome: title }), [t("map.area_column"), title], rows));
  }

  #tip(index) {
    const tip = byId("map-tip");
    tip.hidden = index === null || !this.shown;
    if (!tip.hidden) tip.textContent = this.#words(index);
  }

  /** Arrow keys go from area to area, in the order of the list. */
  #go(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = this.paths.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = this.paths.at((at + step) % this.paths.length);
    this.paths[at].setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
  }
}

/** Return the heading of the map, as a key of the catalogue and its values. */
export function mapTitle(months) {
  const years = months / 12;
  return Number.isInteger(years) ? ["map.title.years", { n: years }] : ["map.title.months", { n: months }];
}

/** Return classes from their inner borders, lowest first. */
const steps = (borders) =>
  [...borders, null].map((high, index) => ({ low: index ? borders[index - 1] : null, high }));

const classOf = (value, classes) => classes.findIndex(({ high }) => high === null || value < high);

/** Return the round number at or above a size. */
function nice(size) {
  if (!(size > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(size));
  return NICE.find((one) => size <= one * power * 1.0001) * power;
}

function stepName({ low, high }, change) {
  const write = (n) => (change ? signed(n) : number(n));
  if (low === null) return t("map.under", { high: write(high) });
  return high === null ? t("map.over", { low: write(low) }) : t("map.between", { low: write(low), high: write(high) });
}

function legend(classes, change, anyWithheld) {
  const keys = classes.map((one, index) => key(`${change ? "change" : "level"}-${index}`, stepName(one, change)));
  return anyWithheld ? [...keys, key("withheld", t("map.withheld"))] : keys;
}

function key(name, text) {
  const swatch = svg("svg", { class: "swatch", viewBox: "0 0 18 12", "aria-hidden": "true" });
  swatch.append(svg("rect", { class: `area ${name}`, width: 18, height: 12 }));
  return el("span", { class: "key" }, swatch, el("span", {}, text));
}

/** Return the pattern of areas with too few families to show. */
function hatch() {
  const line = svg("path", { d: "M0,6L6,0M-1,1L1,-1M5,7L7,5", class: "hatch-line" });
  const ground = svg("rect", { width: 6, height: 6, class: "hatch-ground" });
  return svg("defs", {}, svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse" }, ground, line));
}
