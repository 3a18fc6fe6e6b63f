// PDUs to octets and back, by the tables of commands.ts. Used by the session, and by tests that compare octets.
// Reading never throws: an unreadable PDU is returned as a MalformedPdu with the reason and the response.
// Uses the global Buffer for one thing: text out of octets, measured at 115 ns for 107 octets against 1,020 ns
// for String.fromCharCode in a loop (Node 24), a quarter of the cost of reading a receipt.

import { assert } from '#lib/assert.ts';
import {
  blankValues,
  type CommandName,
  type CommandSpec,
  type Destination,
  destinationLimit,
  type FailedDestination,
  type Fields,
  maxDestinations,
  noTlvs,
  type Pdu,
  responseTo,
  specById,
  type Tlvs,
} from './commands.ts';
import { commandStatus } from './status.ts';

export const headerLength = 16;
/** No PDU of ours or of a peer is longer: a full message_payload has 65,535 octets, the rest of its PDU some 350. */
export const maxPduLength = 131_072;

/** A frame that is not a PDU we can read. The session survives it. */
export interface MalformedPdu {
  readonly command: 'malformed';
  readonly command_id: number;
  readonly command_status: number;
  readonly sequence_number: number;
  /** The command of the response; undefined: generic_nack, or none if the PDU is a response. */
  readonly response: CommandSpec | undefined;
  readonly isResponse: boolean;
  /** The command_status to answer with. */
  readonly refusal: number;
  readonly reason: string;
}

const readLatin1 = Buffer.prototype.latin1Slice;

/** The values of the current PDU, in the order of its fields: the reading of one ends before the next begins. */
const values: unknown[] = new Array(32).fill(0);

/** Longest C-octet string read from a carrier, in octets without its NUL: the longest field of SMPP 3.4. */
const maxLenientText = 64;

/**
 * Reads one whole frame, `bytes[start..end)`; the framer has checked its length. `isLenient` is for requests of a
 * carrier: a refused receipt comes again for ever, so a text that is too long, an sm_length beyond the end and a TLV
 * beyond the end are read as far as they go.
 * Quirk: cloudhopper-smpp PduDecoderTest has such PDUs of Netfors and of a Mexican carrier.
 */
export function decodePdu(
  bytes: Uint8Array,
  start: number,
  end: number,
  isLenient = false,
): Pdu | MalformedPdu {
  const spec = specById(readUint32(bytes, start + 4));
  if (spec === undefined) return malformed(bytes, start, commandStatus.ESME_RINVCMDID, 'command_id unknown');
  const fields = spec.fields;
  const isTolerated = spec.isResponse || isLenient;
  let at = start + headerLength;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    values[i] = blankValues[field.kind];
    if (at >= end) {
      // Quirk: answers come without the rest of their body, or without any (SMPP 3.4 §4.4.2, and sloppy peers).
      if (spec.isResponse) continue;
      return malformed(bytes, start, commandStatus.ESME_RINVCMDLEN, `ends before ${field.name}`);
    }
    if (field.kind === 'int') {
      values[i] = bytes[at++];
    } else if (field.kind === 'text') {
      let nul = at;
      while (nul < end && bytes[nul] !== 0) nul++;
      const isTooLong = nul - at >= field.limit && (!isLenient || nul - at > maxLenientText);
      if (isTooLong && !spec.isResponse) {
        return malformed(bytes, start, field.refusal, `${field.name} is longer than ${field.limit - 1}`);
      }
      if (nul > at) values[i] = readLatin1.call(bytes, at, nul);
      // Quirk: the NUL of a last field may be missing; then `nul` is `end`.
      at = nul + 1;
    } else if (field.kind === 'destinations' || field.kind === 'failures') {
      const list =
        field.kind === 'failures' ? readFailures(bytes, at, end) : readDestinations(bytes, at, end);
      if ('refusal' in list) return malformed(bytes, start, list.refusal, list.reason);
      values[i] = list.entries;
      at = list.at;
    } else {
      let length = bytes[at++]!;
      if (isLenient) length = Math.min(length, end - at);
      else if (length > field.limit || at + length > end) {
        return malformed(bytes, start, field.refusal, `${field.name} of ${length} octets does not fit`);
      }
      if (length > 0) values[i] = bytes.subarray(at, at + length);
      at += length;
    }
  }
  const tlvs = at + 4 <= end ? readTlvs(bytes, at, end, isLenient) : noTlvs;
  if (tlvs === undefined && !isTolerated) {
    return malformed(bytes, start, commandStatus.ESME_RINVOPTPARSTREAM, 'a TLV is longer than its PDU');
  }
  const status = readUint32(bytes, start + 8);
  const sequence = readUint32(bytes, start + 12);
  return spec.build(spec.name, status, sequence, tlvs ?? noTlvs, values) as Pdu;
}

/** Quirk: one to three octets left over behind the last TLV are padding of sloppy peers and are skipped. */
function readTlvs(bytes: Uint8Array, start: number, end: number, isLenient: boolean): Tlvs | undefined {
  const tlvs = new Map<number, Uint8Array>();
  let at = start;
  while (at + 4 <= end) {
    const tag = (bytes[at]! << 8) | bytes[at + 1]!;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    at += 4;
    if (at + length > end) return isLenient ? tlvs : undefined;
    tlvs.set(tag, bytes.subarray(at, at + length));
    at += length;
  }
  return tlvs;
}

type ReadList<Entry> =
  | { readonly entries: readonly Entry[]; readonly at: number }
  | { readonly refusal: number; readonly reason: string };

/** The position behind the NUL of a C-octet string; beyond `end` if it has none. */
function afterText(bytes: Uint8Array, at: number, end: number): number {
  let nul = at;
  while (nul < end && bytes[nul] !== 0) nul++;
  return nul + 1;
}

/** SMPP 3.4 §4.5.1.1: at least one destination, each of an address or of the name of a list. */
function readDestinations(bytes: Uint8Array, start: number, end: number): ReadList<Destination> {
  const count = bytes[start]!;
  let at = start + 1;
  if (count === 0 || count > maxDestinations)
    return { refusal: commandStatus.ESME_RINVNUMDESTS, reason: `number_of_dests is ${count}` };
  const entries: Destination[] = [];
  for (let i = 0; i < count; i++) {
    const flag = bytes[at++];
    if (at > end || (flag !== 1 && flag !== 2))
      return at > end
        ? { refusal: commandStatus.ESME_RINVNUMDESTS, reason: 'ends before its destinations do' }
        : { refusal: commandStatus.ESME_RINVDESTFLAG, reason: `dest_flag is ${flag}` };
    const text = flag === 1 ? at + 2 : at;
    const next = afterText(bytes, text, end);
    if (next > end)
      return { refusal: commandStatus.ESME_RINVNUMDESTS, reason: 'ends before its destinations do' };
    if (next - text > destinationLimit)
      return {
        refusal: commandStatus.ESME_RINVDSTADR,
        reason: `a destination is longer than ${destinationLimit - 1}`,
      };
    const name = readLatin1.call(bytes, text, next - 1);
    entries.push(
      flag === 2
        ? { dest_flag: 2, dl_name: name }
        : { dest_flag: 1, dest_addr_ton: bytes[at]!, dest_addr_npi: bytes[at + 1]!, destination_addr: name },
    );
    at = next;
  }
  return { entries, at };
}

/** In a response: what is there is read. */
function readFailures(bytes: Uint8Array, start: number, end: number): ReadList<FailedDestination> {
  const entries: FailedDestination[] = [];
  let at = start + 1;
  for (let i = bytes[start]!; i > 0; i--) {
    const next = afterText(bytes, at + 2, end);
    if (next + 4 > end) break;
    entries.push({
      dest_addr_ton: bytes[at]!,
      dest_addr_npi: bytes[at + 1]!,
      destination_addr: readLatin1.call(bytes, at + 2, next - 1),
      error_status_code: readUint32(bytes, next),
    });
    at = next + 4;
  }
  return { entries, at };
}

function malformed(bytes: Uint8Array, start: number, refusal: number, reason: string): MalformedPdu {
  const id = readUint32(bytes, start + 4);
  const spec = specById(id);
  return {
    command: 'malformed',
    command_id: id,
    command_status: readUint32(bytes, start + 8),
    sequence_number: readUint32(bytes, start + 12),
    response: spec === undefined ? undefined : responseTo(spec),
    isResponse: id >= 0x80000000,
    refusal,
    reason,
  };
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/**
 * Collects PDUs, one behind the other, in one stretch of octets that leaves in one write. Values beyond the limits
 * of a field are bugs of the caller, who has checked them, and assert.
 */
export class PduWriter {
  #bytes: Uint8Array = new Uint8Array(4096);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /**
   * Missing fields are written as empty or 0. A response that refuses has no body (SMPP 3.4 §4.4.2), unless it carries
   * TLVs (SMPP 5.0 §4.8.4.2) or `hasBodyOnError` is set (SMPP 3.3).
   */
  write<Name extends CommandName>(
    spec: CommandSpec<Name>,
    status: number,
    sequence: number,
    fields?: Partial<Fields<Name>>,
    tlvs: Tlvs = noTlvs,
    hasBodyOnError = false,
  ): void {
    const start = this.#length;
    const isRefusal = spec.isResponse && status !== commandStatus.ESME_ROK;
    const hasBody = !isRefusal || tlvs.size > 0 || hasBodyOnError;
    const bytes = this.#room(hasBody ? longestBody(tlvs) + listLength(spec, fields) : headerLength);
    let at = start + headerLength;
    if (hasBody) {
      at = writeFields(bytes, at, spec, fields as Readonly<Record<string, unknown>> | undefined);
      if (tlvs.size > 0) at = writeTlvs(bytes, at, tlvs);
    }
    assert(at - start <= maxPduLength, 'PDU too long');
    writeUint32(bytes, start, at - start);
    writeUint32(bytes, start + 4, spec.id);
    writeUint32(bytes, start + 8, status);
    writeUint32(bytes, start + 12, sequence);
    this.#length = at;
  }

  /** The octets written since the last call, as a copy; null if there are none. */
  take(): Uint8Array | null {
    if (this.#length === 0) return null;
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #room(length: number): Uint8Array {
    if (this.#length + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}

/** An upper bound: the longest mandatory part is that of submit_sm, 16 + 431 octets. */
function longestBody(tlvs: Tlvs): number {
  let length = 512;
  if (tlvs.size > 0) for (const octets of tlvs.values()) length += 4 + octets.length;
  return length;
}

/** Octets of the lists of a PDU; nearly all PDUs have none. */
function listLength(spec: CommandSpec, values: object | undefined): number {
  let length = 0;
  for (const { kind, name } of spec.fields) {
    if (kind !== 'destinations' && kind !== 'failures') continue;
    const list = (values as Readonly<Record<string, readonly unknown[] | undefined>> | undefined)?.[name];
    length += 1 + (list?.length ?? 0) * (destinationLimit + 7);
  }
  return length;
}

function writeText(bytes: Uint8Array, start: number, text: string): number {
  let at = start;
  for (let c = 0; c < text.length; c++) bytes[at++] = text.charCodeAt(c);
  bytes[at++] = 0;
  return at;
}

function writeDestinations(bytes: Uint8Array, start: number, list: readonly Destination[]): number {
  let at = start;
  bytes[at++] = list.length;
  for (const destination of list) {
    bytes[at++] = destination.dest_flag;
    if (destination.dest_flag === 2) {
      at = writeText(bytes, at, destination.dl_name);
      continue;
    }
    bytes[at++] = destination.dest_addr_ton;
    bytes[at++] = destination.dest_addr_npi;
    at = writeText(bytes, at, destination.destination_addr);
  }
  return at;
}

function writeFailures(bytes: Uint8Array, start: number, list: readonly FailedDestination[]): number {
  let at = start;
  bytes[at++] = list.length;
  for (const { dest_addr_ton, dest_addr_npi, destination_addr, error_status_code } of list) {
    bytes[at++] = dest_addr_ton;
    bytes[at++] = dest_addr_npi;
    at = writeText(bytes, at, destination_addr);
    writeUint32(bytes, at, error_status_code);
    at += 4;
  }
  return at;
}

function writeFields(
  bytes: Uint8Array,
  start: number,
  spec: CommandSpec,
  values: Readonly<Record<string, unknown>> | undefined,
): number {
  const fields = spec.fields;
  let at = start;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    const value = values?.[field.name];
    if (field.kind === 'int') {
      bytes[at++] = (value as number | undefined) ?? 0;
    } else if (field.kind === 'text') {
      const text = (value as string | undefined) ?? '';
      assert(text.length < field.limit, field.name);
      for (let c = 0; c < text.length; c++) {
        const code = text.charCodeAt(c);
        assert(code > 0 && code < 256, field.name);
        bytes[at++] = code;
      }
      bytes[at++] = 0;
    } else if (field.kind === 'destinations') {
      at = writeDestinations(bytes, at, (value as readonly Destination[] | undefined) ?? []);
    } else if (field.kind === 'failures') {
      at = writeFailures(bytes, at, (value as readonly FailedDestination[] | undefined) ?? []);
    } else {
      const octets = value as Uint8Array | undefined;
      const length = octets === undefined ? 0 : octets.length;
      assert(length <= field.limit, field.name);
      bytes[at++] = length;
      if (length > 0) bytes.set(octets!, at);
      at += length;
    }
  }
  return at;
}

function writeTlvs(bytes: Uint8Array, start: number, tlvs: Tlvs): number {
  let at = start;
  for (const [tag, octets] of tlvs) {
    bytes[at] = tag >>> 8;
    bytes[at + 1] = tag;
    bytes[at + 2] = octets.length >>> 8;
    bytes[at + 3] = octets.length;
    bytes.set(octets, at + 4);
    at += 4 + octets.length;
  }
  return at;
}
