/**
 * The service worker: after the first visit the pages open without a connection.
 *
 * It keeps the files of precache-manifest.js, one cache per version. Each is checked against its SHA-256 in the manifest,
 * so that a copy is complete and from a single version, even if the host sends something else, for example during an
 * upload. A new version takes over once all its files have arrived. With a connection, files come from the host. The kept
 * copy is used if the host does not answer in time, or answers with an error, or with a web page instead of a file.
 *
 * Models are kept separately, by `shared/model.js`, in folders whose names change with their content.
 */

// If the host sends the Content-Security-Policy with this file, too, the browser requires Trusted Types.
const policy = self.trustedTypes?.createPolicy("gene", { createScriptURL: (url) => url });
const manifest = "precache-manifest.js";
importScripts(policy?.createScriptURL(manifest) ?? manifest);

// Other sites on the same host have caches of their own.
const PREFIX = `site ${registration.scope} `;
const CACHE = PREFIX + MANIFEST.version;

const PATIENCE_MS = 1000; // after which a kept copy is used
const UNREACHABLE_MS = 30_000; // for which kept copies are used at once after the host did not answer in time

/** Pages work without their pictures and font: if the host refuses these, the rest is kept all the same. */
const isOptional = (path) => /\.(svg|webp|woff2)$/.test(path);

const addressOf = (path) => new URL(path, registration.scope).href;

let unreachableUntil = 0;

// Keep a version

/** Keep the files one by one, because the page that is open needs the connection, too. */
async function install() {
  const cache = await caches.open(CACHE);
  for (const [path, sha256] of Object.entries(MANIFEST.files)) {
    const response = (await findKept(path, sha256)) ?? (await fetchFile(path, sha256));
    if (response) await cache.put(addressOf(path), response);
    else if (!isOptional(path)) throw new Error(`${path} is missing or from another version`);
  }
}

/** A file that another version or an interrupted installation has kept. */
async function findKept(path, sha256) {
  for (const name of await siteCaches()) {
    const cache = await caches.open(name);
    const response = await checked(await cache.match(addressOf(path)), sha256);
    if (response) return response;
  }
  return undefined;
}

async function fetchFile(path, sha256) {
  const response = await fetch(addressOf(path), { cache: "no-cache", priority: "low" });
  return checked(response, sha256);
}

/**
 * A response with the expected content that can answer any later request: without a redirect, which browsers refuse for
 * pages, and without headers about the transfer. Undefined for other content.
 */
async function checked(response, sha256) {
  if (!response?.ok) return undefined;
  const content = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== sha256) return undefined;
  const headers = new Headers(response.headers);
  for (const name of ["Vary", "Content-Encoding", "Content-Length"]) headers.delete(name);
  return new Response(content, { headers });
}

const siteCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));

async function deleteOldVersions() {
  const old = (await siteCaches()).filter((name) => name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// Answer requests

/** The path of the kept file for a request: folders stand for their index.html, and some hosts hide ".html". */
function keptPath({ method, url }) {
  const address = url.replace(/[?#].*/, "");
  if (method !== "GET" || !address.startsWith(registration.scope)) return undefined;
  const path = address.slice(registration.scope.length);
  const paths = [path, `${path}index.html`, `${path}.html`];
  return paths.find((candidate) => Object.hasOwn(MANIFEST.files, candidate));
}

async function answer(request, path) {
  if (Date.now() < unreachableUntil) {
    const kept = await match(path);
    if (kept) return kept;
  }
  const fetched = fetch(request).then(
    (response) => {
      unreachableUntil = 0;
      return response;
    },
    () => Response.error(),
  );
  const response = await Promise.race([fetched, sleep(PATIENCE_MS)]);
  if (response && isUsable(response, path)) return response;
  const kept = await match(path);
  if (!kept) return fetched;
  if (!response) unreachableUntil = Date.now() + UNREACHABLE_MS;
  return kept;
}

/** Whether a response can be passed on: no error, and no page instead of another file. A 401 asks for a password. */
function isUsable(response, path) {
  if (response.type === "opaqueredirect" || response.status === 401) return true;
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  return response.ok && (path.endsWith(".html") || !isPage);
}

/** The kept copy of a file; undefined if there is none, or storage fails. */
async function match(path) {
  try {
    const cache = await caches.open(CACHE);
    return await cache.match(addressOf(path));
  } catch {
    return undefined;
  }
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(deleteOldVersions()));
self.addEventListener("fetch", (event) => {
  const path = keptPath(event.request);
  if (path) event.respondWith(answer(event.request, path));
});
