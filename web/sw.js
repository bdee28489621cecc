/**
 * The site without a connection: after the first visit its pages open anyhow.
 *
 * The files that vendor/site.js lists are kept all together, one cache a version, and a new version takes over when all
 * of it has come, so that two are never mixed. Whoever is connected gets what the host has. Networks are kept apart, by
 * `shared/model.js`, under names that change with their content.
 */

importScripts("vendor/site.js");

// other sites of the same host have caches of their own
const OURS = `site ${registration.scope} `,
  NAME = OURS + SITE.version;

self.addEventListener("install", (event) =>
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) =>
        cache.addAll(SITE.files.map((path) => new Request(path, { cache: "no-cache" }))),
      ),
  ),
);

self.addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith(OURS) && name !== NAME)
            .map((name) => caches.delete(name)),
        ),
      ),
  ),
);

self.addEventListener("fetch", (event) =>
  event.respondWith(
    fetch(event.request).catch(async () => {
      const cache = await caches.open(NAME);
      return (await cache.match(event.request, { ignoreSearch: true })) ?? Response.error();
    }),
  ),
);
