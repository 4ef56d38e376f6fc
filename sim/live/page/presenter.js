/** The presenter's window: notes on the workshop, examples to show in the page with the chart, and what is on it now. */
import { byId, el } from "./dom.js";
import { channelOf } from "./present.js";
import { get } from "./server.js";
import { say, sayText, speak, spoken, t, textOf, translate } from "./words.js";

const PATIENCE = 1500; // ms after which a page that says nothing is not there

const given = new URLSearchParams(location.hash.slice(1));
const channel = new BroadcastChannel(channelOf(given.get("page")));
let heard = null;

async function main() {
  const start = await get("/api/start");
  await build(start, given.get("lang") ?? "en");
  channel.addEventListener("message", ({ data }) => data.type === "state" && hear(start, data));
  channel.postMessage({ type: "hello" });
  setTimeout(() => (byId("lost").hidden = heard !== null), PATIENCE);
}

/** Write everything in a language. */
async function build(start, language) {
  await speak(language);
  translate();
  document.title = t("presenter.title");
  const { pack, examples } = start;
  byId("pack").replaceChildren(...(pack ? packNotes(pack) : [paragraph("presenter.no_pack")]));
  byId("examples-box").hidden = examples.length === 0;
  byId("examples").replaceChildren(...examples.map(exampleNotes));
}

/** Show what the page shows. */
async function hear(start, state) {
  heard = state;
  byId("lost").hidden = true;
  if (state.language !== spoken()) await build(start, state.language);
  byId("now-sentence").textContent = state.sentence;
  byId("hidden-note").hidden = !state.veiled;
  for (const article of byId("examples").children) article.classList.toggle("shown", article.dataset.example === state.example);
}

function packNotes({ title, question, notes }) {
  return [worded("h3", title), worded("p", question), ...paragraphs(notes)];
}

function exampleNotes(example) {
  const title = worded("h3", example.title);
  title.id = `example-${example.id}`;
  const article = el("article", { "aria-labelledby": title.id }, title, question(example), ...paragraphs(example.notes));
  article.append(loadButton(example, title), el("span", { class: "shown-now" }, t("presenter.loaded")));
  article.dataset.example = example.id;
  return article;
}

const question = ({ ask }) => el("p", {}, el("strong", {}, t("presenter.ask")), " ", worded("span", ask));

function loadButton(example, title) {
  const id = `load-${example.id}`;
  const named = { id, "aria-labelledby": `${id} ${title.id}`, title: t("presenter.load.help", { title: textOf(example.title) }) };
  const on = { click: () => channel.postMessage({ type: "load", id: example.id }) };
  return el("button", { type: "button", ...named, on }, t("presenter.load"));
}

/** Return notes as paragraphs, which blank lines divide. */
function paragraphs(texts) {
  const host = worded("div", texts);
  const parts = textOf(texts).split(/\n\s*\n/).filter((part) => part.trim());
  host.replaceChildren(...parts.map((part) => el("p", {}, part.trim())));
  return [host];
}

function worded(tag, texts) {
  const element = el(tag);
  sayText(element, texts);
  return element;
}

function paragraph(key) {
  const element = el("p");
  say(element, key);
  return element;
}

main();
