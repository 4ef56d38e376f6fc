/** Making elements. Text goes in as text, never as markup, so that no name of an area or an action can become code. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an HTML element.
 *
 * @param {string} tag
 * @param {Object<string, any>} [attributes]  `on` holds listeners; false and null leave an attribute out.
 * @param {...(Node|string)} children
 */
export function el(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** Make an SVG element; parameters as of `el`. */
export function svg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

/** Return the element of the page with this id. */
export const byId = (id) => document.getElementById(id);

/** Say something to a screen reader, once. */
export function announce(text) {
  byId("spoken").textContent = text;
}

/** Make a table that is read and not seen: what a chart or map shows, in words and numbers. */
export function hiddenTable(caption, head, rows) {
  const cells = (tag, row) => row.map((text) => el(tag, tag === "th" ? { scope: "col" } : {}, text));
  const body = rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), ...cells("td", rest)));
  return [
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...cells("th", head))),
    el("tbody", {}, ...body),
  ];
}

function furnish(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children);
  return element;
}
