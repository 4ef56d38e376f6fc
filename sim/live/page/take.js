/** "What would it take?": how far one action has to go for one outcome to reach a target. */
import { byId, el } from "./dom.js";
import { Refusal, post } from "./server.js";
import { valueText } from "./units.js";
import { has, say, textOf } from "./words.js";

export class Take {
  /**
   * @param {import("./types.js").Start} start
   * @param {import("./session.js").Session} session
   * @param {{onSet: (id: string, value: number) => void, onTab: (outcome: string) => void,
   *   onLost: (error: Error) => void}} page
   */
  constructor(start, session, page) {
    Object.assign(this, { start, session, page, answer: null });
    byId("take-form").addEventListener("submit", (event) => this.#ask(event));
    byId("take-set").addEventListener("click", () => this.#set());
    byId("take-go").addEventListener("click", () => page.onTab(start.aimable[0]));
    byId("take-target").addEventListener("input", () => this.#aim());
  }

  /** Make the list of actions, in the language of the page. */
  build() {
    const chosen = byId("take-lever").value;
    const options = this.start.levers.map((lever) => el("option", { value: lever.id }, textOf(lever.label)));
    byId("take-lever").replaceChildren(...options);
    if (chosen) byId("take-lever").value = chosen;
    this.forget();
  }

  /** Take the last answer away: it was about other settings. */
  forget() {
    this.answer = null;
    this.asked?.abort();
    byId("take-answer").textContent = "";
    byId("take-set").hidden = true;
  }

  paint({ veiled }) {
    const aimable = this.start.aimable.includes(this.session.tab);
    byId("take-form").hidden = !aimable;
    byId("take-why").hidden = aimable;
    byId("take-find").disabled = this.veiled = veiled;
    this.#aim();
  }

  #aim() {
    const key = this.veiled ? "take.veiled" : `take.aim.${this.session.tab}`;
    const n = Number(byId("take-target").value.replace(",", "."));
    if (has(key)) say(byId("take-aim"), key, { n });
  }

  async #ask(event) {
    event.preventDefault();
    const target = Number(byId("take-target").value.replace(",", ".") || NaN);
    this.forget();
    if (!(target >= 0 && target <= 100)) return this.#say("take.bad_target");
    this.#say("take.looking");
    this.asked = new AbortController();
    const lever = byId("take-lever").value;
    const question = { settings: this.session.effective(), lever, outcome: this.session.tab, target };
    try {
      this.#tell(lever, await post("/api/take", question, this.asked.signal));
    } catch (error) {
      if (error.name !== "AbortError") this.#failed(error);
    }
  }

  #tell(id, { found, value, reached }) {
    const lever = this.session.levers.get(id);
    const values = { name: textOf(lever.label), value: valueText(lever, value, this.start), reached };
    this.#say(found ? "take.found" : "take.not_found", values);
    this.answer = { id, value };
    byId("take-set").hidden = false;
  }

  #failed(error) {
    const key = error instanceof Refusal ? `error.${error.code}` : null;
    if (key && has(key)) this.#say(key, { text: error.text ?? "", ...error.values });
    else byId("take-answer").textContent = "";
    if (!key) this.page.onLost(error);
  }

  #set() {
    const { id, value } = this.answer;
    this.page.onSet(id, value);
  }

  #say(key, values) {
    say(byId("take-answer"), key, values);
  }
}
