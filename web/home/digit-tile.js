// @ts-check
/** A square to draw a digit in. The networks that read it are loaded with the first stroke. */

import { DrawingBitmap } from "../core/drawing-bitmap.js";
import { mostLikely, percent } from "../digits/digit-canvas.js";
import { EXAMPLE } from "../digits/drawing.js";
import { Pad } from "../digits/pad.js";
import { coalesce } from "../shared/coalesce.js";
import { $, say } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { RemoteWorker } from "../shared/rpc.js";

const NAMES = ["simple", "modern"];
const PEN = 2.6; // pixels
const EMPTY = "The sheet is empty. Draw a digit on it, as large as you like.";

export function readDrawings() {
  const pad = new Pad($("pad"), $("cursor"), () => read());
  /** @type {RemoteWorker | undefined} */
  let worker;
  let isLoaded = false;

  const read = coalesce(async () => {
    const ink = pad.bitmap.pack();
    $("digit-link").href = `digits.html#${new URLSearchParams({ v: "1", view: "draw", ink })}`;
    if (!worker) load();
    if (!isLoaded) return;
    if (!pad.bitmap.coverage()) {
      say(EMPTY, false, "read");
      return;
    }
    const { confidences } = await worker.call("classify", { pictures: pad.bitmap.pixels() });
    say(confidences.map(describe).join(" "), false, "read");
  });

  async function load() {
    worker = new RemoteWorker(new URL("../digits/worker.js", import.meta.url));
    try {
      await worker.call("load", {}, (bytes) => say(formatLoading(bytes), false, "read"));
      isLoaded = true;
      read();
    } catch (error) {
      say(error.message, true, "read");
    }
  }

  pad.thickness = PEN;
  pad.show(DrawingBitmap.unpack(EXAMPLE), true);
  $("clear").addEventListener("click", () => {
    pad.show(new DrawingBitmap());
    read();
  });
}

/** @param {Float32Array} answer @param {number} i */
function describe(answer, i) {
  const { digit, share } = mostLikely(answer);
  const isUnsure = share < 0.5;
  return isUnsure
    ? `The ${NAMES[i]} network is unsure (perhaps ${digit}).`
    : `The ${NAMES[i]} network says ${digit} (${percent(share)}).`;
}
