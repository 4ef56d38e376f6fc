/**
 * The fan chart: an outcome month by month, at the baseline and with actions, each with the band of half of all runs
 * and that of 90 in 100.
 *
 * Time runs from left to right in every language, as in the printed charts that Arabic readers of this field know.
 */
import { byId, hiddenTable, svg } from "./dom.js";
import { number } from "./format.js";
import { t } from "./words.js";

const MARGIN = { top: 26, bottom: 24, start: 34, end: 104 };
const CEILINGS = [10, 25, 50, 100];
const ROOM_ABOVE = 1.1; // a baseline that nearly fills the axis leaves actions no room
const STEPS = 5;
const LABEL_HEIGHT = 16;
const YEAR = 12;

export class Chart {
  constructor() {
    this.root = byId("chart");
    this.table = byId("chart-table");
    this.ceilings = new Map();
    this.view = null;
    new ResizeObserver(() => this.view && this.paint(this.view)).observe(this.root.parentElement);
  }

  /** @param {import("./types.js").View} view */
  paint(view) {
    this.view = view;
    const outcome = view.session.tab;
    const result = view.frame.outcomes[outcome];
    const scale = this.#scale(result, outcome, view);
    this.root.setAttribute("viewBox", `0 0 ${scale.width} ${scale.height}`);
    this.root.setAttribute("aria-label", nameOf(view, result));
    const lines = result.withheld ? [] : linesOf(result, scale, view);
    this.root.replaceChildren(...axes(result.months, scale), ...lines);
    if (view.frame.kind === "full") this.table.replaceChildren(...tableOf(result, view));
  }

  /** Return where months and numbers lie; the top of an outcome's axis is set once, and raised only by a line above it. */
  #scale(result, outcome, { start }) {
    const { width, height } = this.root.parentElement.getBoundingClientRect();
    const first = this.ceilings.get(outcome) ?? ceiling(start.baseline.outcomes[outcome].baseline.high, ROOM_ABOVE);
    const top = Math.max(first, ceiling(result.actions.high, 1));
    this.ceilings.set(outcome, top);
    return scaleOf(Math.max(width, 200), Math.max(height, 90), top, result.months.at(-1));
  }
}

function scaleOf(width, height, top, months) {
  const [left, right] = [MARGIN.start, width - MARGIN.end];
  const [above, below] = [MARGIN.top, height - MARGIN.bottom];
  return {
    ...{ width, height, top, left, right, above, below },
    x: (month) => left + ((right - left) * month) / months,
    y: (n) => below - ((below - above) * n) / top,
  };
}

function ceiling(values, room) {
  const most = Math.max(0, ...values.filter((n) => n !== null)) * room;
  return CEILINGS.find((top) => most <= top) ?? CEILINGS.at(-1);
}

function axes(months, scale) {
  const ticks = Array.from({ length: STEPS + 1 }, (_, step) => (scale.top * step) / STEPS);
  const across = ticks.flatMap((n) => [
    svg("line", { class: "grid", x1: scale.left, x2: scale.right, y1: scale.y(n), y2: scale.y(n) }),
    svg("text", { class: "tick", x: scale.left - 6, y: scale.y(n) + 4, "text-anchor": "end" }, number(n)),
  ]);
  const times = timesOf(months.at(-1)).map((month) =>
    svg("text", { class: "tick", x: scale.x(month), y: scale.below + 18, "text-anchor": "middle" }, timeName(month)),
  );
  const unit = svg("text", { class: "tick", x: 0, y: 11 }, t("chart.axis"));
  return [...across, ...times, unit];
}

/** Return the months that the axis names: whole years, or every third month of a short run. */
function timesOf(last) {
  const step = last >= 2 * YEAR ? YEAR : 3;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

function timeName(month) {
  if (month === 0) return t("chart.now");
  return month % YEAR ? t("chart.month", { n: month }) : t("chart.year", { n: month / YEAR });
}

function linesOf(result, scale, view) {
  const fans = [...fan(result, "baseline", scale), ...(view.veiled ? [] : fan(result, "actions", scale))];
  const guess = guessOf(view, scale);
  const ends = [
    { name: "baseline", n: result.end.baseline, text: t("chart.baseline") },
    !view.veiled && { name: "actions", n: result.end.actions, text: t("chart.actions") },
    guess && { name: "guess", n: view.session.guess.value, text: t("chart.guess", { n: view.session.guess.value }) },
  ].filter(Boolean);
  return [...fans, ...(guess ? [guess] : []), ...labels(ends, scale)];
}

function fan(result, name, scale) {
  const { months, [name]: series } = result;
  return [
    svg("path", { class: `band wide ${name}`, d: area(months, series.low, series.high, scale) }),
    svg("path", { class: `band narrow ${name}`, d: area(months, series.q25, series.q75, scale) }),
    svg("path", { class: `line ${name}`, d: line(months, series.mean, scale) }),
    ...dots(months, series.mean, name, scale),
  ];
}

/** Mark the moments of an outcome that is counted only now and then. */
function dots(months, means, name, scale) {
  if (months.length > YEAR) return [];
  const at = months.map((month, index) => [scale.x(month), scale.y(means[index])]);
  return at.map(([cx, cy]) => svg("circle", { class: `dot ${name}`, cx, cy, r: 3.5 }));
}

const points = (months, values, scale) =>
  months.map((month, index) => `${scale.x(month).toFixed(1)},${scale.y(values[index]).toFixed(1)}`);

const line = (months, values, scale) => `M${points(months, values, scale).join("L")}`;

const area = (months, low, high, scale) =>
  `M${[...points(months, high, scale), ...points(months, low, scale).reverse()].join("L")}Z`;

function guessOf({ session }, scale) {
  if (session.guess?.outcome !== session.tab) return null;
  const [x, y] = [scale.right, scale.y(Math.min(session.guess.value, scale.top))];
  return svg("path", { class: "guess", d: `M${x},${y - 8}l8,8l-8,8l-8,-8Z` });
}

/** Return labels beside the ends of lines, moved apart where they would overlap. */
function labels(ends, scale) {
  const placed = [...ends].sort((a, b) => b.n - a.n).map((end) => ({ ...end, y: scale.y(Math.min(end.n, scale.top)) }));
  for (let i = 1; i < placed.length; i++) placed[i].y = Math.max(placed[i].y, placed[i - 1].y + LABEL_HEIGHT);
  const over = Math.max(0, (placed.at(-1)?.y ?? 0) - scale.below);
  const x = scale.right + 11;
  return placed.map(({ name, text, y }) => svg("text", { class: `end ${name}`, x, y: y - over + 4 }, text));
}

function nameOf({ session, start, veiled }, { end, withheld }) {
  const outcome = t(`outcome.${session.tab}`);
  if (withheld) return `${outcome}. ${t(`sentence.${session.tab}.withheld`)}`;
  const values = { outcome, n: start.months, baseline: end.baseline, actions: end.actions };
  return t(veiled ? "chart.label_veiled" : "chart.label", values);
}

function tableOf(result, { session, veiled }) {
  const head = [t("chart.time"), t("chart.baseline"), t("chart.actions")];
  const shown = result.withheld ? [] : timesOf(result.months.at(-1)).filter((month) => result.months.includes(month));
  const rows = shown.map((month) => {
    const at = result.months.indexOf(month);
    return [timeName(month), range(result.baseline, at), veiled ? t("bars.hidden") : range(result.actions, at)];
  });
  const outcome = t(`outcome.${session.tab}`);
  return hiddenTable(t("chart.table", { outcome }), head, rows);
}

const range = ({ mean, low, high }, at) => t("chart.range", { mean: mean[at], low: low[at], high: high[at] });
