/** Numbers and months in the language of the page, in western digits. */

let locale = "en";
const made = new Map();

/** Write numbers and months as this locale does. */
export function useLocale(name) {
  locale = name;
  made.clear();
}

/** Return the plural category of a number, such as `one` or `few`. */
export const pluralOf = (n) => formatter("plural", () => new Intl.PluralRules(locale)).select(n);

/** Write a number with at most, or exactly, so many decimals. */
export function number(n, most = 1, least = 0) {
  const options = { minimumFractionDigits: least, maximumFractionDigits: most };
  return formatter(`number ${most} ${least}`, () => new Intl.NumberFormat(locale, options)).format(tidy(n, most));
}

/** Write a number with its sign; zero has none. */
export function signed(n, digits = 0) {
  const options = { signDisplay: "exceptZero", minimumFractionDigits: digits, maximumFractionDigits: digits };
  return formatter(`signed ${digits}`, () => new Intl.NumberFormat(locale, options)).format(n).replace("-", "−");
}

/** Write things one after the other, as a list of this language. */
export function list(items) {
  return formatter("list", () => new Intl.ListFormat(locale, { type: "unit", style: "long" })).format(items);
}

/** Write the calendar month so many months after `2024-07`, as in Aug 2025. */
export function monthAfter(start, months = 0) {
  const [year, month] = start.split("-").map(Number);
  const options = { month: "short", year: "numeric", timeZone: "UTC" };
  const day = Date.UTC(year, month - 1 + months, 1);
  return formatter("month", () => new Intl.DateTimeFormat(locale, options)).format(day);
}

/** Write today's date. */
export const today = () => new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date());

/**
 * Return the fewest decimals, none or one, with which a baseline and a difference add up to what is shown with actions:
 * a room does the sum in its head, and 44, 33 and "12 fewer" would cost its trust.
 */
export function decimalsThatAddUp({ baseline, actions, difference }) {
  if (difference === 0) return 0;
  const size = Math.round(Math.abs(difference));
  const whole = Math.abs(Math.round(actions) - Math.round(baseline)) === size;
  return whole && size !== 0 ? 0 : 1;
}

/** Round to so many decimals. */
export const rounded = (n, digits) => Math.round(n * 10 ** digits) / 10 ** digits;

// Without it, -0.04 would be written "-0".
const tidy = (n, digits) => rounded(n, digits) + 0;

function formatter(name, make) {
  if (!made.has(name)) made.set(name, make());
  return made.get(name);
}
