// Renders values of the domain in the form of the contract: instants, money, phone numbers, keys of pages. Used by the handlers.

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
