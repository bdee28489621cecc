// @ts-check
/** The link to the shelf at the top of every page shows the newest items as book spines in the colors of their pages. */

import { coalesce } from "./coalesce.js";
import { make } from "./dom.js";
import { newestLinks, onShelfChange } from "./shelf.js";

const MAX_SPINES = 11;

const showSpines = coalesce(async () => {
  const links = await newestLinks(MAX_SPINES).catch(() => []);
  const spines = links.map((link) => make("i", { className: link.split(".")[0] }));
  for (const box of document.querySelectorAll(".shelf .spines")) box.replaceChildren(...spines);
});

document.querySelector("header .shelf")?.prepend(make("span", { className: "spines" }));
onShelfChange(showSpines);
showSpines();
