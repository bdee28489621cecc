// @ts-check
/**
 * Registers the service worker, which keeps the site for offline use; see `sw.js`.
 *
 * It waits until the page and its network have been loaded, so that they have the connection to themselves.
 */

import { whenLoaded } from "./rpc.js";
import { trustedUrl } from "./trusted-url.js";

async function register() {
  await whenLoaded();
  try {
    const url = trustedUrl(new URL("../sw.js", import.meta.url));
    await navigator.serviceWorker.register(url, { updateViaCache: "none" });
  } catch {
    // Without permission to register it, the site works as usual, with a connection.
  }
}

if (document.readyState === "complete") register();
else addEventListener("load", register);
