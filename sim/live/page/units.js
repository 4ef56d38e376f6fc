/** Values of levers and amounts of money, in words. */
import { monthAfter, number, signed } from "./format.js";
import { has, t } from "./words.js";

const THOUSAND = 1e3;
const MILLION = 1e6;

/** Return the value of a lever as people read it: "40 families a month", "Aug 2025", "never". */
export function valueText(lever, value, start) {
  if (lever.off != null && value === lever.off) return t(offKey(lever));
  if (lever.kind === "month") return monthAfter(start.start, value - 1);
  return withUnit(lever, shown(lever, value));
}

/** Return a number of a lever as people read it, without what "off" is called. */
export const limitText = (lever, value) => (lever.kind === "month" ? number(value, 0) : numberText(lever, shown(lever, value)));

/** Return what people read for a value of the model, and the value for what they typed. */
export const shown = (lever, value) => tidy(value * (lever.scale ?? 1));
export const modelled = (lever, typed) => tidy(typed / (lever.scale ?? 1));

/** Return an amount of US dollars, in words: "38 million USD". */
export function money(dollars) {
  const size = Math.abs(dollars);
  if (size >= MILLION) return amount("usd.million", dollars / MILLION, size < 10 * MILLION ? 1 : 0);
  if (size >= 10 * THOUSAND) return amount("usd.thousand", dollars / THOUSAND, 0);
  return amount("usd", dollars, 0);
}

/** Return what doing nothing is called: a level that is left as it is, a month that never comes, or none of something. */
const offKey = ({ kind, as_is: asIs }) => (asIs ? "lever.as_is" : kind === "month" ? "lever.never" : "lever.off");

function amount(key, n, digits) {
  const whole = Number(n.toFixed(digits));
  return t(key, { n: whole });
}

function withUnit(lever, n) {
  const key = `unit.${lever.unit}`;
  const text = numberText(lever, n);
  return has(key) ? t(key, { n: text }, n) : `${text} ${lever.unit}`;
}

// A lever that goes both ways from nothing shows its sign.
const numberText = (lever, n) => (lever.low < 0 ? signed(n, Number.isInteger(n) ? 0 : 1) : number(n, 2));

// 0.07 * 100 is 7.000000000000001 in binary.
const tidy = (n) => Number(n.toPrecision(12));
