// @ts-check
/** The first stanza of a song, for the comparison of networks. */

import { NEWLINE } from "../core/vocabulary.js";

/**
 * End a song after the first stanza that has words of the network, even if the visitor wrote its beginning.
 *
 * @param {Iterable<number[]>} song Its tokens, as they are written; see `generate` in core/decoder.js.
 * @returns {Generator<number[], void>} The same, without the line breaks at the end.
 */
export function* firstStanza(song) {
  const breaks = []; // line breaks that no word has followed yet
  let hasWords = false;
  for (const tokens of song) {
    const written = [];
    for (const token of tokens) {
      if (token !== NEWLINE) {
        written.push(...breaks.splice(0), token);
        hasWords = true;
      } else if (breaks.push(token) === 2 && hasWords) {
        yield written;
        return;
      }
    }
    yield written;
  }
}
