/** The page: puts its parts together, and decides what is painted when. */
import { paintBars } from "./bars.js";
import { Chart } from "./chart.js";
import { byId, el } from "./dom.js";
import { paintFooter } from "./footer.js";
import { Levers } from "./levers.js";
import { noteMoved, notePainted } from "./live-log.js";
import { AreaMap, mapTitle } from "./map.js";
import { banner, explain, hide, notice, setUpNotices } from "./notices.js";
import { Present } from "./present.js";
import { fillPrint } from "./print.js";
import { Replay } from "./replay.js";
import { Room } from "./room.js";
import { buildTabs, paintSentence, paintTabs } from "./sentence.js";
import { Asker, get, untilAnswered } from "./server.js";
import { Session } from "./session.js";
import { Share } from "./share.js";
import { Slots } from "./slots.js";
import { Take } from "./take.js";
import { paintMoney, paintWatch, setUpWatch } from "./watch.js";
import { say, sayText, speak, spoken, t, textOf, translate } from "./words.js";

const FIRST = 300000; // ms: the first answer waits until the baseline has been computed
const REST = 250; // ms without a move after which the full result is asked for

class Page {
  /** @param {import("./types.js").Start} start */
  constructor(start) {
    this.start = start;
    this.session = new Session(start);
    this.frame = start.baseline;
    const repaint = () => this.repaint();
    const onLost = () => this.lost();
    this.asker = new Asker({
      onFrame: (frame, sent) => this.receive(frame, sent),
      onDown: (down) => this.answering(!down),
      onRefusal: (refusal) => explain(refusal, this.session.levers),
      onBusy: (kind) => this.status(kind),
    });
    this.asker.remember({ ...start.baseline, settings: {} });
    this.levers = new Levers(start, this.session, {
      onMove: (id, value, sent) => this.moved(id, value, sent),
      onRest: () => this.rest(),
    });
    this.chart = new Chart();
    this.map = new AreaMap(start, this.session, repaint);
    this.room = new Room(this.session, repaint);
    this.take = new Take(start, this.session, {
      onSet: (id, value) => this.set(id, value),
      onTab: (tab) => this.choose(tab),
      onLost,
    });
    const frameOf = (settings) => this.asker.other(settings);
    this.slots = new Slots(start, this.session, { repaint, frameOf });
    this.replay = new Replay(this.session, { repaint, frameOf, showLevers: (settings) => this.levers.show(settings) });
    this.share = new Share(start, this.session, onLost);
    this.present = new Present(start, this.session);
    setUpWatch(repaint);
    this.session.onChange = () => this.changed();
    this.#listen();
  }

  /** Build everything in a language, and show what the address says. */
  async open() {
    await this.language(this.session.language ?? spoken());
    this.#sayRefused();
    this.room.fill();
    this.slots.fetch();
    this.session.save();
    this.changed(false);
  }

  /** Change the language; everything that holds words is made anew. */
  async language(code) {
    await speak(code);
    this.session.language = code;
    byId("language").value = code;
    translate();
    this.levers.build();
    this.map.build();
    this.take.build();
    buildTabs(this.start, this.session, (tab) => this.choose(tab));
    sayText(byId("case"), this.start.title);
    say(byId("map-title"), ...mapTitle(this.start.months));
    document.title = `${t("app.title")} ${textOf(this.start.title)}`;
    this.#foot();
    this.repaint();
  }

  /** A lever is being moved. */
  moved(id, value, sent) {
    this.replay.stop();
    this.session.move(id, value);
    noteMoved();
    this.room.moved();
    this.take.forget();
    this.present.forget();
    this.asker.preview(this.session.effective(), sent);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.asker.full(this.session.effective(), sent), REST);
    this.sent = sent;
    if (this.room.veiled) this.repaint();
  }

  /** The hand has let go. */
  rest() {
    clearTimeout(this.resting);
    this.session.commit();
    this.#buttons();
    this.asker.full(this.session.effective(), this.sent);
  }

  /** Settings have changed all at once: undo, an example, a file, a link. */
  changed(byHand = true) {
    this.replay.stop();
    clearTimeout(this.resting);
    if (byHand) this.room.moved();
    this.take.forget();
    this.present.forget();
    this.levers.show();
    this.#buttons();
    noteMoved();
    this.asker.full(this.session.effective(), performance.now());
    this.repaint();
  }

  set(id, value) {
    this.session.replace({ ...this.session.settings, [id]: value });
  }

  choose(tab) {
    this.session.tab = tab;
    this.map.follow();
    this.take.forget();
    this.session.save();
    this.repaint();
  }

  /** A result has come: paint it with the next frame of the browser. */
  receive(frame, sent) {
    this.frame = frame;
    this.#schedule(() => notePainted(frame.kind, sent));
  }

  repaint() {
    this.#schedule();
  }

  /** The program answers, or does not. */
  answering(yes) {
    banner(!yes);
    if (yes) notice("notice.back");
    else hide();
  }

  /** Something beside the queue found nobody there. */
  async lost() {
    this.answering(false);
    await untilAnswered();
    this.answering(true);
  }

  status(kind) {
    this.busy = kind;
    this.#foot();
  }

  #schedule(then) {
    if (then) this.afterPaint = then;
    this.scheduled ??= requestAnimationFrame(() => {
      this.scheduled = null;
      this.#paint();
      this.afterPaint?.();
      this.afterPaint = null;
    });
  }

  /** @returns {import("./types.js").View} */
  #view() {
    const { start, session } = this;
    const frame = this.replay.frame ?? this.frame;
    const veiled = this.room.veiled;
    const moved = Object.keys(frame.settings).length > 0;
    const shown = veiled ? { ...start.baseline, settings: {} } : frame;
    return { start, session, veiled, moved, frame: shown, behind: { frame, moved } };
  }

  #paint() {
    const view = this.#view();
    for (const paint of [paintTabs, paintSentence, paintBars, paintWatch, paintMoney]) paint(view);
    for (const part of [this.chart, this.map, this.room, this.take, this.slots, this.replay]) part.paint(view);
    this.#foot();
    if (view.frame.kind === "full") {
      fillPrint(view);
      this.present.paint(view);
    }
  }

  #buttons() {
    byId("undo").disabled = byId("replay").disabled = this.session.past.length === 0;
    byId("redo").disabled = this.session.future.length === 0;
    byId("restart").disabled = Object.keys(this.session.settings).length === 0;
  }

  #foot() {
    paintFooter(this.start, this.frame, this.session.effective(), this.busy);
  }

  #listen() {
    const clicks = {
      undo: () => this.session.undo(),
      redo: () => this.session.redo(),
      replay: () => this.replay.start(),
      restart: () => this.#restart(),
      print: () => window.print(),
    };
    for (const [id, action] of Object.entries(clicks)) byId(id).addEventListener("click", action);
    byId("language").addEventListener("change", ({ target }) => this.#speak(target.value));
    byId("skip").addEventListener("click", (event) => {
      event.preventDefault(); // the fragment of the address is taken
      byId("result").focus();
    });
    window.addEventListener("hashchange", () => {
      this.session.read();
      this.open();
    });
  }

  #restart() {
    this.session.replace({});
    notice("notice.restarted");
  }

  async #speak(code) {
    await this.language(code);
    this.session.save();
  }

  #sayRefused() {
    const { unknown, bad } = this.session.refused;
    if (unknown.length) notice("notice.unknown_actions", { names: unknown.join(", ") });
    else if (bad.length) notice("notice.bad_values", { names: bad.join(", ") });
  }
}

/** Return the language to begin in: that of the link, else the first the browser asks for that the page has. */
function firstLanguage(languages) {
  const linked = new URLSearchParams(location.hash.slice(1)).get("lang");
  const wanted = [linked, ...navigator.languages.map((one) => one.split("-")[0])];
  return wanted.find((code) => languages.includes(code)) ?? "en";
}

/** Get what the page is built from, however long the program takes to be there. */
async function started() {
  for (;;) {
    try {
      return await get("/api/start", FIRST);
    } catch {
      banner(true);
      await untilAnswered();
      banner(false);
    }
  }
}

function languageList(languages) {
  const options = languages.map((code) => {
    const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
    return el("option", { value: code, lang: code }, name);
  });
  byId("language").replaceChildren(...options);
}

async function main() {
  setUpNotices();
  await speak("en");
  translate();
  const start = await started();
  await speak(firstLanguage(start.languages));
  languageList(start.languages);
  byId("loading").hidden = true;
  await new Page(start).open();
  document.body.classList.add("ready");
}

main();
