// Decodes files of customers: UTF-8 if the bytes are valid, otherwise Windows-1252, as Western spreadsheets write it. Used
// by the CSV reader and the readers of documents. Decides piece by piece, so that no file is in memory as a whole.

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Converts UTF-16 with a byte order mark ("Unicode text" of spreadsheets) into UTF-8; other bytes do not change. The first
 * two bytes decide. One instance for each stream.
 */
export class Utf16Reader {
  /** Undefined until two bytes were received; null: no UTF-16. */
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

  /** The remaining bytes of the stream. */
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

/** Decodes a whole piece: a record, a line. Removes a byte order mark at its beginning. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return windows.decode(bytes);
  }
}

/** Decodes a stream line by line; yields in pieces of the input's size. */
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

/** As a whole if it is valid UTF-8, otherwise line by line. */
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

/** One JSON string of consecutive texts. */
export async function* renderJsonString(texts: AsyncIterable<string>): AsyncGenerator<string> {
  yield '"';
  for await (const text of texts) yield JSON.stringify(text).slice(1, -1);
  yield '"';
}
