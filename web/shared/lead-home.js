// @ts-check
/**
 * Makes the links of 404.html lead to the pages of the site.
 *
 * A host shows that page at any address, so its relative links would lead elsewhere; this module knows where the site is
 * from its own address.
 */

const home = new URL("..", import.meta.url);
for (const link of document.querySelectorAll("a")) {
  link.href = new URL(link.getAttribute("href") ?? "", home).href;
}
