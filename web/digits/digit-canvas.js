/** Digits on plain canvases, a pixel a cell, in the colours of the page; and what networks say of them, as bars. */

const PIXELS = 28,
  SHOWN = new Map();
const light = matchMedia("(prefers-color-scheme: light)");
light.addEventListener("change", () => SHOWN.forEach((values, canvas) => paint(canvas, ...values)));

/**
 * Paint pictures side by side: ink where they are 1, nothing where they are 0, the other colour where they are negative.
 * @param {ArrayLike<number>} pictures 784 numbers each
 * @param {number} across how many in a row
 */
export function paint(canvas, pictures, across = 1, most = 1) {
  SHOWN.set(canvas, [pictures, across, most]);
  const style = getComputedStyle(canvas),
    pen = canvas.getContext("2d");
  const colours = [style.color, style.getPropertyValue("--under") || style.color].map(channels);
  const count = pictures.length / PIXELS ** 2,
    tile = PIXELS + 1;
  const [width, height] = [across * tile - 1, Math.ceil(count / across) * tile - 1];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = pen.createImageData(width, height);
  for (let i = 0; i < pictures.length; i++) {
    const picture = Math.floor(i / PIXELS ** 2),
      row = Math.floor((i % PIXELS ** 2) / PIXELS),
      value = pictures[i] / most;
    const x = (picture % across) * tile + (i % PIXELS),
      y = Math.floor(picture / across) * tile + row;
    image.data.set(
      [...colours[Number(value < 0)], Math.min(1, Math.abs(value)) * 255],
      (y * width + x) * 4,
    );
  }
  pen.putImageData(image, 0, 0);
}

/** The three channels of a colour as the browser computed it, or as the style sheet wrote it (#rrggbb). */
function channels(colour) {
  const hex = /^\s*#(..)(..)(..)/.exec(colour);
  return hex
    ? hex.slice(1).map((part) => parseInt(part, 16))
    : colour.match(/\d+/g).slice(0, 3).map(Number);
}

/** A picture as a canvas to save: black on white, ten dots a pixel. */
export function enlarged(picture) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 280, height: 280 }),
    pen = canvas.getContext("2d");
  picture.forEach((value, i) => {
    const grey = Math.round(255 * (1 - value));
    pen.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    pen.fillRect((i % PIXELS) * 10, Math.floor(i / PIXELS) * 10, 10, 10);
  });
  return canvas;
}

/** A share as a bar has room for it; never rounded up to 100. */
export function percent(share) {
  const hundredths = Math.floor(share * 10_000) / 100;
  if (share >= 0.99) return `${hundredths.toFixed(2)} %`;
  return `${share >= 0.1 ? Math.round(share * 100) : (share * 100).toFixed(share < 5e-4 ? 0 : 1)} %`;
}

export const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

/** Ten bars a network, in `box`. */
export class Bars {
  constructor(box, names) {
    this.names = names;
    this.rows = names.map((name) => {
      const list = make("ol", { className: "bars", ariaLabel: `What ${name} network says` });
      box.append(make("div", {}, make("h3", { textContent: capital(name) }), list));
      return Array.from({ length: 10 }, (_, digit) => {
        const bar = make("progress", { max: 1, value: 0, ariaLabel: `${digit}` }),
          said = make("span", {});
        const row = make("li", {}, make("b", { textContent: digit }), bar, said);
        list.append(row);
        return { row, bar, said };
      });
    });
  }

  /** @param {Float32Array[]} answers ten numbers a network, or nothing, which lays the bars down */
  show(answers) {
    this.rows.forEach((rows, i) => {
      const top = answers ? likeliest(answers[i]).digit : -1;
      rows.forEach(({ row, bar, said }, digit) => {
        bar.value = answers?.[i][digit] ?? 0;
        said.textContent = answers ? percent(answers[i][digit]) : "";
        row.classList.toggle("top", digit === top);
      });
    });
  }

  /** The answers in words. */
  tell(answers) {
    return answers
      .map((answer, i) => {
        const { digit, share } = likeliest(answer),
          name = this.names[i];
        const says =
          share < 0.5
            ? `is at a loss (${digit}, perhaps: ${percent(share)})`
            : `says ${digit} (${percent(share)})`;
        return `${capital(name)} network ${says}.`;
      })
      .join(" ");
  }
}

/** The likeliest of ten answers. */
export function likeliest(answer) {
  const digit = answer.indexOf(Math.max(...answer));
  return { digit, share: answer[digit] };
}

function make(name, properties, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}
