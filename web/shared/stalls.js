// @ts-check
/**
 * Notices when downloads stall. All downloads of a page or worker are watched together, because on a slow connection one
 * file may have to wait for the others.
 *
 * @typedef {"" | "silent" | "busy" | "engine"} Stall Why nothing arrives; "" if something does, or if nothing should. The
 *   connection is silent, the host has asked to wait, or the engine is being downloaded, whose progress cannot be observed.
 * @typedef {{stall: Stall, retry: () => void}} Awaited A pending download: the kind of stall if nothing arrives, and how
 *   to request it again.
 */

/** How long downloads may stall before the visitor is told. */
export const STALL_MS = 10_000;
const CHECK_MS = 500;

/** @type {Set<Awaited>} */
const awaited = new Set();
let lastArrival = 0;
/** @type {Stall} */
let reported = "";
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;
/** @type {(stall: Stall) => void} */
let listener = () => {};

/** Set the function that is called when downloads stall and when they resume. @param {(stall: Stall) => void} tell */
export function onStall(tell) {
  listener = tell;
}

/**
 * Watch a download until its promise is settled.
 *
 * @template T
 * @param {Awaited} item
 * @param {Promise<T>} promise
 * @returns {Promise<T>} The result of the promise.
 */
export async function watch(item, promise) {
  if (!awaited.size) {
    lastArrival = performance.now();
    timer = setInterval(check, CHECK_MS);
  }
  awaited.add(item);
  try {
    return await promise;
  } finally {
    awaited.delete(item);
    if (!awaited.size) clearInterval(timer);
    check();
  }
}

/** Note that something has arrived. */
export function noteArrival() {
  lastArrival = performance.now();
  if (reported) check();
}

/** Request all pending downloads again. */
export function retryStalled() {
  lastArrival = performance.now();
  check();
  for (const item of awaited) item.retry();
}

function check() {
  const stall = currentStall();
  if (stall === reported) return;
  reported = stall;
  listener(stall);
}

/** @returns {Stall} */
function currentStall() {
  if (!awaited.size || performance.now() - lastArrival < STALL_MS) return "";
  const stalls = [...awaited].map(({ stall }) => stall);
  /** @type {Stall[]} */
  const gravest = ["busy", "silent", "engine", ""];
  return gravest.find((stall) => stalls.includes(stall)) ?? "";
}

// Requests that waited for a lost connection do not resume when it is back.
globalThis.addEventListener?.("online", retryStalled);
