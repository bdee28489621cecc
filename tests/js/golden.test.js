/** The JavaScript halves against the golden files. `tests/unit/test_golden_files.py` runs this with node. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Memory } from "../../web/core/song-index.js";
import { Random, uniforms as atOnce } from "../../web/core/prng.js";
import { rhyme, soundsOf } from "../../web/core/rhyme.js";
import { choose } from "../../web/core/samplers.js";
import { gaps, join, split } from "../../web/core/tokenizer.js";
import { consider, sing } from "../../web/core/decoder.js";
import { Vocabulary, UNKNOWN, LINE } from "../../web/core/vocabulary.js";
import * as state from "../../web/shared/url-state.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));

test("words", () => {
  for (const { text, words, joined } of golden("words")) {
    assert.deepEqual(split(text), words, JSON.stringify(text));
    assert.equal(join(words), joined);
    assert.equal(gaps(words).length, words.length);
  }
});

test("random numbers", () => {
  for (const { seed, integers, uniforms, streams } of golden("random")) {
    const whole = new Random(seed),
      real = new Random(seed);
    assert.deepEqual(
      integers.map(() => whole.integer()),
      integers,
    );
    assert.deepEqual(
      uniforms.map(() => real.uniform()),
      uniforms,
    );
    assert.deepEqual(
      [0, 2, 1001].map((stream) => [...atOnce(seed, stream, 5)]),
      streams,
    );
  }
});

test("samplers", () => {
  for (const { scores, settings, seed, chosen } of golden("samplers")) {
    const draw = new Random(seed);
    assert.deepEqual(
      chosen.map(() => choose(Float64Array.from(scores), settings, draw)),
      chosen,
    );
  }
});

const pretended = {
  begin() {
    this.read = 0;
  },
  step(word) {
    const draw = new Random(word * 1000 + (++this.read % 5));
    return Array.from({ length: 14 }, () => draw.uniform() * 6);
  },
};

test("the writer and its guard", () => {
  for (const { seed, song, settings } of golden("writer"))
    assert.deepEqual([...sing(pretended, seed, settings)], song);
});

test("what words rhyme on", () => {
  for (const [word, sound] of golden("rhyme")) assert.equal(rhyme(word), sound, word);
  assert.deepEqual(soundsOf(["light", "-", ".", "...", "night", "boat"]), [1, 0, -1, -1, 1, 2]);
});

test("songs that keep to a form", () => {
  for (const { seed, song, sounds, settings } of golden("form")) {
    assert.deepEqual(
      [...sing(pretended, seed, { ...settings, sounds })],
      song,
      JSON.stringify(settings),
    );
  }
});

test("every word of a song that keeps to a form was considered, and had a chance", () => {
  let certain = 0;
  for (const { seed, song, sounds, settings } of golden("form")) {
    song.forEach((word, i) => {
      const considered = consider(
        pretended,
        [...seed, ...song.slice(0, i)],
        word,
        { ...settings, sounds },
        2,
      );
      const { chance } = considered.find((other) => other.word === word);
      assert.ok(chance > 0 && chance <= 1);
      certain += considered.length === 1 && chance === 1;
    });
  }
  assert.ok(certain > 20, "a chorus that comes back is certain");
});

test("runs that are copied from training songs", () => {
  for (const { packed, share, sung, runs } of golden("memory")) {
    const memory = new Memory(Uint8Array.from(Buffer.from(packed, "base64")));
    assert.equal(memory.share, share);
    if (runs)
      assert.deepEqual(
        sung.map((song) => memory.runs(song)),
        runs,
      );
    else
      for (const { title, length } of sung.flatMap((song) => memory.runs(song)))
        assert.ok(title && length >= 6);
  }
});

test("the vocabulary file", () => {
  const vocabulary = new Vocabulary(
    "# 5 words\n<no word>\t0\n<song start>\t0\n<unknown word>\t3\n<new line>\t2\nsea\t1\n",
  );
  assert.deepEqual(vocabulary.encode(["sea", "\n", "boat", "<new line>"]), [
    4,
    LINE,
    UNKNOWN,
    UNKNOWN,
  ]);
  assert.deepEqual(vocabulary.unknown(["boat", "sea", "boat"]), ["boat"]);
});

test("a state goes into the hash and comes back; garbage becomes the default", () => {
  const table = {
    text: state.words("hello", 10),
    heat: state.number(0.8, 0, 2, 0.05),
    guard: state.flag(true),
    run: state.choice("stream", /^[\w-]+$/),
  };
  const values = { text: "a&b=#\n🙂", heat: 1.35, guard: false, run: "quick" };
  assert.deepEqual(state.readHash(table, state.writeHash(table, values)), {
    state: values,
    known: true,
  });
  const start = { text: "hello", heat: 0.8, guard: true, run: "stream" };
  for (const hash of [
    "",
    "#",
    "#%%%",
    "#v=1&heat=NaN&guard=maybe&run=../x",
    "#v=9&heat=1",
    "#v=1&heat=1e9",
    "#v=1&heat=",
  ]) {
    assert.deepEqual(state.readHash(table, hash).state, start, hash);
  }
});
