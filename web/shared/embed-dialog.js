// @ts-check
/** Shows the HTML that embeds the page in another site, with what it shows now. */

import { make } from "./dom.js";
import { addressOf, copy } from "./share.js";

const HEIGHT = 720; // pixels; there is room for a song and its controls, and the rest scrolls

/** @type {HTMLDialogElement | undefined} */
let dialog;

export function showEmbedDialog() {
  dialog ??= makeDialog();
  const field = /** @type {HTMLTextAreaElement} */ (dialog.querySelector("textarea"));
  field.value = snippet();
  /** @type {HTMLElement} */ (dialog.querySelector("[role=status]")).textContent = "";
  dialog.showModal();
  field.select();
}

/** @returns {HTMLDialogElement} */
function makeDialog() {
  const field = make("textarea", { id: "embed-html", rows: 6, readOnly: true, spellcheck: false });
  const said = make("p", { id: "embed-said", className: "said", role: "status" });
  const copyButton = make("button", { className: "primary", type: "button" }, "Copy");
  const closeButton = make("button", { type: "button" }, "Close");
  copyButton.addEventListener("click", () => copy(field.value, "Copied.", said.id));
  closeButton.addEventListener("click", () => made.close());
  const made = make(
    "dialog",
    { className: "embed-dialog" },
    make("h2", { id: "embed-heading" }, "Embed this page"),
    make(
      "label",
      { htmlFor: field.id },
      "HTML for your own page. It shows what you see here, and runs on your readers’ machines.",
    ),
    field,
    make("div", { className: "buttons" }, copyButton, closeButton),
    said,
  );
  made.setAttribute("aria-labelledby", "embed-heading");
  document.body.append(made);
  return made;
}

function snippet() {
  const address = new URL(addressOf());
  address.search = "embed";
  return (
    `<iframe src="${quoted(address.href)}" title="${quoted(document.title)}" width="100%" ` +
    `height="${HEIGHT}" style="border: 0" loading="lazy" allow="clipboard-write; web-share"></iframe>`
  );
}

/** Escape text for an attribute. @param {string} text */
const quoted = (text) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
