/**
 * Asking the program on this laptop: one question in flight, and the newest settings win.
 *
 * While a lever is dragged, previews follow one another as fast as they are answered, each for the newest settings by
 * then. A full result is asked for when the hand rests, and given up as soon as it moves again. What slots and replay
 * need comes last.
 */
import { keyOf } from "./session.js";

const RETRY = 2000; // ms between two tries while the program does not answer
const BUSY_RETRY = 1000;
const PATIENCE = 30000; // ms after which a program that says nothing counts as not answering
const REMEMBERED = 60; // full results kept, so that undo and slots show at once

/** An answer of the program that is no result: `code`, `lever`, `text` and `values` as the program gave them. */
export class Refusal extends Error {
  constructor({ code = "failed", lever = null, text = "", values = {} } = {}) {
    super(text || code);
    Object.assign(this, { code, lever, text, values });
  }
}

/** Send JSON and return the JSON answered; throws Refusal, or TypeError where nobody answers. */
export async function post(path, body, signal) {
  const headers = { "Content-Type": "application/json" };
  return read(await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal }));
}

/** Return the JSON of an address; throws like `post`. */
export const get = async (path, patience = PATIENCE) => read(await fetch(path, { signal: AbortSignal.timeout(patience) }));

/** Wait until the program answers. */
export async function untilAnswered() {
  for (;;) {
    await pause(RETRY);
    try {
      await get("/api/health");
      return;
    } catch {
      // still not there
    }
  }
}

export class Asker {
  /**
   * @param {Object} heard
   * @param {(frame: import("./types.js").Frame, sent: number) => void} heard.onFrame  A result for the newest settings;
   *   `sent` is when the hand moved.
   * @param {(down: boolean) => void} heard.onDown  The program stopped answering, or answers again.
   * @param {(refusal: Refusal) => void} heard.onRefusal
   * @param {(kind: "preview"|"full"|null) => void} heard.onBusy  What is being waited for.
   */
  constructor(heard) {
    this.heard = heard;
    this.known = new Map();
    this.waiting = { preview: null, full: null, others: [] };
    this.flight = null;
    this.isDown = false;
    this.turn = 0; // questions asked
    this.oldest = 0; // turn of the oldest question whose answer may still be shown
    this.lastPreview = {};
  }

  /** Ask for a preview of these settings. */
  preview(settings, sent) {
    this.#supersede();
    this.waiting.preview = { kind: "preview", settings, sent, turn: ++this.turn };
    this.lastPreview = { key: keyOf(settings), turn: this.turn };
    this.#next();
  }

  /** Ask for the full result of these settings; a result that is known is given at once. */
  full(settings, sent) {
    const key = keyOf(settings);
    const previewed = this.lastPreview.key === key;
    const known = this.known.get(key);
    this.oldest = previewed && !known ? this.lastPreview.turn : ++this.turn;
    if (!previewed || known) this.waiting.preview = null;
    if (known) {
      this.#supersede();
      this.heard.onFrame(known, sent);
    } else if (!this.#isFlying(key)) {
      this.#supersede();
      this.waiting.full = { kind: "full", settings, sent, turn: ++this.turn };
      this.#next();
    }
  }

  /** Return a promise of the full result of some other settings, when there is time for it. */
  other(settings) {
    const known = this.known.get(keyOf(settings));
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.waiting.others.push({ kind: "full", settings, resolve, reject });
      this.#next();
    });
  }

  /** Keep a full result. */
  remember(frame) {
    const key = keyOf(frame.settings);
    this.known.delete(key);
    this.known.set(key, frame);
    if (this.known.size > REMEMBERED) this.known.delete(this.known.keys().next().value);
  }

  /** Give up what newer settings make useless: a full result in flight or waiting. A preview is let through. */
  #supersede() {
    this.waiting.full = null;
    if (this.flight?.kind === "full") this.flight.abort.abort();
  }

  #isFlying(key) {
    const { flight } = this;
    return flight?.kind === "full" && !flight.resolve && keyOf(flight.settings) === key;
  }

  #next() {
    if (this.flight || this.isDown) return;
    const { preview, full, others } = this.waiting;
    const job = preview ?? full ?? others.shift();
    this.heard.onBusy(job && !job.resolve ? job.kind : null);
    if (!job) return;
    if (job === preview) this.waiting.preview = null;
    else if (job === full) this.waiting.full = null;
    this.#fly(job);
  }

  async #fly(job) {
    this.flight = { ...job, abort: new AbortController() };
    const signal = AbortSignal.any([this.flight.abort.signal, AbortSignal.timeout(PATIENCE)]);
    try {
      this.#land(job, await post(`/api/${job.kind}`, { settings: job.settings }, signal));
    } catch (error) {
      await this.#failed(job, error);
    } finally {
      this.flight = null;
      this.#next();
    }
  }

  #land(job, frame) {
    // Under the settings that were asked for: the program may write them otherwise, 40.0 for 40.
    const own = { ...frame, settings: job.settings };
    if (job.kind === "full") this.remember(own);
    if (job.resolve) job.resolve(own);
    else if (job.turn >= this.oldest) this.heard.onFrame(own, job.sent);
  }

  async #failed(job, error) {
    if (error.name === "AbortError") {
      if (job.resolve) this.waiting.others.unshift(job);
    } else if (error instanceof Refusal && error.code !== "busy") {
      if (job.resolve) job.reject(error);
      else this.heard.onRefusal(error);
    } else {
      this.#again(job);
      if (error instanceof Refusal) await this.#wait(error);
      else this.#lost();
    }
  }

  /** Put a question back that was not answered, unless a newer one waits. */
  #again(job) {
    if (job.resolve) this.waiting.others.unshift(job);
    else if (!this.waiting.preview && !this.waiting.full) this.waiting[job.kind] = job;
    if (job.kind === "preview" && !this.waiting.full) this.waiting.full = { ...this.waiting.preview, kind: "full" };
  }

  async #wait(refusal) {
    this.heard.onRefusal(refusal);
    await pause(BUSY_RETRY);
  }

  async #lost() {
    this.isDown = true;
    this.heard.onDown(true);
    await untilAnswered();
    this.isDown = false;
    this.heard.onDown(false);
    this.#next();
  }
}

async function read(answer) {
  if (answer.ok) return answer.json();
  const body = await answer.json().catch(() => ({}));
  const busy = answer.status === 429 || answer.status === 503;
  throw new Refusal({ ...(busy && { code: "busy" }), ...body.error });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
