/** A sheet to draw a digit on; the networks read it while it is drawn. */

import { DrawingBitmap, SIDE } from "../core/drawing-bitmap.js";
import { asMnist } from "../core/mnist-style.js";
import { coalesce } from "../shared/coalesce.js";
import { $, say } from "../shared/dom.js";
import { makeKeepButton } from "../shared/keep-button.js";
import { addressOf, download, makeShareButton } from "../shared/share.js";
import { Bars, enlarged, paint } from "./digit-canvas.js";
import { Pad } from "./pad.js";

const FULL_COVERAGE = 0.85; // above this, no digit can be seen

/** The initial drawing: a 2 that touches the edge. */
export const EXAMPLE =
  "jwISVyBLKkIyOzg2PDFCLEYoHBIcJRYgFiIUKBQeEjASGxE0ERkPOg8XDj4OFQ1CDRMMRgwRDEgMDwtMCw0LTgsMClAKCwpSCgoJVAkJCVYJCAhYCAcJWAkGCFoIBghaCAYIWgkGBlwIBwRdCGgIaAhoCGgIZwlnCGgIZwlmCWULZAtjDWINYQ9fD2APXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmBoB2oFbARsBGwEbAVqB2g";

/** Set up this part of the page. */
export function drawing(page) {
  const pad = new Pad($("pad"), $("cursor"), onDraw);
  let bars;

  /** The 784 pixels that the networks see. */
  page.drawn = () => (page.state.made && asMnist(pad.bitmap.cells, SIDE)) || pad.bitmap.pixels();

  function onDraw(done) {
    if (done) page.updateState({ ink: pad.bitmap.pack() });
    update(done);
  }

  const update = coalesce(async (done) => {
    const picture = page.drawn();
    const coverage = pad.bitmap.coverage();
    paint($("seen"), picture);
    for (const listener of page.onDraw) listener();
    if (!bars) return;
    const answers = coverage ? await page.classify(picture) : null;
    bars.show(answers);
    if (done) say(describe(coverage, answers), false, "read");
  });

  function describe(coverage, answers) {
    if (!coverage) return "The sheet is empty. Draw a digit on it, as large as you like.";
    if (coverage < FULL_COVERAGE) return bars.describe(answers);
    return (
      "The sheet is covered: there is no digit left to read. The networks have to answer anyway. " +
      bars.describe(answers)
    );
  }

  function show() {
    const { ink, made, thickness } = page.state;
    pad.show(DrawingBitmap.unpack(ink), ink === EXAMPLE);
    pad.thickness = thickness;
    $("made").checked = made;
    $("thickness").value = thickness;
    $("thickness-is").textContent = thickness.toFixed(1);
    update(true);
  }

  function ready() {
    bars = new Bars($("drawn"), page.networks);
    update(true);
  }

  $("made").addEventListener("change", () => {
    page.updateState({ made: $("made").checked });
    update(true);
  });
  $("thickness").addEventListener("input", () => {
    page.updateState({ thickness: Number($("thickness").value) });
    show();
  });
  $("rubber").addEventListener("click", () => {
    pad.isErasing = !pad.isErasing;
    $("rubber").setAttribute("aria-pressed", pad.isErasing);
  });
  $("clear").addEventListener("click", () => {
    page.updateState({ ink: "" });
    show();
  });
  $("save").addEventListener("click", () => download(enlarged(page.drawn()), "digit.png"));
  makeShareButton($("link"), addressOf, async () => enlarged(page.drawn()), {
    done: "Link copied. It opens the page with this drawing.",
    id: "read",
  });
  makeKeepButton(
    $("keep"),
    () => ({
      link: `digits.html${page.hash({ view: "draw" })}`,
      title: "A drawing",
      picture: () => enlarged(page.drawn()),
    }),
    "read",
  );
  return { show, ready };
}
