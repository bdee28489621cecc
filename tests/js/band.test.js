/** What the panel that teaches songs decides and says. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { commonName } from "../../web/band/files.js";
import { plansFor, tunable } from "../../web/band/plans.js";
import { expectations, formatDuration, tooLittle } from "../../web/band/sentences.js";
import { MAX_WORDS, readSources } from "../../web/lyrics-trainer/read-sources.js";
import { RECIPES } from "../../web/lyrics-trainer/recipes.js";

const ENTRIES = ["quick", "gene-lyrica-one", "gene-lyrica-two"].map((run) => ({ run }));
const found = (summary, more = {}) => ({
  summary: { songs: 20, words: 900, distinctWords: 90, ...summary },
  ...{ used: 20, known: 1, ...more },
});

test("plans name recipes and networks that are there", () => {
  const runs = tunable(ENTRIES);
  assert.deepEqual(runs, ["gene-lyrica-two", "quick"]);
  assert.deepEqual(tunable(ENTRIES.slice(0, 1)), ["quick"]);
  for (const mode of ["tune", "scratch"])
    for (const songs of [1, 20, 1000]) {
      const [first, smaller] = plansFor(mode, songs, runs);
      assert.equal(first.run, mode === "tune" ? "gene-lyrica-two" : undefined);
      assert.ok(RECIPES[first.recipe.name] && RECIPES[smaller.recipe.name]);
      assert.ok(!first.share && smaller.share < 1);
    }
  const [few] = plansFor("tune", 3, runs);
  assert.ok(few.recipe.stop_at_train_accuracy);
  assert.ok(!plansFor("tune", 4, runs)[0].recipe.stop_at_train_accuracy);
});

test("too little is refused with a reason", () => {
  assert.match(tooLittle(found({ words: 1, distinctWords: 1 })), /only 1 word, too little/);
  assert.match(tooLittle(found({ words: 12, distinctWords: 8 })), /only 12 words, too little/);
  assert.match(tooLittle(found({ words: 1000, distinctWords: 1 })), /nothing to learn/);
  assert.equal(tooLittle(found()), "");
});

test("what to expect depends on the songs", () => {
  assert.deepEqual(expectations(found(), true), []);
  assert.match(expectations(found({ songs: 1 }, { used: 1 }), true)[0], /held out/);
  assert.match(expectations(found({ songs: 5 }, { used: 5 }), true)[0], /Twenty songs/);
  assert.match(expectations(found({}, { used: 12 }), true)[0], /first 12 of the 20 songs/);
  assert.match(expectations(found({}, { known: 0.1 }), true)[0], /10% .+From scratch/);
  assert.deepEqual(expectations(found({}, { known: 0.1 }), false), []);
});

test("durations are rounded up", () => {
  for (const [seconds, text] of [
    [1, "5 seconds"],
    [41, "45 seconds"],
    [58, "1 minute"],
    [200, "4 minutes"],
    [9000, "3 hours"],
  ])
    assert.equal(formatDuration(seconds), text);
});

test("files are called by their folder, or by the only one", () => {
  const inFolder = ["a.txt", "b/c.txt"].map((name) => ({ name, path: `kitchen/${name}` }));
  assert.equal(commonName(inFolder), "kitchen");
  assert.equal(commonName([{ name: "my.songs.csv", path: "" }]), "my.songs");
  assert.equal(commonName([{ name: "a.txt" }, { name: "b.txt" }]), "");
});

test("training uses no more songs than it can learn in minutes", async () => {
  const song = `The boat\n${"the sea is wide and blue\n".repeat(800)}`;
  const text = Array.from({ length: 60 }, (_, i) => `${song}${i}`).join("\n---\n");
  const { songs, used, opening, known, summary } = await readSources({
    sources: [{ name: "", text }],
    vocabulary: ["# 6 words", "a", "b", "c", "d", "the\t1\t0\t0", "sea\t1\t0\t0"].join("\n"),
  });
  assert.ok(used === songs.length && used < summary.songs);
  const words = songs.flatMap(({ text: each }) => each.split(/\s+/)).length;
  assert.ok(words <= MAX_WORDS + songs.length && words > 0.9 * MAX_WORDS);
  assert.equal(opening, "the boat");
  assert.ok(Math.abs(known - 1 / 3) < 0.01);
});
