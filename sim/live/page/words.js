/**
 * The words of the page. One flat catalogue a language; whole sentences, with numbers and names put in.
 *
 * A number `n` picks among the plural variants `key#one`, `key#few` and so on. English stands in for what another
 * catalogue lacks, marked as English, so that it is read and laid out as such.
 */
import { el } from "./dom.js";
import { number, pluralOf, useLocale } from "./format.js";

const catalogues = { en: {} };
let language = "en";

/** Load the catalogue of a language and use it from now on. */
export async function speak(chosen) {
  for (const code of new Set(["en", chosen])) catalogues[code] = await load(code);
  language = chosen;
  useLocale(has("locale") ? catalogues[language].locale : language);
  document.documentElement.lang = language;
  document.documentElement.dir = t("direction");
}

/** Return the language of the page. */
export const spoken = () => language;

/** Return whether the catalogue has a key, here or in English. */
export const has = (key) => key in catalogues[language] || key in catalogues.en;

/**
 * Return the text of a key, with values put in; numbers are written as the language writes them.
 *
 * `count` picks the plural where `n` itself is given as text, such as a number with its sign.
 */
export function t(key, values = {}, count = values.n) {
  const text = lookUp(catalogues[language], key, count) ?? lookUp(catalogues.en, key, count) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? written(values[name]) : whole));
}

/** Put the text of a key into an element, in which `<b>` and `<mark>` of the catalogue become elements. */
export function say(element, key, values = {}) {
  markLanguage(element, lookUp(catalogues[language], key, values.n) === undefined);
  element.replaceChildren(...marked(t(key, values)));
}

/** Return the text of a key as it is read aloud: without emphasis. */
export const plain = (key, values) => t(key, values).replace(/<\/?(b|mark)>/g, "");

/** Return words that were given in several languages, or by a key of the catalogue. */
export function textOf(label) {
  if (!label) return "";
  return label.key ? t(label.key) : (label[language] ?? label.en);
}

/** Put such words into an element. */
export function sayText(element, label) {
  const borrowed = label && (label.key ? !(label.key in catalogues[language]) : !label[language]);
  markLanguage(element, borrowed);
  element.textContent = textOf(label);
}

/** Fill every element that names a key: `data-t` its text, `data-t-label` its name, `data-t-title` its hint. */
export function translate(root = document) {
  for (const one of root.querySelectorAll("[data-t]")) say(one, one.dataset.t);
  for (const one of root.querySelectorAll("[data-t-label]")) one.setAttribute("aria-label", t(one.dataset.tLabel));
  for (const one of root.querySelectorAll("[data-t-title]")) one.title = t(one.dataset.tTitle);
}

async function load(code) {
  if (Object.keys(catalogues[code] ?? {}).length) return catalogues[code];
  const answer = await fetch(`/words/${code}.json`);
  return answer.ok ? answer.json() : {};
}

function lookUp(catalogue, key, count) {
  const variant = typeof count === "number" ? catalogue[`${key}#${pluralOf(count)}`] : undefined;
  return variant ?? catalogue[key];
}

const written = (value) => (typeof value === "number" ? number(value) : String(value ?? ""));

function marked(text) {
  const parts = text.split(/(<b>.*?<\/b>|<mark>.*?<\/mark>)/);
  return parts.filter(Boolean).map((part) => {
    const [, tag, inside] = /^<(b|mark)>(.*)<\/\1>$/.exec(part) ?? [];
    return tag ? el(tag, {}, inside) : part;
  });
}

function markLanguage(element, borrowed) {
  if (borrowed && language !== "en") {
    element.lang = "en";
    element.dir = "ltr";
  } else {
    element.removeAttribute("lang");
    element.removeAttribute("dir");
  }
}
