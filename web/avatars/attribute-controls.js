/** Controls for the features of a face: swatches for colours, lists for the rest. */

const WORDS = {
  rear_hair: "hair behind",
  hair_color: "hair colour",
  frame_color: "frames",
  sideComed: "combed aside",
  chinMoustache: "chin, moustache",
  moustacheTwirl: "twirled moustache",
  neckHigh: "to the neck",
  shoulderHigh: "to the shoulders",
  longStraight: "long, straight",
  longWavy: "long, wavy",
  agape: "open",
};

/** The name of a feature or a variant as people say it. */
export const named = (name) =>
  WORDS[name] ??
  name.replace(/[_-]/g, " ").replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Why a feature cannot be seen, in two words: sun glasses, no glasses, bow eyes. */
const covered = ([name, variant]) =>
  variant === "none" ? `no ${named(name)}` : `${named(variant)} ${named(name)}`;

/** A face in words, for who cannot see it. */
export function describe(features, labels, coveredBy) {
  return features
    .map(({ name, variants }, i) =>
      coveredBy(i, labels, features) ? "" : `${named(name)} ${named(variants[labels[i]])}`,
    )
    .filter(Boolean)
    .join(", ");
}

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/**
 * Fill `box` with a control a feature.
 * @param {object} swatches {feature: {variant: colour}}
 * @param {boolean} chance whether a feature may be left to chance
 * @param {(feature: number, variant: number | null) => void} onPick null: by chance
 * @returns {(labels: (number | null)[], coveredBy: (i: number) => [string, string] | undefined) => void} shows values
 */
export function controls(box, features, swatches, chance, onPick) {
  box.replaceChildren();
  const parts = features.map((feature, i) => {
    const choices = [
      ...(chance ? [["", "by chance"]] : []),
      ...feature.variants.map((variant, j) => [String(j), named(variant)]),
    ];
    const pick = (value) => onPick(i, value === "" ? null : Number(value));
    const colours = swatches[feature.name],
      id = `${box.id}-${feature.name}`,
      note = make("span", { className: "note" });
    const part = colours
      ? palette(
          id,
          choices,
          feature.variants.map((variant) => colours[variant]),
          pick,
        )
      : list(id, choices, pick);
    const label = colours
      ? make("legend", {}, named(feature.name), note)
      : make("label", { htmlFor: id }, named(feature.name), note);
    box.append(make(colours ? "fieldset" : "div", { className: "feature" }, label, part.element));
    return { ...part, note };
  });
  return (labels, coveredBy) =>
    parts.forEach(({ set, note, element }, i) => {
      const by = coveredBy(i);
      set(labels[i] === null ? "" : String(labels[i]));
      note.textContent = by ? ` (${covered(by)})` : "";
      element.classList.toggle("covered", Boolean(by));
    });
}

function list(id, choices, pick) {
  const element = make(
    "select",
    { id },
    ...choices.map(([value, text]) => new Option(text, value)),
  );
  element.addEventListener("change", () => pick(element.value));
  return {
    element,
    set: (value) => {
      element.value = value;
    },
  };
}

function palette(name, choices, colours, pick) {
  const radios = choices.map(([value, text]) => {
    const radio = make("input", { type: "radio", name, value, ariaLabel: text, title: text });
    if (value) radio.style.setProperty("--colour", colours[value]);
    radio.addEventListener("change", () => pick(value));
    return radio;
  });
  return {
    element: make("div", { className: "swatches" }, ...radios),
    set: (value) =>
      radios.forEach((radio) => {
        radio.checked = radio.value === value;
      }),
  };
}
