// @ts-check
/** The panel with the size, the background and the shape of the picture. */

import { $, make, say } from "../shared/dom.js";
import { GROUNDS } from "./picture.js";

/**
 * Fill the panel.
 *
 * @param {(values: Record<string, string>) => void} onChange Called with the fields of the link that change.
 * @param {() => Promise<Uint8Array>} encode Makes the PNG file.
 */
export function startPicturePanel(onChange, encode) {
  const radios = Object.entries(GROUNDS).map(([value, color]) => {
    const properties = { type: "radio", name: "ground", value, ariaLabel: value, title: value };
    const radio = make("input", properties);
    radio.style.setProperty("--color", color || "var(--checkered)");
    return radio;
  });
  $("ground").replaceChildren(...radios);
  $("ground").addEventListener("change", (/** @type {any} */ { target }) =>
    onChange({ ground: target.value }),
  );
  for (const id of ["size", "shape"])
    $(id).addEventListener("change", () => onChange({ [id]: $(id).value }));
  $("copy-picture").addEventListener("click", () => copyPicture(encode));
}

/** Show the values of the link. @param {Record<string, string>} state */
export function showPicture({ ground, size, shape }) {
  for (const radio of $("ground").querySelectorAll("input")) radio.checked = radio.value === ground;
  $("size").value = size;
  $("shape").value = shape;
  $("one").classList.toggle("transparent", !GROUNDS[ground]);
  $("form").style.setProperty("--ground", GROUNDS[ground] || "var(--checkered)");
}

/** @param {() => Promise<Uint8Array>} encode */
async function copyPicture(encode) {
  try {
    const blob = encode().then(
      (png) => new Blob([/** @type {any} */ (png)], { type: "image/png" }),
    );
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    say("Picture copied.", false, "copied");
  } catch {
    say(
      "This browser does not let pages copy pictures. Download the picture instead.",
      true,
      "copied",
    );
  }
}
