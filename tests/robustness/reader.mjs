/** The page's readers under Node, for `test_site_fuzz.py`: one request and one reply per line, in JSON. */

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import { DrawingBitmap } from "../../web/core/drawing-bitmap.js";
import { fetchFiles, fetchIndex } from "../../web/shared/model.js";
import { choice, flag, number, readHash, words, writeHash } from "../../web/shared/url-state.js";
import { UserError } from "../../web/shared/user-error.js";

const BASE = new URL("https://gene.example/models/");
const TABLE = {
  text: words("hello", 2000),
  run: choice("quick", /^[\w-]{1,40}$/),
  size: number(0.8, 0, 2, 0.05),
  seed: number(1, 0, 2 ** 32 - 1),
  lines: number(16, 4, 60),
  on: flag(true),
};
const SOUND = {
  text: (value) => value.length <= 2000,
  run: (value) => /^[\w-]{1,40}$/.test(value),
  on: (value) => typeof value === "boolean",
  size: (value) => value >= 0 && value <= 2,
  seed: (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
  lines: (value) => Number.isInteger(value) && value >= 4 && value <= 60,
};

let site = new Map();
let asked = [];

globalThis.fetch = async (url) => {
  asked.push(String(url));
  const body = site.get(String(url));
  return new Response(body ?? "", { status: body ? 200 : 404 });
};

const questions = {
  /** Every file of every model of a site {path: base64}: do they match the index, or is there a message? */
  async models({ files }) {
    site = new Map(
      Object.entries(files).map(([path, text]) => [
        new URL(path, BASE).href,
        Buffer.from(text, "base64"),
      ]),
    );
    asked = [];
    const result = { loaded: 0 };
    try {
      for (const entry of await fetchIndex(BASE)) {
        const contents = await fetchFiles(
          entry,
          () => true,
          () => {},
          BASE,
        );
        for (const { path, sha256 } of entry.files) {
          if (createHash("sha256").update(contents.get(path)).digest("hex") !== sha256)
            result.wrong = path;
          result.loaded++;
        }
      }
    } catch (error) {
      result[error instanceof UserError ? "message" : "error"] = String(error.message ?? error);
    }
    return { ...result, outside: asked.filter((url) => !url.startsWith(BASE.href)) };
  },

  /** The state in a hash: valid, and the same if it is written to a hash and read again. */
  hash({ text }) {
    const { state } = readHash(TABLE, text);
    const again = readHash(TABLE, writeHash(TABLE, state)).state;
    return {
      sound: Object.entries(SOUND).every(([name, is]) => is(state[name])),
      same: JSON.stringify(state) === JSON.stringify(again),
    };
  },

  /** A drawing in a link: none, or the same if it is written and read again. */
  ink({ text }) {
    const packed = DrawingBitmap.unpack(text)?.pack();
    return { same: packed === undefined || packed === DrawingBitmap.unpack(packed).pack() };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, ...rest } = JSON.parse(line);
  console.log(JSON.stringify(await questions[kind](rest)));
}
