// @ts-check
/** Whether the visitor wants less motion: `reducedMotion.matches`, which follows the setting. */
export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
