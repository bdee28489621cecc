import assert from "node:assert/strict";
import { test } from "node:test";
import { NEWLINE } from "../../web/core/vocabulary.js";
import { firstStanza } from "../../web/lyrics/first-stanza.js";

const [HELLO, WORLD, SEA] = [11, 12, 13];

test("a song ends with its first stanza, without the line breaks after it", () => {
  const lines = [[], [HELLO, NEWLINE], [WORLD, NEWLINE, NEWLINE], [SEA, NEWLINE]];
  assert.deepEqual([...firstStanza(lines)].flat(), [HELLO, NEWLINE, WORLD]);
  const withBreakFirst = [
    [HELLO, NEWLINE],
    [WORLD, NEWLINE],
    [NEWLINE, SEA, NEWLINE],
  ];
  assert.deepEqual([...firstStanza(withBreakFirst)].flat(), [HELLO, NEWLINE, WORLD]);
});

test("a visitor's whole stanza is followed by one of the network", () => {
  const lines = [[NEWLINE, NEWLINE], [HELLO, NEWLINE], [WORLD, NEWLINE, NEWLINE], [SEA]];
  const written = [NEWLINE, NEWLINE, HELLO, NEWLINE, WORLD];
  assert.deepEqual([...firstStanza(lines)].flat(), written);
});

test("nothing is generated after the stanza", () => {
  let count = 0;
  function* song() {
    for (;;) {
      count++;
      yield [HELLO, NEWLINE, NEWLINE];
    }
  }
  assert.deepEqual([...firstStanza(song())], [[HELLO]]);
  assert.equal(count, 1);
});
