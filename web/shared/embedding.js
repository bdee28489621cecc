// @ts-check
/**
 * Pages in frames of other sites, with "?embed" in their address: without header and footer, and as tall as their content
 * if the other site sets the height from the messages {type: "gene:height", height}, in CSS pixels.
 *
 * Without "?embed", a button in the footer shows the HTML for such a frame. shared/watch-start.js sets the class "embedded".
 */

import { make } from "./dom.js";
import { addressOf } from "./share.js";

if (document.documentElement.classList.contains("embedded")) adapt();
else offer();

function adapt() {
  const home = make(
    "a",
    { className: "name", target: "_blank", ariaLabel: "Open in Gene" },
    "gene",
  );
  const showAddress = () => Object.assign(home, { href: addressOf() });
  for (const change of ["addresschange", "hashchange"]) addEventListener(change, showAddress);
  showAddress();
  document.body.append(make("p", { className: "embedded-home" }, home));
  document.addEventListener("click", openElsewhere, true);
  if (globalThis.ResizeObserver) new ResizeObserver(tellHeight).observe(document.body);
}

function tellHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  parent.postMessage({ type: "gene:height", height }, "*");
}

/** Open links to other pages in a new tab, because they would not fit into the frame. @param {Event} event */
function openElsewhere({ target }) {
  const link = target instanceof Element && target.closest("a");
  if (link && link.pathname !== location.pathname) link.target = "_blank";
}

function offer() {
  const button = make("button", { className: "embed", type: "button" }, "Embed this page");
  button.addEventListener("click", async () => {
    const { showEmbedDialog } = await import("./embed-dialog.js");
    showEmbedDialog();
  });
  document.querySelector("footer .about")?.after(button);
}
