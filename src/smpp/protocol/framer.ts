// Cuts a stream of octets, however it was chopped, into frames of one PDU each.
// Serves the session. A length that cannot be true ends it: there is no way to find the next PDU.

import { headerLength, maxPduLength, readUint32 } from './codec.ts';

/** `frame`: start and end point at one. `more`: wait for octets. `broken`: command_length is a lie. */
export type FrameResult = 'frame' | 'more' | 'broken';

const nothing = new Uint8Array(0);

export class Framer {
  /** Where the frame lies, after next() said so. */
  bytes: Uint8Array = nothing;
  start = 0;
  end = 0;
  #broken = false;

  /** Takes the octets over: they must not be changed afterwards, frames are views into them. */
  push(chunk: Uint8Array): void {
    const left = this.bytes.length - this.end;
    if (left === 0) {
      this.bytes = chunk;
    } else {
      const joined = new Uint8Array(left + chunk.length);
      joined.set(this.bytes.subarray(this.end));
      joined.set(chunk, left);
      this.bytes = joined;
    }
    this.end = 0;
  }

  next(): FrameResult {
    if (this.#broken) return 'broken';
    const left = this.bytes.length - this.end;
    if (left < 4) return 'more';
    const length = readUint32(this.bytes, this.end);
    if (length < headerLength || length > maxPduLength) {
      this.#broken = true;
      return 'broken';
    }
    if (left < length) return 'more';
    this.start = this.end;
    this.end += length;
    return 'frame';
  }
}
