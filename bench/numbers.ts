// The telephone numbers of a bench: message number n of a whole bench <-> one French mobile number.
// Serves the load generator (writes them), the receiver (reads them back) and the preload.
// A number is used once in a bench and never ends in 90-99, so the simulated carrier delivers all of them; but for
// the silent ones, which end in 93: taken by the carrier, never a receipt.

/** Every number is `336` and eight more digits; only those eight are ever patched into a request. */
export const numberPrefix = '336';
export const patchedDigits = 8;

const prefixValue = 336 * 10 ** patchedDigits;
const firstEight = 1_000_000;
/** Stays within 06 01 to 06 28, all of it assigned to French mobile networks. */
export const maxOffsets = 25_200_000;

/** Message numbers from here on have silent telephone numbers, in 06 29 to 06 38. */
export const firstSilent = maxOffsets;
export const maxSilent = 100_000;

function eightDigitsOf(offset: number): number {
  if (offset >= firstSilent) return 29_000_000 + (offset - firstSilent) * 100 + 93;
  return firstEight + Math.floor(offset / 90) * 100 + (offset % 90);
}

/** The number of message `offset`, E.164 digits as a number. */
export function msisdnOf(offset: number): number {
  return prefixValue + eightDigitsOf(offset);
}

/** The message a number belongs to, or -1 when no bench could have used it. */
export function offsetOf(msisdn: number): number {
  const eight = msisdn - prefixValue - firstEight;
  const ending = eight % 100;
  if (!(eight >= 0) || ending >= 90) return -1;
  const offset = Math.floor(eight / 100) * 90 + ending;
  return offset < maxOffsets ? offset : -1;
}

/** Writes the last eight digits of a number as ASCII, in place. */
export function patchNumber(bytes: Uint8Array, position: number, offset: number): void {
  patchDigits(bytes, position, eightDigitsOf(offset), patchedDigits);
}

export function patchDigits(bytes: Uint8Array, position: number, value: number, digits: number): void {
  let rest = value;
  for (let at = position + digits - 1; at >= position; at--) {
    const tens = (rest / 10) | 0;
    bytes[at] = 48 + rest - tens * 10;
    rest = tens;
  }
}
