// Reads HTTP/1.1 responses off one keep-alive connection, whole bodies only, with as little work as honesty allows.
// Used by the load generator, whose CPU time is not available to the measured platform.
// Knows content-length and chunked; a response with neither (and not 204 or 304) is a mistake it reports.

const headerEnd = Buffer.from('\r\n\r\n');
const lineEnd = Buffer.from('\r\n');
const lengthHeader = /\r\ncontent-length:[ \t]*(\d+)/i;
const chunkedHeader = /\r\ntransfer-encoding:[ \t]*chunked/i;

export class ResponseReader {
  readonly #onResponse: (status: number, body: Buffer) => void;
  #pending: Buffer | null = null;

  /** The body handed to `onResponse` is only valid during the call. */
  constructor(onResponse: (status: number, body: Buffer) => void) {
    this.#onResponse = onResponse;
  }

  /** `chunk` may be reused by the caller afterwards. */
  push(chunk: Buffer): void {
    const bytes = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    let from = 0;
    while (from < bytes.length) {
      const next = this.#readOne(bytes, from);
      if (next < 0) break;
      from = next;
    }
    this.#pending = from < bytes.length ? Buffer.from(bytes.subarray(from)) : null;
  }

  /** Where the next response begins, or -1 while this one is incomplete. */
  #readOne(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(headerEnd, from);
    if (end < 0) return -1;
    const head = bytes.toString('latin1', from, end);
    const status = Number(head.slice(9, 12));
    if (!head.startsWith('HTTP/1.') || !(status >= 100)) throw new Error(`not an HTTP response: ${head}`);
    const bodyAt = end + headerEnd.length;
    if (status < 200) return bodyAt;
    const length = lengthHeader.exec(head);
    if (length !== null) {
      const next = bodyAt + Number(length[1]);
      if (next > bytes.length) return -1;
      this.#onResponse(status, bytes.subarray(bodyAt, next));
      return next;
    }
    if (chunkedHeader.test(head)) return this.#readChunked(bytes, bodyAt, status);
    if (status !== 204 && status !== 304) throw new Error(`response without a length: ${head}`);
    this.#onResponse(status, bytes.subarray(bodyAt, bodyAt));
    return bodyAt;
  }

  #readChunked(bytes: Buffer, bodyAt: number, status: number): number {
    const chunks: Buffer[] = [];
    let at = bodyAt;
    while (true) {
      const sizeEnd = bytes.indexOf(lineEnd, at);
      if (sizeEnd < 0) return -1;
      const size = Number.parseInt(bytes.toString('latin1', at, sizeEnd), 16);
      if (!(size >= 0)) throw new Error('a chunk without a size');
      const next = sizeEnd + lineEnd.length + size + lineEnd.length;
      if (next > bytes.length) return -1;
      if (size === 0) {
        this.#onResponse(status, Buffer.concat(chunks));
        return next;
      }
      chunks.push(bytes.subarray(sizeEnd + lineEnd.length, next - lineEnd.length));
      at = next;
    }
  }
}
