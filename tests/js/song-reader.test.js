/** Reading a visitor's songs, against the songs that Python reads (tests/golden/song_reader.json), and at its limits. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { StatefulBatches } from "../../web/lyrics-trainer/batches.js";
import { buildCorpus } from "../../web/lyrics-trainer/corpus.js";
import { UserError } from "../../web/shared/user-error.js";
import { cleanLyrics, reasonToSkip } from "../../web/song-reader/cleaning.js";
import { artistName, fieldOf } from "../../web/song-reader/columns.js";
import { MAX_BYTES, readSongs } from "../../web/song-reader/read-songs.js";
import { cleanSongs, readAll } from "../../web/song-reader/songs.js";
import { readSources } from "../../web/song-reader/sources.js";
import { Summary } from "../../web/song-reader/summary.js";

const golden = JSON.parse(
  readFileSync(new URL("../golden/song_reader.json", import.meta.url), "utf8"),
);
const LINE = "the kettle sings by the gate\n";
const encode = (text) => new TextEncoder().encode(text);
const file = (name, content) => ({
  name,
  bytes: typeof content === "string" ? encode(content) : Uint8Array.from(content),
});
const decoded = (base64) => new Uint8Array(Buffer.from(base64, "base64"));
const pasted = (text) => readAll([{ name: "", text }]);
const sorted = (pairs) => Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));

/** What the page reads, in the form of the golden file. */
function read(sources) {
  const summary = new Summary();
  try {
    const songs = [...cleanSongs(readSources(sources, summary), summary)];
    if (!songs.length) return { songs };
    return {
      songs: songs.map(({ artist, title, text }) => [artist, title, text]),
      skipped: sorted(summary.skipped.map(({ reason, count }) => [reason, count])),
      repaired: sorted(summary.repaired),
    };
  } catch (error) {
    assert.ok(error instanceof UserError, error.stack);
    return { songs: [] };
  }
}

test("texts are cleaned as in Python", () => {
  for (const [text, clean, reason] of golden.texts) {
    assert.equal(cleanLyrics(text, new Summary()), clean, JSON.stringify(text));
    assert.equal(reasonToSkip(text), reason, JSON.stringify(text));
  }
});

test("columns and artists have the names that they have in Python", () => {
  for (const [name, field, artist] of golden.names) {
    assert.equal(fieldOf(name) ?? null, field, name);
    assert.equal(artistName(name), artist, name);
  }
});

test("files are read as in Python", () => {
  for (const { files, ...expected } of golden.files)
    for (const [name, content] of Object.entries(files))
      assert.deepEqual(read([{ name, bytes: decoded(content) }]), expected, name);
});

test("a folder is read as in Python, however its paths are written", () => {
  for (const { files, ...expected } of golden.folders)
    for (const root of ["songs/", "/my songs/"]) {
      const sources = Object.entries(files).map(([path, content]) => ({
        name: path.split("/").at(-1),
        path: root + path,
        bytes: decoded(content),
      }));
      assert.deepEqual(read(sources.reverse()), expected);
    }
});

test("a file that is dropped alone may have many songs, whatever its path", () => {
  const [name, bytes] = ["songs.txt", encode(`${LINE}one\n---\n${LINE}two`)];
  for (const path of [undefined, "", "songs.txt", "/songs.txt"])
    assert.equal(read([{ name, path, bytes }]).songs.length, 2);
  const inFolders = ["Tin/a.txt", "Ada/b.txt"].map((path) => ({ name: "", path, bytes }));
  const { songs } = read([{ name: "", text: `${LINE}three` }, ...inFolders]);
  assert.deepEqual(
    songs.map(([artist]) => artist),
    ["Unknown artist", "Ada", "Tin"],
  );
});

test("what only Python reads is named, and what to do instead", () => {
  for (const [name, content] of Object.entries(golden.unsupported)) {
    const message = new RegExp(`^${name}: .*; (?:save|unpack|drop).*\\.$`);
    assert.throws(() => readAll([{ name, bytes: decoded(content) }]), { message });
  }
});

test("vocabulary and tokens are those of Python", () => {
  const { table, words, counts, training, validation } = golden.corpus;
  const { songs } = readAll([file("songs.csv", table)]);
  const options = { min_count: 2, max_vocabulary: 16384, condition_on_artist: false };
  const corpus = buildCorpus(songs, options);
  const { vocabulary } = corpus;
  assert.deepEqual(vocabulary.words.slice(4), words);
  const rows = corpus.vocabularyText.split("\n").slice(5, -1);
  assert.deepEqual(
    rows.map((row) => Number(row.split("\t")[1])),
    counts,
  );
  assert.deepEqual([corpus.training, corpus.validation], [training, validation]);
});

test("pasted text may hold many songs, a table or JSON", () => {
  const songs = ["one", "two"].map((word) => LINE + word);
  assert.equal(pasted(songs.join("\n---\n")).songs.length, 2);
  const table = pasted(`artist,song,text\nTin,Rain,"${LINE}"\n`);
  assert.deepEqual(table.songs, [{ artist: "Tin", title: "Rain", text: LINE.trim() }]);
  assert.equal(pasted(JSON.stringify([{ title: "Rain", lyrics: LINE }])).songs[0].title, "Rain");
  assert.equal(pasted(LINE).songs[0].artist, "Unknown artist");
});

test("the summary counts songs, artists, lines and words", () => {
  const text = `artist,text\nA,"${LINE}[Chorus]\n\nLa la!"\nB,"${LINE}"\nB,nan\n`;
  const { summary } = readAll([file("songs.csv", text)]);
  assert.deepEqual(summary, {
    recognized: ["table, commas, artist = artist, text = text"],
    songs: 2,
    artists: 2,
    lines: 3,
    words: 14,
    distinctWords: 6,
    skipped: [{ reason: "songs without lyrics", count: 1, example: "songs.csv row 4" }],
  });
});

test("notes say what was repaired, and what the network cannot learn", () => {
  const notes = (text) => pasted(text).notes;
  const effect = "from which the network cannot learn where lines end.";
  assert.deepEqual(notes(`${LINE}${LINE}`), []);
  assert.deepEqual(notes("la ".repeat(1000)), [`There is only one line, ${effect}`]);
  const long = "la ".repeat(100);
  assert.deepEqual(notes(`${LINE}${LINE}\n\n\n${long}`), [`1 song without line breaks, ${effect}`]);
  assert.match(notes("静かな梯子\n私の港に答える\n")[0], /each character counts as a word/);
  assert.deepEqual(notes(`<p>${LINE}</p><p>${LINE}</p>`), ["HTML is removed in 1 song."]);
});

test("what cannot be used is one sentence", () => {
  const cases = [
    [[], "There is no text. Paste lyrics, or drop .txt, .csv, .lrc or .json files."],
    [[{ name: "", text: "" }], /^There is no text\. Paste/],
    [[{ name: "", text: " \n " }], /^There is no text\. Paste/],
    [[{ name: "", text: "la la" }], /^Found only 2 words, which is too little to learn from/],
    [[file("a.txt", "nan")], /^No songs found; skipped songs without lyrics: 1 \(a\.txt line 1\)/],
    [
      [file("a.txt", Array(999).fill(0x07))],
      "a.txt: not a text file; use .txt, .csv, .lrc or .json.",
    ],
    [[file("a.txt", "<html><p>la la")], "a.txt: an HTML page; save its text as .txt."],
    [
      [file("a.png", [0x89, 0x50, 0x4e, 0x47]), file("b.txt", "")],
      /files without songs: 2 \(a\.png/,
    ],
    [[file("a.txt", "la ".repeat(20_002))], /skipped songs of more than 20,000 words: 1/],
  ];
  for (const [sources, message] of cases)
    assert.throws(() => readAll(sources), { constructor: UserError, message });
});

test("more than the page can learn from is refused before it is read", async () => {
  const large = { name: "a.txt", bytes: new Uint8Array(MAX_BYTES + 1) };
  const { songs } = await readSongs([{ name: "", text: LINE }]);
  assert.equal(songs.length, 1);
  await assert.rejects(readSongs([large]), { constructor: UserError, message: /at most 10\.0 MB/ });
});

test("a line may have any number of characters and a file any number of songs", () => {
  const { summary } = pasted("歌".repeat(300_000));
  assert.equal(summary.words, 300_000);
  const songs = Array.from({ length: 150_000 }, (_, i) => [1, i]);
  assert.equal(new StatefulBatches(songs, { batchSize: 8, sequenceLength: 32 }).steps, 18_750);
});

test("the time for hostile text grows with its length, not faster", () => {
  const start = process.cpuUsage();
  for (const part of ["<!--", "[", "~", '",', "|", "verse\t"])
    for (const name of ["a.txt", "a.csv"]) read([file(name, `x${part.repeat(30_000)}y`)]);
  read([file("a.csv", "|".repeat(300_000))]);
  assert.ok(process.cpuUsage(start).user < 10e6, "microseconds");
});
