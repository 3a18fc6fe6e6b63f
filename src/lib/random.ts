// The source of randomness that is not secret: jitter, shares by weight. Other files receive it as an argument.

/** In [0, 1). */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();
