// @ts-check
/**
 * A picture to save or share: text in the site's fonts, a picture, and below them the link that brings it back.
 *
 *     const canvas = await drawCard({ song: "The sea is wide\nAnd blue", link: location.href });
 *
 * It has the colors of the page, light or dark. A long song flows into columns.
 *
 * @typedef {object} Card
 * @property {string} [title]
 * @property {string} [text] A sentence or two.
 * @property {HTMLCanvasElement} [picture]
 * @property {boolean} [isPixelated] Whether the picture is enlarged without smoothing.
 * @property {string} [song] One line of text for each line of the song.
 * @property {number} [promptLength] How many characters at its beginning are the visitor's.
 * @property {string} link
 *
 * @typedef {{text: string, indent: number, start: number}} Row `start` is the index of its first character in the song.
 */

import { isRightToLeft } from "./format.js";

const WIDTH = 1080; // pixels
const MARGIN = 96;
const GAP = 72; // between columns, and above and below parts
const SPINE = 20;
const NARROW = 720; // width of a column if there are several
const TITLE = { size: 76, height: 88 };
const TEXT = { size: 40, height: 56 };
const NAME = { size: 56, height: 56 };
const FOOT = { size: 28, height: 40 };
const INDENT = 52; // for the rest of a line that is too long
const MAX_ROWS = 34; // of a single column; a song with more rows gets several columns, which may be longer
const MAX_LINK_ROWS = 3;
const MAX_PIXELS = 12e6; // phones do not support larger canvases

/**
 * Draw a card.
 *
 * @param {Card} card
 * @returns {Promise<HTMLCanvasElement>}
 */
export async function drawCard(card) {
  const style = getComputedStyle(document.documentElement);
  const color = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`);
  await document.fonts?.load(`${TEXT.size}px Alegreya`).catch(() => {});
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const layout = new Layout(context, { serif: color("serif"), sans: color("sans"), card });
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (layout.width * layout.height)));
  canvas.width = layout.width * scale;
  canvas.height = layout.height * scale;
  context.scale(scale, scale);
  context.fillStyle = color("sheet");
  context.fillRect(0, 0, layout.width, layout.height);
  context.fillStyle = color("accent");
  context.fillRect(0, 0, SPINE, layout.height);
  for (const draw of layout.parts) draw(color);
  return canvas;
}

/** The layout of a card; each part is a function that draws it. */
class Layout {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{serif: string, sans: string, card: Card}} options
   */
  constructor(context, { serif, sans, card }) {
    this.context = context;
    this.serif = serif;
    this.sans = sans;
    this.width = WIDTH;
    this.height = MARGIN;
    /** @type {((color: (name: string) => string) => void)[]} */
    this.parts = [];
    if (card.song) this.addSong(card.song, card);
    if (card.picture) this.addPicture(card.picture, card.isPixelated);
    if (card.title && !card.song) this.addText(card.title, TITLE, "accent");
    if (card.text) this.addText(card.text, TEXT, "ink");
    this.addFoot(card.link);
  }

  get inner() {
    return this.width - 2 * MARGIN;
  }

  /** @param {string} text @param {{size: number, height: number}} type @param {string} color */
  addText(text, type, color) {
    const font = `${type.size}px ${this.serif}`;
    const rows = this.wrap(text, font, this.inner);
    const top = this.height;
    this.height += rows.length * type.height + GAP / 4;
    this.parts.push((colors) => {
      this.context.fillStyle = colors(color);
      rows.forEach(({ text: row }, i) => {
        this.write(row, font, MARGIN, this.inner, top + type.size + i * type.height);
      });
    });
  }

  /** @param {HTMLCanvasElement} picture @param {boolean} [isPixelated] */
  addPicture(picture, isPixelated) {
    const { context, inner } = this;
    const height = Math.min(inner, (inner * picture.height) / picture.width);
    const width = (height * picture.width) / picture.height;
    const top = this.height;
    this.height += height + GAP;
    this.parts.push(() => {
      context.imageSmoothingEnabled = !isPixelated;
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, MARGIN, top, width, height);
    });
  }

  /** @param {string} song @param {Card} card */
  addSong(song, { title, promptLength = 0 }) {
    const font = `${TEXT.size}px ${this.serif}`;
    let columns = [this.wrap(song, font, this.inner)];
    let columnWidth = this.inner;
    if (columns[0].length > MAX_ROWS) {
      columnWidth = NARROW;
      const rows = this.wrap(song, font, columnWidth);
      columns = split(rows, Math.max(2, Math.round(rows.length / (2 * MAX_ROWS))));
      this.width = 2 * MARGIN + columns.length * (NARROW + GAP) - GAP;
    }
    if (title) this.addText(title, TITLE, "accent");
    const top = this.height;
    this.height += Math.max(...columns.map(({ length }) => length)) * TEXT.height + GAP / 2;
    this.parts.push((color) => {
      columns.forEach((rows, column) => {
        const left = MARGIN + column * (NARROW + GAP);
        this.drawRows(rows, { font, left, width: columnWidth, top, promptLength, color });
      });
    });
  }

  /** @param {Row[]} rows @param {any} options */
  drawRows(rows, { font, left, width, top, promptLength, color }) {
    rows.forEach(({ text, indent, start }, i) => {
      const y = top + TEXT.size + i * TEXT.height;
      this.context.fillStyle = color("ink");
      this.write(text, font, left + indent, width - indent, y);
      const prompt = text.slice(0, Math.max(0, promptLength - start));
      if (!prompt || isRightToLeft(text)) return;
      this.context.fillStyle = color("accent");
      this.write(prompt, font, left + indent, width, y);
    });
  }

  /** @param {string} link */
  addFoot(link) {
    const font = `${FOOT.size}px ${this.sans}`;
    const rows = this.breakLink(link.replace(/^https?:\/\//, ""), font);
    const top = this.height + GAP / 2 + NAME.height;
    this.height = top + rows.length * FOOT.height + MARGIN * 0.6;
    this.parts.push((color) => {
      const { context, inner } = this;
      context.fillStyle = color("line");
      context.fillRect(MARGIN, top - NAME.height - GAP / 2, inner, 2);
      this.drawName(top - NAME.height + NAME.size * 0.7, color);
      context.fillStyle = color("faint");
      rows.forEach((row, i) => {
        this.write(row, font, MARGIN, inner, top + FOOT.size + i * FOOT.height);
      });
    });
  }

  /** The name of the site with its cursor. @param {number} y @param {(name: string) => string} color */
  drawName(y, color) {
    const { context } = this;
    context.fillStyle = color("ink");
    this.write("gene", `${NAME.size}px ${this.serif}`, MARGIN, this.inner, y);
    const { width } = context.measureText("gene");
    context.fillStyle = color("accent");
    context.fillRect(MARGIN + width + 5, y - 5, NAME.size * 0.45, 5);
  }

  /** An address on a few rows; without its hash if that is too long. @param {string} link @param {string} font */
  breakLink(link, font) {
    const { context, inner } = this;
    context.font = font;
    /** @type {string[]} */
    const rows = [""];
    for (const [piece] of link.matchAll(/[#&]?[^#&]{0,24}/g)) {
      if (context.measureText(rows[rows.length - 1] + piece).width > inner) rows.push("");
      rows[rows.length - 1] += piece;
    }
    return rows.length > MAX_LINK_ROWS ? [link.replace(/#.*/, "")] : rows;
  }

  /** @param {string} text @param {string} font @param {number} left @param {number} width @param {number} y */
  write(text, font, left, width, y) {
    const { context } = this;
    const isReversed = isRightToLeft(text);
    context.font = font;
    context.direction = isReversed ? "rtl" : "ltr";
    context.textAlign = isReversed ? "right" : "left";
    context.fillText(text, isReversed ? left + width : left, y);
  }

  /**
   * Break text into rows that fit; the rest of a line is indented.
   *
   * @param {string} text
   * @param {string} font
   * @param {number} width
   * @returns {Row[]}
   */
  wrap(text, font, width) {
    this.context.font = font;
    let start = 0;
    return text.split("\n").flatMap((line) => {
      const rows = this.wrapLine(line, width, start);
      start += line.length + 1;
      return rows;
    });
  }

  /** @param {string} line @param {number} width @param {number} offset */
  wrapLine(line, width, offset) {
    const { context } = this;
    /** @type {Row[]} */
    const rows = [{ text: "", indent: 0, start: offset }];
    for (const [piece] of line.matchAll(/\S{1,24}\s*|\s+/g)) {
      const row = rows[rows.length - 1];
      const isTooLong =
        context.measureText((row.text + piece).trimEnd()).width > width - row.indent;
      const start = row.start + row.text.length;
      if (isTooLong && row.text) rows.push({ text: piece, indent: INDENT, start });
      else row.text += piece;
    }
    return rows;
  }
}

/**
 * Split rows into columns of nearly the same length, between stanzas where possible.
 *
 * @param {Row[]} rows
 * @param {number} count
 * @returns {Row[][]}
 */
function split(rows, count) {
  if (count < 2) return [rows];
  const ideal = Math.ceil(rows.length / count);
  const isGap = (/** @type {number} */ i) => !rows[i]?.text.trim();
  const near = [0, 1, -1, 2, -2, 3, -3, 4, -4].map((distance) => ideal + distance);
  const end = near.find(isGap) ?? ideal;
  const first = rows.slice(0, end);
  const rest = rows.slice(isGap(end) ? end + 1 : end);
  return [first, ...split(rest, count - 1)];
}
