// @ts-check
/**
 * Starts the worker of the lyrics page before the rest of its code has arrived: the worker has the largest downloads.
 */

import { RemoteWorker } from "../shared/rpc.js";

export const earlyWorker = new RemoteWorker(new URL("../lyrics/worker.js", import.meta.url));
