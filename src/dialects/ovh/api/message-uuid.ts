// The `messageID` of an SMS: its number as a UUID of version 8 (RFC 9562 5.8), so that none is stored. Used by lists and
// callbacks.

const pattern = /^00000000-0000-8000-8([0-9a-f]{3})-([0-9a-f]{12})$/i;

export function messageUuidOf(id: number): string {
  const digits = id.toString(16).padStart(15, '0');
  return `00000000-0000-8000-8${digits.slice(0, 3)}-${digits.slice(3)}`;
}

/** Null: not a UUID of this platform. */
export function messageIdOf(uuid: string): number | null {
  const parts = pattern.exec(uuid.trim());
  if (parts === null) return null;
  const id = Number.parseInt(parts[1]! + parts[2]!, 16);
  return Number.isSafeInteger(id) ? id : null;
}
