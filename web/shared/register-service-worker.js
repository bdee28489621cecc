// @ts-check
/** Registers the service worker, which keeps the site for offline use, once the page has loaded; see `sw.js`. */

// Without permission to register it, the site works as usual, with a connection.
const register = () =>
  navigator.serviceWorker?.register(new URL("../sw.js", import.meta.url)).catch(() => {});

if (document.readyState === "complete") register();
else addEventListener("load", register);
