// @ts-check
/** Explains what is wrong with a downloaded file that differs from the exported one, and what to do. */

import { UserError } from "./user-error.js";

const RELOAD = "Reload the page. If that does not help, the site has to be uploaded again.";

/**
 * What can happen to files on the way to a visitor: how to recognize it, and what to tell the visitor.
 *
 * @type {{matches: (damaged: {head: string, content: Uint8Array, file: {path: string, bytes: number}}) => boolean, text: string}[]}
 */
const CAUSES = [
  {
    matches: ({ head }) => head.startsWith("version https://git-lfs.github.com/"),
    text: "It is a Git LFS pointer instead of the file. The publisher of this site has to run “git lfs pull” before uploading it.",
  },
  {
    matches: ({ head }) => /^\s*<(!doctype|html)/i.test(head),
    text: "The host sent a web page instead, as many hosts do for missing files. The folder “models” has to be uploaded to this site again.",
  },
  {
    matches: ({ content }) => content[0] === 0x1f && content[1] === 0x8b,
    text: "It is compressed, and the host does not say so. The publisher of this site has to set “Content-Encoding: gzip” for it, or upload it uncompressed.",
  },
  {
    matches: ({ head, file }) => /\.(json|tsv)$/.test(file.path) && head.includes("\r\n"),
    text: "Its line endings were changed. The publisher of this site has to upload it in binary mode, without conversion by Git or FTP.",
  },
  {
    matches: ({ content, file }) => content.length < file.bytes,
    text: `Only part of it has arrived. ${RELOAD}`,
  },
];

/**
 * The error for a damaged file.
 *
 * @param {{path: string, bytes: number}} file As it was exported.
 * @param {Uint8Array} content What arrived.
 */
export function damaged(file, content) {
  const head = new TextDecoder().decode(content.subarray(0, 4096));
  const cause = CAUSES.find(({ matches }) => matches({ head, content, file }));
  return new UserError(`A network file is damaged (${file.path}). ${cause ? cause.text : RELOAD}`);
}
