/** Drawing a digit, which both networks read meanwhile. */

import { $, say } from "../shared/dom.js";
import { asMnist } from "../core/mnist-style.js";
import { Ink, SIDE } from "../core/drawing-bitmap.js";
import { coalesce } from "../shared/coalesce.js";
import { Pad } from "./pad.js";
import { Bars, enlarged, paint } from "./digit-canvas.js";
import { copy, download } from "../shared/share.js";

const COVERED = 0.85;

/** A 2 drawn to the edge, to begin with. */
export const EXAMPLE =
  "jwISVyBLKkIyOzg2PDFCLEYoHBIcJRYgFiIUKBQeEjASGxE0ERkPOg8XDj4OFQ1CDRMMRgwRDEgMDwtMCw0LTgsMClAKCwpSCgoJVAkJCVYJCAhYCAcJWAkGCFoIBghaCAYIWgkGBlwIBwRdCGgIaAhoCGgIZwlnCGgIZwlmCWULZAtjDWINYQ9fD2APXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmAPXw9gD18PYA9fD2AOYA9gDmBoB2oFbARsBGwEbAVqB2g";

export function drawing(page) {
  const pad = new Pad($("pad"), $("cursor"), changed);
  let bars;

  const seen = () => (page.state.made && asMnist(pad.ink.cells, SIDE)) || pad.ink.pixels();
  page.drawn = seen;

  function changed(done) {
    if (done) page.updateState({ ink: pad.ink.pack() });
    look(done);
  }

  const look = coalesce(async (done) => {
    const picture = seen(),
      covered = pad.ink.covered();
    paint($("seen"), picture);
    page.onDraw.forEach((tell) => tell());
    if (!bars) return;
    const answers = covered ? await page.ask(picture) : null;
    bars.show(answers);
    if (done) say(sentence(covered, answers));
  });

  function sentence(covered, answers) {
    if (!covered) return "An empty sheet. Draw a digit on it, as large as you like.";
    if (covered < COVERED) return bars.tell(answers);
    return `The sheet is covered, no digit is left to read. The networks must answer all the same. ${bars.tell(answers)}`;
  }

  function show() {
    const { ink, made, thickness } = page.state;
    pad.show(Ink.unpack(ink), ink === EXAMPLE);
    pad.thickness = thickness;
    $("made").checked = made;
    $("thickness").value = thickness;
    $("thickness-is").textContent = thickness.toFixed(1);
    look(true);
  }

  function ready() {
    bars = new Bars(
      $("drawn"),
      page.networks.map(({ name }) => name),
    );
    look(true);
  }

  $("made").addEventListener("change", () => {
    page.updateState({ made: $("made").checked });
    look(true);
  });
  $("thickness").addEventListener("input", () => {
    page.updateState({ thickness: Number($("thickness").value) });
    show();
  });
  $("rubber").addEventListener("click", () => {
    pad.rubber = !pad.rubber;
    $("rubber").setAttribute("aria-pressed", pad.rubber);
  });
  $("clear").addEventListener("click", () => {
    page.updateState({ ink: "" });
    show();
  });
  $("save").addEventListener("click", () => download(enlarged(seen()), "digit.png"));
  $("link").addEventListener("click", () =>
    copy(location.href, "The link is copied: it brings this drawing back.", say),
  );
  return { show, ready };
}
