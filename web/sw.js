/**
 * The service worker: after the first visit the pages open without a connection.
 *
 * The files in precache-manifest.js are cached together, one cache per version. A new version takes over once all of it
 * has arrived, so that two versions are never mixed. With a connection, files come from the host. Models are cached
 * separately, by `shared/model.js`, in folders whose names change with their content.
 */

importScripts("precache-manifest.js");

// Other sites on the same host have caches of their own.
const PREFIX = `site ${registration.scope} `;
const CACHE = PREFIX + MANIFEST.version;

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(MANIFEST.files.map((path) => new Request(path, { cache: "no-cache" })));
}

async function deleteOldVersions() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function answer(request) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(CACHE);
    return (await cache.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(deleteOldVersions()));
self.addEventListener("fetch", (event) => event.respondWith(answer(event.request)));
