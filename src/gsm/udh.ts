// The user data header (3GPP TS 23.040 §9.2.3.24), which marks a segment as part of a longer text. Used by the connectors,
// the SMPP listener and the simulator. Never throws for the octets it reads: a broken header has no concatenation.

import { type NationalTables, nationalTables } from './national-tables.ts';

export interface Concatenation {
  /** 0 to 255, or to 65535 with a 16-bit reference. */
  readonly reference: number;
  readonly total: number;
  /** From 1 to `total`. */
  readonly part: number;
}

export interface UserDataHeader {
  /** Octets of the header, including its length octet. The text follows. */
  readonly length: number;
  /** Null if the header has no valid concatenation. */
  readonly concatenation: Concatenation | null;
}

const concatenation8bit = 0x00;
const concatenation16bit = 0x08;

/** Six octets with an 8-bit reference, seven with a 16-bit one. A larger reference keeps its low bits. */
export function renderConcatenationHeader(
  concatenation: Concatenation,
  size: '8bit' | '16bit' = '8bit',
): Uint8Array {
  const { reference, total, part } = concatenation;
  return size === '8bit'
    ? Uint8Array.of(5, concatenation8bit, 3, reference & 0xff, total, part)
    : Uint8Array.of(6, concatenation16bit, 4, (reference >> 8) & 0xff, reference & 0xff, total, part);
}

/**
 * Reads the header at the start of user data. Ignores other information elements. Of two concatenations the last counts;
 * one with part 0, total 0 or a part beyond the total is ignored (§9.2.3.24.1).
 */
export function readUserDataHeader(octets: Uint8Array): UserDataHeader {
  if (octets.length === 0) return { length: 0, concatenation: null };
  const length = Math.min(octets[0]! + 1, octets.length);
  let concatenation: Concatenation | null = null;
  for (let at = 1; at + 1 < length; ) {
    const element = octets[at]!;
    const size = octets[at + 1]!;
    const data = at + 2;
    at = data + size;
    if (at > length) break;
    if (element === concatenation8bit && size === 3) {
      concatenation = usable(octets[data]!, octets[data + 1]!, octets[data + 2]!) ?? concatenation;
    } else if (element === concatenation16bit && size === 4) {
      const reference = (octets[data]! << 8) | octets[data + 1]!;
      concatenation = usable(reference, octets[data + 2]!, octets[data + 3]!) ?? concatenation;
    }
  }
  return { length, concatenation };
}

function usable(reference: number, total: number, part: number): Concatenation | null {
  return part === 0 || part > total ? null : { reference, total, part };
}

const singleShift = 0x24;
const lockingShift = 0x25;

/** The national languages of a header (3GPP TS 23.040 §9.2.3.24.15 and 16); 0: the default tables. */
function languagesOf(octets: Uint8Array): { readonly locking: number; readonly single: number } {
  const length = Math.min((octets[0] ?? 0) + 1, octets.length);
  let locking = 0;
  let single = 0;
  for (let at = 1; at + 2 < length; at += 2 + octets[at + 1]!) {
    if (octets[at + 1] !== 1) continue;
    if (octets[at] === lockingShift) locking = octets[at + 2]!;
    else if (octets[at] === singleShift) single = octets[at + 2]!;
  }
  return { locking, single };
}

/** Whether the header selects a national language table other than the default. */
export function hasNationalTable(octets: Uint8Array): boolean {
  const { locking, single } = languagesOf(octets);
  return locking !== 0 || single !== 0;
}

/** The tables that the header selects; null: the default ones, also for a language that the standard does not know. */
export function readNationalTables(octets: Uint8Array): NationalTables | null {
  const { locking, single } = languagesOf(octets);
  return nationalTables(locking, single);
}

const ports8bit = 0x04;
const ports16bit = 0x05;

/** Whether the header addresses an application (§9.2.3.24.3 and 4): the rest of the user data is no text. */
export function isPortAddressed(octets: Uint8Array): boolean {
  const length = Math.min((octets[0] ?? 0) + 1, octets.length);
  for (let at = 1; at + 1 < length; at += 2 + octets[at + 1]!) {
    const [element, size] = [octets[at]!, octets[at + 1]!];
    if (at + 2 + size > length) return false;
    if ((element === ports8bit && size === 2) || (element === ports16bit && size === 4)) return true;
  }
  return false;
}
