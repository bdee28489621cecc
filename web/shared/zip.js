// @ts-check
/** Zip files without compression, which hardly shrinks PNG files and weights (APPNOTE.TXT 6.3). */

import { crc32 } from "./crc32.js";

const VERSION = 20;
const UTF8_NAME = 0x0800;
const STORED = 0;
const JANUARY_1_1980 = 0x21; // the same files always give the same archive
const PERMISSIONS = 0o600 << 16; // as Python's zipfile writes them
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT = 65535;

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * Put files into an archive; the bytes are the same as those that Python's zipfile writes with these settings.
 *
 * @param {{name: string, bytes: Bytes}[]} files
 * @returns {Blob}
 */
export function zip(files) {
  /** @type {Bytes[]} */
  const contents = [];
  /** @type {Bytes[]} */
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const encoded = new TextEncoder().encode(name);
    const common = describe(encoded, bytes, encoded.length === name.length ? 0 : UTF8_NAME);
    const local = [pack([[4, LOCAL_HEADER]]), common, encoded, bytes];
    contents.push(...local);
    const start = pack([
      [4, CENTRAL_HEADER],
      [2, VERSION],
    ]);
    const rest = pack([
      [2, 0],
      [2, 0],
      [2, 0],
      [4, PERMISSIONS],
      [4, offset],
    ]);
    directory.push(start, common, rest, encoded);
    offset += sizeOf(local);
  }
  const size = sizeOf(directory);
  const count = files.length;
  const end = pack([
    [4, END],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, size],
    [4, offset],
    [2, 0],
  ]);
  return new Blob([...contents, ...directory, end], { type: "application/zip" });
}

/** What both headers of a file say about it. @param {Bytes} name @param {Bytes} bytes @param {number} flags */
const describe = (name, bytes, flags) =>
  pack([
    [2, VERSION],
    [2, flags],
    [2, STORED],
    [2, 0],
    [2, JANUARY_1_1980],
    [4, crc32(bytes)],
    [4, bytes.length],
    [4, bytes.length],
    [2, name.length],
    [2, 0],
  ]);

/** Little-endian numbers. @param {number[][]} fields Size in bytes and value of each. */
function pack(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let position = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(position, value, true);
    else view.setUint32(position, value, true);
    position += size;
  }
  return new Uint8Array(view.buffer);
}

/** @param {Bytes[]} parts */
const sizeOf = (parts) => parts.reduce((sum, { length }) => sum + length, 0);

/**
 * The files of an archive without compression. Their bytes are views of the archive, so they take no
 * additional memory.
 *
 * @param {Bytes} archive
 * @returns {{name: string, bytes: Bytes}[]}
 * @throws {Error} If it is damaged or compressed; the message says what is wrong.
 */
export function unzip(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(view);
  let position = view.getUint32(end + 16, true);
  let left = archive.length;
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    const entry = readEntry(archive, view, position);
    position = entry.next;
    left -= entry.bytes.length;
    expect(left >= 0, "files overlap"); // otherwise, a small file could take forever
    return { name: entry.name, bytes: entry.bytes };
  });
}

/** @param {DataView} view */
function findEnd(view) {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--)
    if (view.getUint32(at, true) === END) return at;
  throw new Error("not an archive");
}

/** @param {Bytes} archive @param {DataView} view @param {number} at */
function readEntry(archive, view, at) {
  expect(view.getUint32(at, true) === CENTRAL_HEADER, "no list of files");
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
    view.getUint16(at + offset, true),
  );
  const name = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength));
  expect(view.getUint16(at + 10, true) === STORED, "a file in it is compressed");
  const local = view.getUint32(at + 42, true);
  expect(view.getUint32(local, true) === LOCAL_HEADER, "a file is missing");
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const bytes = archive.subarray(start, start + view.getUint32(at + 24, true));
  expect(bytes.length === view.getUint32(at + 20, true), "a file is cut off");
  expect(crc32(bytes) === view.getUint32(at + 16, true), "wrong checksum");
  return { name, bytes, next: at + 46 + nameLength + extraLength + commentLength };
}

/** @param {boolean} isTrue @param {string} problem */
function expect(isTrue, problem) {
  if (!isTrue) throw new Error(problem);
}
