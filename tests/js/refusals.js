/** Files that are refused. */

import assert from "node:assert/strict";
import { UserError } from "../../web/shared/user-error.js";

/** Check that a promise is rejected with a short sentence that contains some words. */
export const assertRefused = (promise, words) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof UserError, error.stack);
    assert.ok(error.message.includes(words), error.message);
    assert.ok(error.message.length < 200 && !error.message.includes("\n"));
    return true;
  });
