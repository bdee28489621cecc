// @ts-check
/**
 * Keeps the files of models, so that they are downloaded only once and work without a connection.
 *
 * A folder's name changes with its content, so no file is ever out of date. The page works without a cache, too: browsers
 * refuse one on plain http, in private windows and with damaged profiles, and some never answer.
 */

const NAME = "models";
const PATIENCE_MS = 2000;

/** The result of an operation; undefined if it fails or takes too long. @template T @param {() => Promise<T>} run */
function optional(run) {
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const attempt = async () => run();
  return Promise.race([attempt(), patience]).catch(() => undefined);
}

/** The cached content of an address. @param {URL} url @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} */
export function findKept(url) {
  return optional(async () => {
    const cache = await caches.open(NAME);
    const kept = await cache.match(url);
    return kept && new Uint8Array(await kept.arrayBuffer());
  });
}

/** Cache the content of an address. @param {URL} url @param {Uint8Array<ArrayBuffer>} content */
export function keep(url, content) {
  return optional(async () => (await caches.open(NAME)).put(url, new Response(content)));
}

/**
 * Delete the cached files of a folder, except for those in some of its subfolders.
 *
 * @param {URL} base
 * @param {string[]} folders The subfolders to keep, relative to it.
 */
export function forgetAllBut(base, folders) {
  return optional(async () => {
    const cache = await caches.open(NAME);
    const current = folders.map((folder) => new URL(`${folder}/`, base).href);
    for (const { url } of await cache.keys()) {
      const isCurrent = current.some((folder) => url.startsWith(folder));
      if (url.startsWith(base.href) && !isCurrent) await cache.delete(url);
    }
  });
}
