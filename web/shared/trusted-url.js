// @ts-check
/** Addresses of scripts. The Content-Security-Policy lets only this module approve them (Trusted Types). */

const SITE = new URL("../", import.meta.url).href;

/** @param {string} url */
function createScriptURL(url) {
  if (!url.startsWith(SITE)) throw new TypeError(`${url} is not a script from this site`);
  return url;
}

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("gene", {
  createScriptURL,
});

/**
 * The address of a script of this site, as browsers with Trusted Types require it.
 *
 * @param {URL} url
 * @returns {URL}
 */
export const trustedUrl = (url) => policy?.createScriptURL(url.href) ?? url;
