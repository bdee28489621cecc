/** The JavaScript twins against the golden files. `tests/unit/test_golden_files.py` runs this with node. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { alternatives, countLines, generate, LyricsDecoder } from "../../web/core/decoder.js";
import { uniforms as counterUniforms, Random } from "../../web/core/prng.js";
import { sampleToken } from "../../web/core/samplers.js";
import { SongIndex } from "../../web/core/song-index.js";
import { detokenize, spacing, tokenize } from "../../web/core/tokenizer.js";
import { NEWLINE, UNK, Vocabulary } from "../../web/core/vocabulary.js";
import * as state from "../../web/shared/url-state.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));

test("words", () => {
  for (const { text, words, joined } of golden("words")) {
    assert.deepEqual(tokenize(text), words, JSON.stringify(text));
    assert.equal(detokenize(words), joined);
    assert.equal(spacing(words).length, words.length);
  }
});

test("random numbers", () => {
  for (const { seed, integers, uniforms, streams } of golden("random")) {
    const whole = new Random(seed);
    const real = new Random(seed);
    assert.deepEqual(
      integers.map(() => whole.integer()),
      integers,
    );
    assert.deepEqual(
      uniforms.map(() => real.uniform()),
      uniforms,
    );
    assert.deepEqual(
      [0, 2, 1001].map((stream) => [...counterUniforms(seed, stream, 5)]),
      streams,
    );
  }
});

test("samplers", () => {
  const { config, cases } = golden("samplers");
  for (const { logits, settings, seed, chosen } of cases) {
    const draws = new Random(seed);
    assert.deepEqual(
      chosen.map(() => sampleToken(Float64Array.from(logits), { ...config, ...settings }, draws)),
      chosen,
    );
  }
});

const pretended = {
  start() {
    this.position = 0;
  },
  step(token) {
    const draws = new Random(token * 1000 + (++this.position % 5));
    return Array.from({ length: 14 }, () => draws.uniform() * 6);
  },
};

test("the decoder and its loop guard", () => {
  const { config, cases } = golden("decoder");
  for (const { prompt, song, settings, seed } of cases) {
    const asked = { prompt, config: { ...config, ...settings } };
    assert.deepEqual([...generate(pretended, asked, seed)], song);
  }
});

test("a song continues from the words that a visitor chose", () => {
  const { config } = golden("decoder");
  const asked = { prompt: [4], config };
  const song = [...generate(pretended, asked, 1)];
  const changed = [...generate(pretended, asked, 1, { 3: 7 })];
  assert.deepEqual(changed.slice(0, 3), song.slice(0, 3));
  assert.equal(changed[3], 7);
  assert.deepEqual([...generate(pretended, asked, 1, { 3: 1 })], song.slice(0, 3), "1 ends it");
});

test("the longest song", () => {
  const { config } = golden("decoder");
  const decoder = new LyricsDecoder(
    { prompt: [4, 5], config: { ...config, max_tokens: 7, lines: 1000 } },
    1,
  );
  while (decoder.nextToken([0, -99, 0, 0, 1, 1, 1, 1]) !== undefined);
  assert.equal(decoder.tokens.length, 2 + 7);
});

test("lines that are not empty are counted, in token ids and in words", () => {
  assert.equal(countLines([4, NEWLINE, NEWLINE, 5, 6, NEWLINE]), 2);
  assert.equal(countLines(["a", "\n", "\n", "b", "c", "\n"], "\n"), 2);
});

test("songs that keep to a form", () => {
  const { config, cases, rhyme_classes: rhymeClasses } = golden("song_form");
  for (const { prompt, song, settings, seed } of cases) {
    const asked = { prompt, config: { ...config, ...settings }, rhymeClasses };
    assert.deepEqual([...generate(pretended, asked, seed)], song, JSON.stringify(settings));
  }
});

test("every word of a song that keeps to a form is among the alternatives, and had a chance", () => {
  const { config, cases, rhyme_classes: rhymeClasses } = golden("song_form");
  let certain = 0;
  for (const { prompt, song, settings } of cases) {
    song.forEach((token, i) => {
      const asked = {
        prompt: [...prompt, ...song.slice(0, i)],
        config: { ...config, ...settings },
        rhymeClasses,
      };
      const found = alternatives(pretended, asked, token, 2);
      const { probability } = found.find((other) => other.token === token);
      assert.ok(probability > 0 && probability <= 1);
      certain += found.length === 1 && probability === 1;
    });
  }
  assert.ok(certain > 20, "a chorus that returns is certain");
});

test("phrases that are copied from training songs", () => {
  for (const { index, share, songs, copies } of golden("song_index")) {
    const songIndex = new SongIndex(Uint8Array.from(Buffer.from(index, "base64")));
    assert.equal(songIndex.share, share);
    if (copies)
      assert.deepEqual(
        songs.map((song) => songIndex.findCopies(song)),
        copies,
      );
    else
      for (const { title, length } of songs.flatMap((song) => songIndex.findCopies(song)))
        assert.ok(title && length >= 6);
  }
});

test("the vocabulary file", () => {
  const vocabulary = new Vocabulary(
    "# 6 words\n<no word>\t0\t0\n<song start>\t0\t0\n<unknown word>\t3\t0\n<new line>\t2\t0\n,\t1\t-1\nsea\t1\t1\n",
  );
  assert.deepEqual(vocabulary.encode(["sea", "\n", "boat", "<new line>"]), [5, NEWLINE, UNK, UNK]);
  assert.deepEqual(vocabulary.outOfVocabulary(["boat", "sea", "boat"]), ["boat"]);
  assert.deepEqual([...vocabulary.rhymeClasses], [0, 0, 0, 0, -1, 1]);
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
