/** Taking a session elsewhere: as a link, as a scenario file, and back from a file. */
import { byId, el } from "./dom.js";
import { explain, notice } from "./notices.js";
import { Refusal, post } from "./server.js";
import { t, textOf } from "./words.js";

export class Share {
  /**
   * @param {import("./types.js").Start} start
   * @param {import("./session.js").Session} session
   * @param {(error: Error) => void} onLost  What to do where the program does not answer.
   */
  constructor(start, session, onLost) {
    Object.assign(this, { start, session, onLost });
    byId("share-link").addEventListener("click", () => this.#copy());
    byId("share-save").addEventListener("click", () => this.#try(() => this.#save()));
    byId("share-open").addEventListener("click", () => byId("share-file").click());
    byId("share-file").addEventListener("change", () => this.#try(() => this.#open()));
    this.#menu();
  }

  /** Open below its button; close with Escape, or when something else is chosen. */
  #menu() {
    const [button, menu] = [byId("share"), byId("share-menu")];
    const show = (open) => {
      menu.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    };
    button.addEventListener("click", () => show(menu.hidden));
    menu.addEventListener("click", () => show(false));
    document.addEventListener("click", (event) => !button.parentElement.contains(event.target) && show(false));
    button.parentElement.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || menu.hidden) return;
      show(false);
      button.focus();
    });
  }

  async #copy() {
    this.session.save();
    try {
      await navigator.clipboard.writeText(location.href);
      notice("notice.copied");
    } catch {
      notice("notice.copy_by_hand");
    }
  }

  async #save() {
    const title = t("share.title", { title: textOf(this.start.title) });
    const { file, yaml, command } = await post("/api/export", { settings: this.session.effective(), title });
    const address = URL.createObjectURL(new Blob([yaml], { type: "application/yaml" }));
    el("a", { href: address, download: file }).click();
    URL.revokeObjectURL(address);
    notice("notice.saved", { file, command });
  }

  async #open() {
    const [file] = byId("share-file").files;
    byId("share-file").value = "";
    if (!file) return;
    const { settings, title, notes = [] } = await post("/api/import", { yaml: await file.text() });
    this.session.replace(settings);
    notice("notice.opened", { title }, notes);
  }

  async #try(action) {
    try {
      await action();
    } catch (error) {
      if (error instanceof Refusal) explain(error, this.session.levers);
      else this.onLost(error);
    }
  }
}
