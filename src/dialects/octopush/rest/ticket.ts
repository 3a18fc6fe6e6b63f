// Converts campaign ids to tickets of the REST API (`sms_` and 22 hexadecimal digits) and back. Used by the endpoints and the
// pushes. A ticket hides the number of campaigns and detects typing errors. It is not a secret and no credential: each read of a
// campaign checks its account.

const prefix = 'sms_';
const pattern = /^sms_([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{6})$/;
const wordSize = 0x1_0000_0000;

// Odd constants from the fractional digits of pi. They must never change: customers store tickets.
const roundKeys = [0x243f6a89, 0x85a308d3, 0x13198a2f, 0x03707345] as const;
const checkKey = 0xa4093823;
const simulationKey = 0x299f31d1;

/** Mixes 32 bits. It need not be reversible: the Feistel network around it is, with any round function. */
function mix(word: number, key: number): number {
  let mixed = Math.imul(word ^ key, 0x9e3779b1);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x85ebca77);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

function hex(word: number, digits: number): string {
  return word.toString(16).padStart(digits, '0');
}

function ticketOf(id: number, key: number): string {
  let high = Math.floor(id / wordSize) >>> 0;
  let low = (id % wordSize) >>> 0;
  for (const roundKey of roundKeys) {
    const next = (high ^ mix(low, roundKey)) >>> 0;
    high = low;
    low = next;
  }
  return prefix + hex(high, 8) + hex(low, 8) + hex((mix(high, key) ^ mix(low, ~key)) >>> 8, 6);
}

export function restTicket(campaignId: number): string {
  return ticketOf(campaignId, checkKey);
}

/** A ticket for a dry run, which has no campaign: readRestTicket refuses these tickets. */
export function simulationTicket(atMs: number): string {
  return ticketOf(atMs, simulationKey);
}

/** The campaign id in a ticket. Null: not a ticket of this platform. */
export function readRestTicket(ticket: string): number | null {
  const parts = pattern.exec(ticket);
  if (parts === null) return null;
  let high = Number.parseInt(parts[1]!, 16);
  let low = Number.parseInt(parts[2]!, 16);
  for (const roundKey of roundKeys.toReversed()) {
    const before = (low ^ mix(high, roundKey)) >>> 0;
    low = high;
    high = before;
  }
  const id = high * wordSize + low;
  return Number.isSafeInteger(id) && restTicket(id) === ticket ? id : null;
}
