// Bytes of people's files become text: UTF-8 where they are that, else Windows-1252, as spreadsheets of the west write it.
// Decided piece by piece, so that no file is held whole for the sake of its last line.

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Of a piece that is whole: a record, a line. A byte order mark at its beginning is left out. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return windows.decode(bytes);
  }
}

/** Of a stream, line by line; told in the pieces that it comes in. */
export async function* decodeLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const piece of bytes) {
    const held = Buffer.concat([rest, piece]);
    const cut = Math.max(held.lastIndexOf(lineFeed), held.lastIndexOf(carriageReturn)) + 1;
    rest = held.subarray(cut);
    if (cut > 0) yield decodeWhole(held.subarray(0, cut));
  }
  if (rest.length > 0) yield decodeText(rest);
}

/** All at once where it can be; else each line by itself. */
function decodeWhole(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    let text = '';
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(lineFeed, from) + 1 || bytes.length;
      text += decodeText(bytes.subarray(from, end));
      from = end;
    }
    return text;
  }
}

/** One JSON string of texts that come one after the other. */
export async function* renderJsonString(texts: AsyncIterable<string>): AsyncGenerator<string> {
  yield '"';
  for await (const text of texts) yield JSON.stringify(text).slice(1, -1);
  yield '"';
}
