// Cuts a stream of octets into frames of one PDU each. Used by the session.
// An impossible command_length ends the stream: the next PDU cannot be found.

import { headerLength, maxPduLength, readUint32 } from './codec.ts';

/** `frame`: `start` and `end` point at one. `more`: octets are missing. `broken`: command_length is impossible. */
export type FrameResult = 'frame' | 'more' | 'broken';

const nothing = new Uint8Array(0);

export class Framer {
  /** Position of the frame after next() returned `frame`. */
  bytes: Uint8Array = nothing;
  start = 0;
  end = 0;
  #broken = false;

  /** The octets must not be changed afterwards: frames are views into them. */
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

  /** sequence_number of the broken PDU; 0 if its header is incomplete. */
  get brokenSequence(): number {
    const hasHeader = this.bytes.length - this.end >= headerLength;
    return hasHeader ? readUint32(this.bytes, this.end + 12) : 0;
  }

  /** Octets of a PDU without its end have arrived. */
  get isPartial(): boolean {
    return this.bytes.length > this.end;
  }

  /** `maxLength` is the largest possible command_length. */
  next(maxLength: number = maxPduLength): FrameResult {
    if (this.#broken) return 'broken';
    const left = this.bytes.length - this.end;
    if (left < 4) return 'more';
    const length = readUint32(this.bytes, this.end);
    if (length < headerLength || length > maxLength) {
      this.#broken = true;
      return 'broken';
    }
    if (left < length) return 'more';
    this.start = this.end;
    this.end += length;
    return 'frame';
  }
}
