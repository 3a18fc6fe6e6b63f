// Whether a text tells where to go: what may not be sent from a short code that many share
// (docs/dialects/ovh.md#sending). Serves the OVH dialects. Web addresses alone: a time, a price and an IP address of a
// monitor are none.

const schemes = /\b(?:https?|ftp):\/\/\S|\bwww\.[\w-]+\.\w/i;
// Written without a scheme: what is followed by a path may end in any letters, the rest in what no sentence begins with.
const withPath = /\b[\p{L}\d][\p{L}\d-]*(?:\.[\p{L}\d-]+)*\.[a-z]{2,}\/\S/iu;
const bareName =
  /\b[\p{L}\d][\p{L}\d-]+\.(?:com|fr|net|org|eu|info|biz|io|ly|gl|app|shop|store|online|site|xyz)\b(?!\.\w)/iu;

export function holdsWebAddress(text: string): boolean {
  return schemes.test(text) || withPath.test(text) || bareName.test(text);
}
