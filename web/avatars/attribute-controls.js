// @ts-check
/**
 * Controls for the attributes of a face: swatches for colors, menus for the rest.
 *
 * @typedef {import("../core/avatars.js").Attribute} Attribute
 * @typedef {Record<string, string>} Labels Readable names of attributes and variants, from page.json.
 * @typedef {{element: HTMLElement, setValue: (value: string) => void}} Control
 */

import { make } from "../shared/dom.js";

const RANDOM = "random";

/**
 * The readable name of an attribute or a variant.
 *
 * @param {string} name
 * @param {Labels} labels
 */
function readable(name, labels) {
  const spaced = name.replace(/[_-]/g, " ");
  const separate = (/** @type {string} */ pair) => `${pair[0]} ${pair[1].toLowerCase()}`;
  return labels[name] ?? spaced.replace(/[a-z][A-Z]/g, separate);
}

/**
 * Why an attribute is invisible, e.g. "no glasses" or "sun glasses".
 *
 * @param {[string, string]} hiding Name and variant of the attribute that hides it.
 * @param {Labels} labels
 */
const reason = ([name, variant], labels) =>
  variant === "none"
    ? `no ${readable(name, labels)}`
    : `${readable(variant, labels)} ${readable(name, labels)}`;

/**
 * Describe a face in words, for screen readers.
 *
 * @param {Attribute[]} attributes
 * @param {Labels} labels
 * @param {number[]} variants The variant of each attribute.
 * @param {(i: number) => unknown} isHidden Whether an attribute is invisible.
 */
export function describeFace(attributes, labels, variants, isHidden) {
  return attributes
    .filter((_, i) => !isHidden(i))
    .map((attribute) => {
      const variant = attribute.variants[variants[attributes.indexOf(attribute)]];
      return `${readable(attribute.name, labels)} ${readable(variant, labels)}`;
    })
    .join(", ");
}

/**
 * Fill an element with one control per attribute.
 *
 * @param {HTMLElement} box
 * @param {Attribute[]} attributes
 * @param {{swatches: Record<string, Record<string, string>>, labels?: Labels}} page Colors by attribute and variant,
 *     and readable names.
 * @param {boolean} allowRandom Whether an attribute may be random.
 * @param {(attribute: number, variant: number | null) => void} onPick Called with null for random.
 * @returns {(variants: (number | null)[], hiddenBy: (i: number) => [string, string] | undefined) => void} Shows values.
 */
export function createControls(box, attributes, { swatches, labels = {} }, allowRandom, onPick) {
  box.replaceChildren();
  const controls = attributes.map(({ name, variants }, i) => {
    const choices = variants.map((variant, j) => [String(j), readable(variant, labels)]);
    if (allowRandom) choices.unshift(["", RANDOM]);
    const pick = (/** @type {string} */ value) => onPick(i, value === "" ? null : Number(value));
    const id = `${box.id}-${name}`;
    const colors = swatches[name];
    const control = colors
      ? createPalette(
          id,
          choices,
          variants.map((variant) => colors[variant]),
          pick,
        )
      : createMenu(id, choices, pick);
    const note = make("span", { className: "note" });
    const label = colors
      ? make("legend", {}, readable(name, labels), note)
      : make("label", { htmlFor: id }, readable(name, labels), note);
    const tag = colors ? "fieldset" : "div";
    box.append(make(tag, { className: "attribute" }, label, control.element));
    return { ...control, note };
  });
  return (variants, hiddenBy) => {
    for (const [i, { setValue, note, element }] of controls.entries()) {
      const hiding = hiddenBy(i);
      const variant = variants[i];
      setValue(variant === null ? "" : String(variant));
      note.textContent = hiding ? ` (${reason(hiding, labels)})` : "";
      disable(element, Boolean(hiding)); // a choice that cannot be seen would look broken
    }
  };
}

/** @param {HTMLElement} element A menu, or the content of a fieldset. @param {boolean} isDisabled */
function disable(element, isDisabled) {
  /** @type {any} */
  const control = element.closest("fieldset.attribute") ?? element;
  control.disabled = isDisabled;
}

/**
 * @param {string} id
 * @param {string[][]} choices Pairs of value and text.
 * @param {(value: string) => void} onPick
 * @returns {Control}
 */
function createMenu(id, choices, onPick) {
  const options = choices.map(([value, text]) => new Option(text, value));
  const element = make("select", { id }, ...options);
  element.addEventListener("change", () => onPick(element.value));
  return {
    element,
    setValue: (value) => {
      element.value = value;
    },
  };
}

/**
 * @param {string} name Name of the radio buttons.
 * @param {string[][]} choices Pairs of value and text.
 * @param {string[]} colors CSS colors by value.
 * @param {(value: string) => void} onPick
 * @returns {Control}
 */
function createPalette(name, choices, colors, onPick) {
  const radios = choices.map(([value, text]) => {
    const radio = make("input", { type: "radio", name, value, ariaLabel: text, title: text });
    if (value) radio.style.setProperty("--color", colors[Number(value)]);
    radio.addEventListener("change", () => onPick(value));
    return radio;
  });
  return {
    element: make("div", { className: "swatches" }, ...radios),
    setValue: (value) => {
      for (const radio of radios) radio.checked = radio.value === value;
    },
  };
}
