/**
 * When what was painted, so that delays can be measured from outside: `window.liveLog` and `data-painted`, and in
 * `data-shown` whether the picture is that of the settings as they are: empty while it is not yet.
 */

const MOST = 500;
let painted = 0;

window.liveLog = [];

/** Note a frame once the browser has painted it; `sent` is when the hand moved, in ms since the page began. */
export function notePainted(kind, sent) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    window.liveLog.push({ kind, t: performance.now(), sent });
    if (window.liveLog.length > MOST) window.liveLog.shift();
    document.documentElement.dataset.painted = ++painted;
    document.documentElement.dataset.shown = kind;
    port1.close();
  };
  port2.postMessage(null); // arrives after the paint that follows this animation frame
}

/** Note that settings have moved, and the picture has not yet followed. */
export function noteMoved() {
  document.documentElement.dataset.shown = "";
}
