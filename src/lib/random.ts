// The only source of chance that is not secret: jitter, shares by weight. Everything else is handed one.

/** From 0 up to, not including, 1. */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();
