/** Showing the last change again: the page as it was before it, then as it is now. */
import { byId } from "./dom.js";
import { say } from "./words.js";

const EACH = 1800; // ms that each side is shown

export class Replay {
  /**
   * @param {import("./session.js").Session} session
   * @param {{frameOf: (settings: Object) => Promise<import("./types.js").Frame>, showLevers: (settings?: Object) => void,
   *   repaint: () => void}} page
   */
  constructor(session, page) {
    Object.assign(this, { session, page, run: null });
  }

  /** Return the frame to paint instead of the newest, if a replay is on. */
  get frame() {
    return this.run?.frame;
  }

  async start() {
    const { past, committed } = this.session;
    if (!past.length) return;
    this.stop();
    const run = (this.run = {});
    const sides = [
      { name: "before", settings: past.at(-1) },
      { name: "after", settings: committed },
    ];
    const frames = await Promise.all(sides.map(({ settings }) => this.page.frameOf(this.session.effective(settings))));
    for (const [index, side] of sides.entries()) {
      if (this.run !== run) return; // something else has been done meanwhile
      Object.assign(run, side, { frame: frames[index] });
      this.page.showLevers(side.settings);
      this.page.repaint();
      await new Promise((resolve) => setTimeout(resolve, EACH));
    }
    if (this.run === run) this.stop();
  }

  stop() {
    if (!this.run) return;
    this.run = null;
    this.page.showLevers();
    this.page.repaint();
  }

  /** Say which side is shown. */
  paint() {
    const tag = byId("replay-tag");
    tag.hidden = !this.run?.name;
    if (!tag.hidden) say(tag, `replay.${this.run.name}`);
  }
}
