// @ts-check
/** The client of the lyrics page. Its worker has the largest downloads, so it starts before the rest of the page's code. */

import { LyricsClient } from "./client.js";

/** The page sets `onError`. */
export const client = new LyricsClient();
