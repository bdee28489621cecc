// @ts-check
/** A fresh seed for the random numbers of core/prng.js: 32 bits. */
export const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];
