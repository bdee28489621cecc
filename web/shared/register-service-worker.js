/** Keeps the site for when there is no connection, once the page has loaded; see `sw.js`. */

// where a browser or its owner forbids it, the site works with a connection, as ever
const keep = () =>
  navigator.serviceWorker?.register(new URL("../sw.js", import.meta.url)).catch(() => {});

if (document.readyState === "complete") keep();
else addEventListener("load", keep);
