/** Presenting: larger text without tools, and the presenter's notes in a second window, which hears what is shown. */
import { byId } from "./dom.js";
import { notice } from "./notices.js";
import { sentenceOf } from "./sentence.js";
import { plain, spoken, textOf } from "./words.js";

/** Return the name of the channel between a page and its presenter's window. */
export const channelOf = (page) => `solutions-sim-live-${page}`;

export class Present {
  /**
   * @param {import("./types.js").Start} start
   * @param {import("./session.js").Session} session
   */
  constructor(start, session) {
    Object.assign(this, { start, session, example: null, last: null });
    byId("present").addEventListener("click", () => this.#present(true));
    byId("present-end").addEventListener("click", () => this.#present(false));
    byId("notes").addEventListener("click", () => this.#openNotes());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#present(false));
    this.channel = new BroadcastChannel(channelOf(session.page));
    this.channel.addEventListener("message", ({ data }) => this.#heard(data));
    noticeOtherTabs();
  }

  /** Tell the presenter's window what is on the page. @param {import("./types.js").View} view */
  paint(view) {
    const [key, values] = sentenceOf({ ...view, ...view.behind, veiled: false });
    this.last = { type: "state", sentence: plain(key, values), veiled: view.veiled, example: this.example, language: spoken() };
    this.channel.postMessage(this.last);
  }

  /** The settings are no longer those of an example. */
  forget() {
    this.example = null;
  }

  #present(on) {
    if (document.body.classList.contains("presenting") === on) return;
    document.body.classList.toggle("presenting", on);
    byId(on ? "present-end" : "present").focus(); // the button that was pressed is hidden now
  }

  #openNotes() {
    const address = `/presenter#page=${this.session.page}&lang=${spoken()}`;
    if (!window.open(address, `presenter-${this.session.page}`, "popup,width=760,height=820")) notice("error.no_window");
  }

  #heard(message) {
    if (message.type === "hello" && this.last) this.channel.postMessage(this.last);
    if (message.type === "load") this.#load(message.id);
  }

  #load(id) {
    const example = this.start.examples.find((one) => one.id === id);
    if (!example) return;
    this.session.replace(example.settings);
    this.example = id;
    notice("notice.example", { title: textOf(example.title) });
  }
}

/** Say, once, that another tab has the page open as well: two people at one laptop would wonder. */
function noticeOtherTabs() {
  const all = new BroadcastChannel("solutions-sim-live");
  all.addEventListener("message", ({ data }) => {
    if (data === "here") notice("notice.two_tabs");
    else all.postMessage("here");
  });
  all.postMessage("anybody?");
}
