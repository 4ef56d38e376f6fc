/** Asking the room first: the next result stays hidden until a guess is typed, or the presenter shows it. */
import { byId } from "./dom.js";
import { say, t } from "./words.js";

const HANDS = ["fewer", "same", "more"];
const MOST_HANDS = 999;

export class Room {
  /**
   * @param {import("./session.js").Session} session
   * @param {() => void} repaint
   */
  constructor(session, repaint) {
    Object.assign(this, { session, repaint, armed: false, veiled: false });
    byId("room-arm").addEventListener("click", () => this.#arm());
    byId("room-show").addEventListener("click", () => this.show());
    byId("room-clear").addEventListener("click", () => this.#clear());
    byId("room-form").addEventListener("submit", (event) => event.preventDefault());
    byId("room-guess").addEventListener("keydown", (event) => event.key === "Enter" && this.#answer());
    byId("room-guess").addEventListener("change", () => this.#readGuess());
    for (const name of HANDS) byId(`hands-${name}`).addEventListener("change", () => this.#readHands());
  }

  /** An action has moved: hide what it does, if that was asked for. Earlier guesses were about something else. */
  moved() {
    if (!this.armed || this.veiled) return;
    this.veiled = true;
    this.session.guess = this.session.hands = null;
    this.fill();
  }

  /** Show the result. */
  show() {
    this.armed = this.veiled = false;
    this.repaint();
  }

  /** Write what the session holds into the fields. */
  fill() {
    byId("room-guess").value = this.session.guess?.value ?? "";
    for (const name of HANDS) byId(`hands-${name}`).value = this.session.hands?.[name] ?? "";
  }

  paint() {
    const arm = byId("room-arm");
    arm.setAttribute("aria-pressed", String(this.armed));
    arm.hidden = this.veiled;
    say(arm, this.armed ? "room.armed" : "room.arm");
    byId("room-show").hidden = !this.veiled;
    byId("room-clear").hidden = this.veiled || !(this.session.guess || this.session.hands);
    byId("room-said").textContent = this.#said();
    byId("room").classList.toggle("asking", this.veiled);
  }

  #said() {
    const { guess, hands, tab } = this.session;
    const [ours, raised] = [guess, hands].map((one) => one?.outcome === tab);
    const values = { ...(raised && hands), ...(ours && { guess: guess.value }) };
    if (ours && raised) return t("room.said", values);
    return ours ? t("room.said_guess", values) : raised ? t("room.said_hands", values) : "";
  }

  #arm() {
    this.armed = !this.armed;
    this.repaint();
  }

  #clear() {
    this.session.guess = this.session.hands = null;
    this.fill();
    this.#keep();
  }

  /** Enter in the field of the guess: take it, and show the result. In the fields of hands it would come too early. */
  #answer() {
    if (this.#readGuess() && this.session.guess) this.show();
  }

  #readGuess() {
    const value = inRange(byId("room-guess").value, 100);
    this.#complain(value === undefined ? "room.bad_guess" : null);
    if (value === undefined) return false;
    this.session.guess = value === null ? null : { outcome: this.session.tab, value };
    this.#keep();
    return true;
  }

  #readHands() {
    const counts = HANDS.map((name) => inRange(byId(`hands-${name}`).value, MOST_HANDS));
    const bad = counts.some((n) => n === undefined || !Number.isInteger(n ?? 0));
    this.#complain(bad ? "room.bad_hands" : null);
    if (bad) return;
    const [fewer, same, more] = counts.map((n) => n ?? 0);
    this.session.hands = counts.every((n) => n === null) ? null : { outcome: this.session.tab, fewer, same, more };
    this.#keep();
  }

  #keep() {
    this.session.save();
    this.repaint();
  }

  #complain(key) {
    byId("room-problem").textContent = key ? t(key) : "";
  }
}

/** Return the number typed, null for nothing typed, undefined for what is no number from 0 to `most`. */
function inRange(text, most) {
  if (text.trim() === "") return null;
  const n = Number(text.trim().replace(",", "."));
  return n >= 0 && n <= most ? n : undefined;
}
