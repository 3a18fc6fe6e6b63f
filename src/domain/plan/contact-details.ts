// Finds web addresses in a text: those must not be sent from a shared short code (docs/dialects/ovh.md#sending). Used by
// the OVH dialects. A time, a price and an IP address in an alert are no web addresses.

const schemes = /\b(?:https?|ftp):\/\/\S|\bwww\.[\w-]+\.\w/i;
// Without a scheme: an address with a path may end in any top-level domain, others only in one that begins no sentence.
const withPath = /\b[\p{L}\d][\p{L}\d-]*(?:\.[\p{L}\d-]+)*\.[a-z]{2,}\/\S/iu;
const bareName =
  /\b[\p{L}\d][\p{L}\d-]+\.(?:com|fr|net|org|eu|info|biz|io|ly|gl|app|shop|store|online|site|xyz)\b(?!\.\w)/iu;

export function holdsWebAddress(text: string): boolean {
  return schemes.test(text) || withPath.test(text) || bareName.test(text);
}
