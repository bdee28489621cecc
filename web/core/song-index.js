/** What a network sings by heart: the index of its training songs that `export/song_index.py` writes, and describes. */

import { json } from "../shared/model.js";
import { mix } from "./prng.js";

export class Memory {
  /** @param {Uint8Array} bytes of memory.bin */
  constructor(bytes) {
    const end = bytes.indexOf(10),
      { count, rice, bits, ...head } = json(bytes.subarray(0, end));
    Object.assign(this, head, { prints: new Uint32Array(count), owners: new Uint16Array(count) });
    let place = 8 * (end + 1),
      print = 0;
    const read = (width) => {
      if (width > 16) return read(width - 16) * 65536 + read(16);
      const i = place >> 3,
        next =
          ((bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2]) >> (24 - (place & 7) - width);
      place += width;
      return next & ((1 << width) - 1);
    };
    for (let i = 0; i < count; i++) {
      let ones = 0;
      while (read(1)) ones++;
      this.prints[i] = print += ones * 2 ** rice + read(rice);
      this.owners[i] = read(bits);
    }
  }

  /** The runs of the training songs in a song's word numbers, one song's each: [{start, length, artist, title}]. */
  runs(numbers) {
    const found = [];
    for (let start = 0; start + this.run <= numbers.length; start++) {
      const owner = this.owner(numbers.slice(start, start + this.run)),
        last = found.at(-1);
      if (owner === undefined) continue;
      if (last?.owner === owner && last.start + last.length === start + this.run - 1) last.length++;
      else found.push({ start, length: this.run, owner });
    }
    return found.map(({ owner, ...run }) => ({
      ...run,
      artist: this.songs[owner][0],
      title: this.songs[owner][1],
    }));
  }

  /** The number of the song that holds these words; undefined when none does. */
  owner(words) {
    const print = words.reduce((before, word) => mix(before ^ word), 0);
    let low = 0,
      high = this.prints.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.prints[middle] < print) low = middle + 1;
      else high = middle;
    }
    return this.prints[low] === print ? this.owners[low] : undefined;
  }
}
