// @ts-check
/**
 * The panel for the face of a name, its code, and a sheet of faces for many names.
 *
 * @typedef {object} Context What the page shows.
 * @property {import("./population.js").Population} population
 * @property {Record<string, any>} state The fields of the link.
 * @property {(pixels: Uint8ClampedArray) => Uint8ClampedArray} prepare Cuts a face out.
 */

import { decodeFace, encodeFace } from "../core/face-code.js";
import { $, say } from "../shared/dom.js";
import { formatCount } from "../shared/format.js";
import { saveFile } from "../shared/share.js";
import { zip } from "../shared/zip.js";
import { draw } from "./drawing.js";
import { encodePng } from "./picture.js";
import { COUNT } from "./url-fields.js";

const MAX_NAMES = 500;
const MAX_FILE_NAME = 60; // characters
const UNSAFE = /[^\p{L}\p{M}\p{N}]+/gu;

let isDrawing = false;

/**
 * The variants of a code; if it is wrong, undefined, and the page shows an error.
 *
 * @param {string} code
 * @param {import("../core/avatars.js").Attribute[]} attributes
 */
export function readCode(code, attributes) {
  try {
    return decodeFace(code, attributes);
  } catch (error) {
    say(error.message, true, "copied");
    return undefined;
  }
}

/**
 * Activate the fields for a name and a code.
 *
 * @param {(name: string, isFirst: boolean) => void} onName Called with the name after each keystroke, and whether it is
 *     the first one since the field was last left.
 * @param {(code: string) => void} onCode
 */
export function startNames(onName, onCode) {
  let isTyping = false;
  $("name").addEventListener("input", () => {
    onName($("name").value, !isTyping);
    isTyping = true;
  });
  $("name").addEventListener("change", () => {
    isTyping = false;
  });
  $("code").addEventListener("change", () => onCode($("code").value));
  for (const id of ["name", "code"]) $(id).addEventListener("keydown", leaveOnEnter);
}

/** Leave the field on Enter, which would otherwise press the main button. @param {any} event */
function leaveOnEnter(event) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  event.target.blur();
}

/** Activate the button. @param {() => Context} getContext */
export function startSheet(getContext) {
  $("sheet").addEventListener("click", () => {
    if (isDrawing) isDrawing = false;
    else makeSheet(getContext());
  });
}

/** @param {Context} context */
async function makeSheet(context) {
  const names = readNames($("names").value);
  const problem = problemOf(names);
  say(problem, Boolean(problem), "sheet-said");
  if (problem) return;
  showState(true, names.length);
  const files = await drawNames(names, context);
  const wasStopped = !isDrawing;
  showState(false, names.length);
  if (files && !wasStopped) saveFile(zip(files), "faces.zip");
  const done = files && `${formatCount(files.length)} faces in faces.zip.`;
  say(wasStopped ? "Stopped." : done || "The faces could not be drawn.", !done, "sheet-said");
}

/**
 * Draw a picture for each name, a few at a time, until the visitor stops it.
 *
 * @param {string[]} names
 * @param {Context} context
 * @returns {Promise<{name: string, bytes: Uint8Array}[] | undefined>} Undefined if that failed.
 */
async function drawNames(names, { population, state, prepare }) {
  const files = [];
  const faceBytes = 4 * population.side ** 2;
  for (let first = 0; first < names.length && isDrawing; first += COUNT) {
    const some = names.slice(first, first + COUNT);
    /** @type {Uint8ClampedArray[]} */
    const drawn = [];
    const inputs = some.map((name) => population.inputOfName(name));
    const isDone = await draw(state.run, "names", inputs, (_, pixels) => {
      for (let i = 0; i < pixels.length; i += faceBytes)
        drawn.push(prepare(pixels.slice(i, i + faceBytes)));
    });
    if (!isDone) return undefined;
    for (const [i, name] of some.entries()) {
      const code = encodeFace(population.labelsOfName(name), population.attributes);
      const bytes = await encodePng(drawn[i], /** @type {any} */ (state), code);
      files.push({ name: fileName(name, files.length + 1), bytes });
      $("sheet-progress").value = files.length;
      say(`${files.length} of ${names.length} faces`, false, "sheet-said");
    }
  }
  return files;
}

/** The lines of a text that are not empty. @param {string} text */
const readNames = (text) =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);

/** Why a sheet of these names cannot be made, or "". @param {string[]} names */
function problemOf(names) {
  if (!names.length) return "Type or paste names first, one per line.";
  if (names.length > MAX_NAMES)
    return `That is ${formatCount(names.length)} names, but a sheet holds at most ${MAX_NAMES}. Make several sheets.`;
  return "";
}

/** A unique file name that every system allows; the number keeps the order. @param {string} name @param {number} number */
function fileName(name, number) {
  const letters = name.normalize("NFC").replace(UNSAFE, " ").trim();
  const short = [...letters].slice(0, MAX_FILE_NAME).join("");
  return `${String(number).padStart(3, "0")} ${short}`.trim().concat(".png");
}

/** @param {boolean} drawing @param {number} total */
function showState(drawing, total) {
  isDrawing = drawing;
  $("sheet").textContent = drawing ? "Stop" : "Save a zip with one picture each";
  $("sheet-progress").max = total;
  $("sheet-progress").value = 0;
  $("sheet-progress").classList.toggle("done", !drawing);
}
