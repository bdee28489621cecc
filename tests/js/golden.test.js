/** The JavaScript twins against the golden files. `tests/unit/test_golden_files.py` runs this with node. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { prepare } from "../../web/core/adjust-logits.js";
import { alternatives } from "../../web/core/alternatives.js";
import { countLines, generate } from "../../web/core/decoder.js";
import { FormCounter } from "../../web/core/form-counter.js";
import { tokenProperties } from "../../web/core/line-score.js";
import { uniforms as counterUniforms, Random } from "../../web/core/prng.js";
import { sampleToken } from "../../web/core/samplers.js";
import { SongSlots, titleWords } from "../../web/core/slots.js";
import { followingTokens, mixWithCache } from "../../web/core/song-cache.js";
import { SongIndex } from "../../web/core/song-index.js";
import { buildSongIndex } from "../../web/core/song-index-writer.js";
import { detokenize, spacing, tokenize } from "../../web/core/tokenizer.js";
import { typedForms, typeset } from "../../web/core/typography.js";
import { NEWLINE, PAD, UNK, Vocabulary } from "../../web/core/vocabulary.js";
import * as state from "../../web/shared/url-state.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));

test("words", () => {
  const forms = new Map([
    ["i", "I"],
    ["i'm", "I'm"],
    ["anna", "Anna"],
  ]);
  for (const { text, words, joined, written, typed } of golden("words")) {
    assert.deepEqual(tokenize(text), words, JSON.stringify(text));
    assert.equal(detokenize(words), joined);
    assert.equal(typeset(words, forms), written);
    const { certain, doubtful } = typedForms(text);
    assert.deepEqual([[...certain], [...doubtful]], typed);
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

/** Properties of the tokens of the fake network. */
const propertiesOf = ({
  rhyme_classes: rhymeClasses = Array(14).fill(0),
  kinds: wordKinds = Array(14).fill(0),
  counts = Array(14).fill(1),
  quotation_mark: mark = undefined,
  brackets: [opening, closing] = [undefined, undefined],
}) => {
  const ids = new Map([
    ['"', mark],
    ["(", opening],
    [")", closing],
  ]);
  return tokenProperties({ rhymeClasses, wordKinds, counts, slots: [], ids });
};

const NO_RHYMES = propertiesOf({});

/** A network whose logits depend on the last token and the position. */
const fakeNetwork = {
  start(title = []) {
    this.title = title;
    this.songs = [{ position: 0, logits: [] }];
  },
  step(tokens) {
    this.songs = this.songs.map((song, i) =>
      tokens[i] === PAD ? song : this.read(song, tokens[i]),
    );
    return this.songs.map(({ logits }) => logits);
  },
  fork(row, count) {
    this.songs = Array(count).fill(this.songs[row]);
    return this.songs.map(({ logits }) => logits);
  },
  read(song, token) {
    const position = song.position + 1;
    const draws = new Random(token * 1000 + (position % 5));
    const times = (token) => this.title.filter((other) => other === token).length;
    const logits = Array.from({ length: 14 }, (_, i) => draws.uniform() * 6 + times(i) / 2);
    return { position, logits };
  },
};

/** A song of the fake network. */
const pretend = (asked, seed, picks) =>
  [...generate(fakeNetwork, { properties: NO_RHYMES, ...asked }, seed, picks)].flat();

test("the decoder and its loop guard", () => {
  const { config, cases } = golden("decoder");
  for (const { prompt, song, settings, seed } of cases) {
    assert.deepEqual(pretend({ prompt, config: { ...config, ...settings } }, seed), song);
  }
});

test("a song continues from the words that a visitor chose", () => {
  for (const count of [1, 5]) {
    const config = { ...golden("song_form").config, num_candidates: count };
    const asked = { prompt: [4], config };
    const song = pretend(asked, 1);
    const changed = pretend(asked, 1, { 3: 7 });
    assert.deepEqual(changed.slice(0, 3), song.slice(0, 3));
    assert.equal(changed[3], 7);
    const again = pretend(asked, 1, { 3: 7, 5: 9, 30: 8 });
    assert.deepEqual(again.slice(0, 5), changed.slice(0, 5));
    assert.deepEqual([again[5], again[30]], [9, 8]);
    assert.deepEqual(pretend(asked, 1, { 3: 1 }), song.slice(0, 3), "1 ends it");
  }
});

test("songs whose lines are chosen among several", () => {
  const { config, cases, ...vocabulary } = golden("candidates");
  const properties = propertiesOf(vocabulary);
  for (const { prompt, song, settings, seed } of cases) {
    const asked = { prompt, config: { ...config, ...settings }, properties };
    assert.deepEqual(pretend(asked, seed), song, JSON.stringify(settings));
  }
});

test("songs that keep to their titles", () => {
  const { config, cases, affinities, ...vocabulary } = golden("titles");
  const properties = propertiesOf(vocabulary);
  for (const { title, prompt, settings, song } of cases) {
    const asked = { title, prompt, config: { ...config, ...settings }, properties };
    assert.deepEqual(pretend(asked, 5), song, JSON.stringify([title, settings]));
  }
  for (const { title, affinity } of affinities) {
    const asked = { title, prompt: [], config, properties };
    const found = prepare(fakeNetwork, asked).affinity ?? new Map();
    affinity.forEach((expected, token) => {
      assert.ok(Math.abs((found.get(token) ?? 0) - expected) < 1e-9);
    });
  }
});

test("songs that repeat what they said before", () => {
  const { config, cases } = golden("song_cache");
  for (const { prompt, settings, following, logits, mixed, song } of cases) {
    assert.deepEqual(followingTokens(prompt), following);
    const found = mixWithCache(prompt, logits, settings.cache_weight);
    mixed.forEach((expected, token) => {
      assert.ok(Math.abs(found[token] - expected) < 1e-8);
    });
    assert.deepEqual(pretend({ prompt, config: { ...config, ...settings } }, 5), song);
  }
});

test("what the network considered includes what the song said before", () => {
  const { config } = golden("song_cache");
  const chances = (cache_weight) => {
    const settings = { ...config, cache_weight, temperature: 1, min_p: 0, frequency_penalty: 0 };
    const asked = { prompt: [4, 5, 6, 4, 5], config: settings, properties: NO_RHYMES };
    const listed = alternatives(fakeNetwork, asked, undefined, 14);
    return new Map(listed.map(({ token, probability }) => [token, probability]));
  };
  const network = chances(0);
  const mixed = chances(0.25);
  const ratios = [...network].map(([token, chance]) => [token, mixed.get(token) / chance]);
  const [ofSaid, ...others] = ratios.sort(([token]) => (token === 6 ? -1 : 1));
  assert.ok(ofSaid[0] === 6 && ofSaid[1] > 1);
  const [[, ratio]] = others;
  assert.ok(ratio < 0.9 && others.every(([, each]) => Math.abs(each - ratio) < 1e-9));
});

test("unknown words get slots, and only those return", () => {
  const { config, vocabulary: text, cases } = golden("slots");
  const vocabulary = new Vocabulary(text);
  const properties = tokenProperties(vocabulary);
  for (const expected of cases) {
    const slots = new SongSlots(vocabulary);
    const title = slots.encode(titleWords(expected.title));
    const prompt = slots.encode(tokenize(expected.text));
    assert.deepEqual(title, expected.title_tokens, expected.title);
    assert.deepEqual(prompt, expected.prompt, expected.text);
    assert.deepEqual(slots.withoutSlot(tokenize(expected.text)), expected.unknown);
    const song = pretend({ title, prompt, config, properties }, 7);
    assert.deepEqual(song, expected.song, expected.text);
    assert.deepEqual(slots.decode(song), expected.words);
    for (const word of slots.words) assert.ok(vocabulary.slots.includes(slots.find(word)));
    assert.equal(slots.find("day"), vocabulary.ids.get("day"));
    const asked = { title, prompt, config: { ...config, form: "" }, properties };
    const listed = alternatives(fakeNetwork, asked, undefined, 14).map(({ token }) => token);
    const given = new Set([...title, ...prompt]);
    assert.ok(listed.every((token) => !vocabulary.slots.includes(token) || given.has(token)));
  }
});

test("the longest song", () => {
  const { config } = golden("song_form");
  for (const count of [1, 5]) {
    const settings = { max_tokens: 7, num_candidates: count };
    const song = pretend({ prompt: [4, 5], config: { ...config, ...settings } }, 1);
    assert.equal(song.length, 7);
  }
});

test("lines that are not empty are counted, in token ids and in words", () => {
  assert.equal(countLines([4, NEWLINE, NEWLINE, 5, 6, NEWLINE], NEWLINE), 2);
  assert.equal(countLines(["a", "\n", "\n", "b", "c", "\n"], "\n"), 2);
});

test("songs that keep to a form", () => {
  const { config, cases, ...vocabulary } = golden("song_form");
  const properties = propertiesOf(vocabulary);
  for (const { prompt, song, settings, seed } of cases) {
    const asked = { prompt, config: { ...config, ...settings }, properties };
    assert.deepEqual(pretend(asked, seed), song, JSON.stringify(settings));
  }
});

test("every word of a song that keeps to a form is among the alternatives, and had a chance", () => {
  const { config, cases, ...vocabulary } = golden("song_form");
  const properties = propertiesOf(vocabulary);
  let certain = 0;
  for (const { prompt, song, settings } of cases) {
    song.forEach((token, i) => {
      const asked = {
        prompt: [...prompt, ...song.slice(0, i)],
        config: { ...config, ...settings },
        properties,
      };
      const found = alternatives(fakeNetwork, asked, token, 2);
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

test("forms of words are those of most songs", () => {
  const formsOf = (...songs) => {
    const counter = new FormCounter();
    for (const song of songs) counter.add(song);
    return Object.fromEntries(counter.forms());
  };
  const roses = "we met rose\nand Rose and Rose\nA ROSE IS A ROSE\nthe Rose";
  const wills = "the will of Will\nwill Will";
  const misses = Array(9).fill("and Miss Pike sang to Mr. Pike");
  assert.deepEqual(formsOf(roses, wills), { rose: "Rose", will: "Will" });
  assert.deepEqual(formsOf(roses, wills, "the will, the will"), { rose: "Rose" });
  assert.deepEqual(formsOf("iyi \u0131\u015f\u0131k"), { i: "\u0130" });
  assert.deepEqual(formsOf(...misses), { miss: "Miss", mr: "Mr", pike: "Pike" });
  assert.deepEqual(formsOf(...misses, "i miss you"), { mr: "Mr", pike: "Pike" });
});

test("the index of training songs is that of Python", () => {
  for (const { index, learned, max_bytes } of golden("song_index")) {
    const songs = learned.map(([artist, title, tokens]) => ({ artist, title, tokens }));
    const python = new SongIndex(Uint8Array.from(Buffer.from(index, "base64")));
    assert.deepEqual(new SongIndex(buildSongIndex(songs, max_bytes)), python);
  }
  assert.equal(buildSongIndex([{ artist: "", title: "", tokens: [4, 5, 6] }]), undefined);
});

test("the vocabulary file", () => {
  const vocabulary = new Vocabulary(
    "# 6 words\n<no word>\t0\t0\t3\n<song start>\t0\t0\t3\n<unknown word>\t3\t0\t3\n<new line>\t2\t0\t3\n,\t1\t-1\t3\nthe\t1\t1\t2\n",
  );
  assert.deepEqual(vocabulary.encode(["the", "\n", "boat", "<new line>"]), [5, NEWLINE, UNK, UNK]);
  assert.deepEqual(vocabulary.outOfVocabulary(["boat", "the", "boat"]), ["boat"]);
  assert.deepEqual([...vocabulary.rhymeClasses], [0, 0, 0, 0, -1, 1]);
  assert.deepEqual([...vocabulary.wordKinds], [3, 3, 3, 3, 3, 2]);
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
