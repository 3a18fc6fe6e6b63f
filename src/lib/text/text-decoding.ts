// Bytes of people's files become text: UTF-8 where they are that, else Windows-1252, as spreadsheets of the west write it.
// Decided piece by piece, so that no file is held whole for the sake of its last line.

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Bytes of UTF-16 with a byte order mark, as spreadsheets write "Unicode text", become UTF-8; any others stay as they are.
 * The first two bytes decide. One for each stream.
 */
export class Utf16Reader {
  /** Undecided until two bytes are there; null: no UTF-16. */
  #decoder: InstanceType<typeof TextDecoder> | null | undefined = undefined;
  #first: Uint8Array = new Uint8Array(0);

  read(piece: Uint8Array): Uint8Array {
    if (this.#decoder === null) return piece;
    if (this.#decoder !== undefined) return this.#decode(piece, true);
    const bytes = this.#first.length === 0 ? piece : Buffer.concat([this.#first, piece]);
    if (bytes.length < 2) {
      this.#first = bytes.slice();
      return new Uint8Array(0);
    }
    const encoding = utf16Marks.get(bytes[0]! * 256 + bytes[1]!);
    this.#decoder = encoding === undefined ? null : new TextDecoder(encoding);
    return this.#decode(bytes, true);
  }

  /** What is left of the stream. */
  end(): Uint8Array {
    if (this.#decoder === undefined) return this.#first;
    return this.#decode(new Uint8Array(0), false);
  }

  #decode(bytes: Uint8Array, stream: boolean): Uint8Array {
    return this.#decoder ? Buffer.from(this.#decoder.decode(bytes, { stream })) : bytes;
  }
}

/** Byte order marks, as numbers of two bytes. */
const utf16Marks: ReadonlyMap<number, string> = new Map([
  [0xfffe, 'utf-16le'],
  [0xfeff, 'utf-16be'],
]);

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
  const utf16 = new Utf16Reader();
  for await (const piece of bytes) {
    const held = Buffer.concat([rest, utf16.read(piece)]);
    const cut = Math.max(held.lastIndexOf(lineFeed), held.lastIndexOf(carriageReturn)) + 1;
    rest = held.subarray(cut);
    if (cut > 0) yield decodeWhole(held.subarray(0, cut));
  }
  rest = Buffer.concat([rest, utf16.end()]);
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
