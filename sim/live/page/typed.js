/** Typing the value of a lever: a field in the place of its value, until Enter, Escape or leaving it. */
import { el } from "./dom.js";
import { number } from "./format.js";
import { limitText, modelled, shown, valueText } from "./units.js";
import { t, textOf } from "./words.js";

/**
 * Put a field in the place of a button until something has been typed.
 *
 * @param {Object} asked
 * @param {import("./types.js").Lever} asked.lever
 * @param {import("./types.js").Start} asked.start
 * @param {HTMLButtonElement} asked.button
 * @param {number} asked.value
 * @param {(answer: {value?: number, problem?: string, note?: string}) => void} asked.done  Not called after Escape.
 */
export function typeInstead({ lever, start, button, value, done }) {
  const label = t("lever.typed", { name: textOf(lever.label) });
  const field = lever.kind === "month" ? monthField(lever, start, value, label) : numberField(lever, value, label);
  let open = true;
  const close = (take, refocus) => {
    if (!open) return;
    open = false; // taking the field out makes it lose focus, which would close it twice
    field.replaceWith(button);
    if (refocus) button.focus();
    if (take) done(understood(lever, field.value));
  };
  field.addEventListener("blur", () => close(true, false));
  if (lever.kind === "month") field.addEventListener("change", () => done(understood(lever, field.value)));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault(); // else the button, which has the focus by then, would be pressed by the same key
      event.stopPropagation();
      close(event.key === "Enter", true);
    }
  });
  button.replaceWith(field);
  field.focus();
  field.select?.();
}

/** Return the value of a lever that a text means, on a step of it; or what is wrong with the text. */
function understood(lever, text) {
  const typed = Number(text.trim().replace(",", ".").replace("−", "-"));
  const limits = { low: limitText(lever, lever.low), high: limitText(lever, lever.high) };
  if (text.trim() === "" || Number.isNaN(typed)) return { problem: t("lever.not_a_number", limits) };
  const meant = lever.kind === "month" ? typed : modelled(lever, typed);
  if (meant < lever.low || meant > lever.high) return { problem: t("lever.out_of_range", limits) };
  const value = onStep(lever, meant);
  return value === meant ? { value } : { value, note: t("lever.rounded", { value: number(shown(lever, value), 2) }) };
}

function onStep({ low, high, step }, value) {
  const stepped = low + Math.round((value - low) / step) * step;
  return Math.min(high, Number(stepped.toPrecision(12)));
}

function numberField(lever, value, label) {
  const field = { type: "text", inputmode: "decimal", autocomplete: "off", class: "typed" };
  return el("input", { ...field, value: shown(lever, value), "aria-label": label });
}

function monthField(lever, start, value, label) {
  const months = Array.from({ length: lever.high - lever.low + 1 }, (_, index) => lever.low + index);
  const options = months.map((month) => el("option", { value: month }, valueText(lever, month, start)));
  const select = el("select", { class: "typed", "aria-label": label }, ...options);
  select.value = value;
  return select;
}
