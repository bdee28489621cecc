// @ts-check
/** Shorthands for the elements of a page. */

/**
 * The element with an id. Pages know which kind it is, so it is not typed.
 *
 * @param {string} id
 * @returns {any}
 */
export const $ = (id) => document.getElementById(id);

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {object} properties Assigned to it, e.g. {className, textContent}.
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Show a status or error message.
 *
 * @param {string} text
 * @param {boolean} isError
 * @param {string} id The element that shows it.
 */
export function say(text, isError = false, id = "said") {
  $(id).textContent = text;
  $(id).classList.toggle("error", isError);
}

/** Whether an element shows an error message. */
export const showsError = (id = "said") => $(id).classList.contains("error");

/**
 * Show in the page's progress bar how much of a download has arrived.
 *
 * @param {{loaded: number, total: number}} bytes
 */
export function showProgress({ loaded, total }) {
  $("progress").max = total;
  $("progress").value = loaded;
}

/** Hide the progress bar. */
export const hideProgress = () => $("progress").classList.add("done");

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element of an SVG image.
 *
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 * @returns {SVGElement}
 */
export function makeSvg(tag, attributes = {}, text = undefined) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return /** @type {SVGElement} */ (element);
}
