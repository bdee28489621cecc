import assert from "node:assert/strict";
import { test } from "node:test";
import { LineByLine } from "../../web/lyrics/line-by-line.js";

const element = () => ({ value: "", addEventListener: () => {} });
const view = { show: () => {}, forms: new Map() };

/** Line by line on a page whose network writes these lines in turn. */
function lineByLine(lines) {
  const elements = { ".offer": element(), ".another": element(), ".undo": element() };
  const written = lines.map((line) => line.split(" "));
  const form = { ...element(), querySelector: (name) => elements[name] };
  return new LineByLine(form, view, {
    text: () => "hello",
    kept: () => "",
    keep: () => {},
    tell: () => {},
    say: () => {},
    onShown: () => {},
    write: async () => written.shift(),
  });
}

/** Offer a line, press “Another line” some times, and return all offers. */
async function offers(lines, presses) {
  const form = lineByLine(lines);
  await form.start();
  const offered = [form.offered];
  for (let i = 0; i < presses; i++) {
    form.askForAnother();
    await new Promise(setImmediate);
    offered.push(form.offered);
  }
  return offered;
}

test("another line is one that has not been offered", async () => {
  const lines = ["the sea", "the sea", "the lake", "the sea", "the lake", "the hill"];
  assert.deepEqual(await offers(lines, 2), ["the sea", "the lake", "the hill"]);
});

test("a network that knows only one line may repeat it", async () => {
  const lines = Array(9).fill("the sea");
  assert.deepEqual(await offers(lines, 2), ["the sea", "the sea", "the sea"]);
});
