// Decodes request bodies that were sent compressed (RFC 9110 §8.4). Used by bodies.ts. The limit of the decoded size
// holds during decoding, so that a small body that expands to gigabytes costs no more than the limit.
import type { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { decodedBodyTooLarge, encodingUnsupported, encodingWrong } from './body-refusals.ts';

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decodeGzip: Decode = promisify(gunzip);
const decodeZlib: Decode = promisify(inflate);
const decodeRaw: Decode = promisify(inflateRaw);

const decoders: Readonly<Record<string, Decode>> = {
  gzip: decodeGzip,
  'x-gzip': decodeGzip,
  br: promisify(brotliDecompress),
  // Quirk: "deflate" is zlib's format (RFC 9110 §8.4.1.2); some clients leave its two bytes of header out.
  deflate: (body, options) => (isZlib(body) ? decodeZlib(body, options) : decodeRaw(body, options)),
};

/** Clients send one encoding; the limit prevents needless work. */
const maxEncodings = 2;

/** Refuses `body-malformed` and `body-too-large`. `encodings` as in the header, the last one applied last. */
export async function decodeBody(body: Buffer, encodings: string, limitBytes: number): Promise<Buffer> {
  const names = encodings
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity' && name !== 'utf-8');
  if (names.length > maxEncodings) throw encodingUnsupported(encodings);
  let decoded = body;
  for (const name of names.reverse()) {
    const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
    if (decode === undefined) throw encodingUnsupported(name);
    if (decoded.length === 0) return decoded;
    decoded = await decode(decoded, { maxOutputLength: limitBytes }).catch((error: Error) => {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        throw decodedBodyTooLarge(limitBytes);
      throw encodingWrong(name);
    });
  }
  return decoded;
}

/** RFC 1950 §2.2: the method is 8 and the first two bytes are a multiple of 31. */
function isZlib(body: Buffer): boolean {
  return body.length > 1 && (body[0]! & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}
