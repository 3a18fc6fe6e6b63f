// How much of what tests do by the hundred they do: as much as every day bears, or with `npm run test:long` as much as a
// release does. A promise is proven in both; in the long form more of chance is tried, on more of everything.

const isLong = process.env['TEST_LONG'] === '1';

/** Rows, runs or rounds: for every day, and for `npm run test:long`. */
export function sized(everyday: number, long: number): number {
  return isLong ? long : everyday;
}
