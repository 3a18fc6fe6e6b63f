import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePdu, type MalformedPdu, PduWriter } from './codec.ts';
import {
  blankValues,
  type CommandName,
  type CommandSpec,
  commands,
  type Field,
  noTlvs,
  type Pdu,
  type PduOf,
  specs,
  type Tlvs,
} from './commands.ts';
import { commandStatus } from './status.ts';
import { intOctets, textOctets, tlvInt, tlvTags, tlvText } from './tlvs.ts';

/** Written by hand from SMPP 3.4 §4; blanks are for the reader. */
const golden: readonly {
  readonly is: string;
  readonly name: CommandName;
  readonly status?: number;
  readonly sequence: number;
  readonly fields?: Record<string, unknown>;
  readonly tlvs?: Tlvs;
  readonly hex: string;
}[] = [
  {
    is: 'the bind_transmitter example of the specification (§3.2.4)',
    name: 'bind_transmitter',
    sequence: 1,
    fields: {
      system_id: 'SMPP3TEST',
      password: 'secret08',
      system_type: 'SUBMIT1',
      interface_version: 0,
      addr_ton: 1,
      addr_npi: 1,
      address_range: '',
    },
    hex: `0000002F 00000002 00000000 00000001 534D50503354455354 00 7365637265743038 00
          5355424D495431 00 00 01 01 00`,
  },
  {
    is: 'a submit_sm with a TLV',
    name: 'submit_sm',
    sequence: 2,
    fields: {
      source_addr_ton: 5,
      source_addr: 'Chappe',
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: '33612345678',
      registered_delivery: 1,
      short_message: Uint8Array.of(0x48, 0x69),
    },
    tlvs: new Map([[tlvTags.user_message_reference, intOctets(0x1234, 2)]]),
    hex: `0000003A 00000004 00000000 00000002 00 05 00 436861707065 00 01 01 3333363132333435363738 00
          00 00 00 00 00 01 00 00 00 02 4869 0204 0002 1234`,
  },
  {
    is: 'its answer',
    name: 'submit_sm_resp',
    sequence: 2,
    fields: { message_id: '4F2A' },
    hex: '00000015 80000004 00000000 00000002 34463241 00',
  },
  {
    is: 'a refusal, which has no body',
    name: 'submit_sm_resp',
    status: commandStatus.ESME_RTHROTTLED,
    sequence: 3,
    hex: '00000010 80000004 00000058 00000003',
  },
  {
    is: 'the empty message_id of a deliver_sm_resp',
    name: 'deliver_sm_resp',
    sequence: 7,
    fields: { message_id: '' },
    hex: '00000011 80000005 00000000 00000007 00',
  },
  {
    is: 'a data_sm that carries its text in a TLV',
    name: 'data_sm',
    sequence: 9,
    fields: { destination_addr: '1', esm_class: 4, data_coding: 8 },
    tlvs: new Map([[tlvTags.message_payload, Uint8Array.of(0x20, 0xac)]]),
    hex: '00000021 00000103 00000000 00000009 00 00 00 00 00 00 31 00 04 00 08 0424 0002 20AC',
  },
  {
    is: 'an enquire_link',
    name: 'enquire_link',
    sequence: 0x7fffffff,
    hex: '00000010 00000015 00000000 7FFFFFFF',
  },
  {
    is: 'a generic_nack',
    name: 'generic_nack',
    status: commandStatus.ESME_RINVCMDLEN,
    sequence: 0,
    hex: '00000010 80000000 00000002 00000000',
  },
];

function blankOf(name: CommandName): Record<string, unknown> {
  const fields = specs[name].fields.map((field) => [field.name, blankValues[field.kind]]);
  return {
    command: name,
    command_status: 0,
    sequence_number: 0,
    tlvs: noTlvs,
    ...Object.fromEntries(fields),
  };
}

function octetsOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
}

function read(bytes: Uint8Array): Pdu | MalformedPdu {
  return decodePdu(bytes, 0, bytes.length);
}

function written(
  name: CommandName,
  sequence: number,
  fields?: Record<string, unknown>,
  tlvs?: Tlvs,
  status = 0,
): Uint8Array {
  const writer = new PduWriter();
  writer.write(specs[name] as CommandSpec<'submit_sm'>, status, sequence, fields, tlvs);
  return writer.take()!;
}

for (const pdu of golden) {
  test(`${pdu.is} is written and read octet for octet`, () => {
    const bytes = octetsOf(pdu.hex);
    assert.deepEqual(written(pdu.name, pdu.sequence, pdu.fields, pdu.tlvs, pdu.status), bytes);
    const expected = {
      ...blankOf(pdu.name),
      command_status: pdu.status ?? 0,
      sequence_number: pdu.sequence,
      ...pdu.fields,
      ...(pdu.tlvs === undefined ? {} : { tlvs: pdu.tlvs }),
    };
    assert.deepEqual(read(bytes), expected);
  });
}

const anyText = (maxLength: number) =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));
const octet = fc.integer({ min: 0, max: 255 });
const address = { dest_addr_ton: octet, dest_addr_npi: octet, destination_addr: anyText(20) };
const plain = { noNullPrototype: true };
const anyDestination = fc.oneof(
  fc.record({ dest_flag: fc.constant(1), ...address }, plain),
  fc.record({ dest_flag: fc.constant(2), dl_name: anyText(20) }, plain),
);
const anyFailure = fc.record(
  { ...address, error_status_code: fc.integer({ min: 0, max: 0xffffffff }) },
  plain,
);

function arbitraryField(field: Field): fc.Arbitrary<unknown> {
  if (field.kind === 'int') return fc.integer({ min: 0, max: 255 });
  if (field.kind === 'octets') return fc.uint8Array({ maxLength: field.limit });
  if (field.kind === 'destinations') return fc.array(anyDestination, { minLength: 1, maxLength: 254 });
  if (field.kind === 'failures') return fc.array(anyFailure, { maxLength: 254 });
  return anyText(field.limit - 1);
}

const anyTlvs: fc.Arbitrary<Tlvs> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 0xffff }), fc.uint8Array({ maxLength: 300 })), { maxLength: 4 })
  .map((entries) => new Map(entries));

test('every PDU within its limits reads back as it was written', () => {
  for (const name of Object.keys(commands) as CommandName[]) {
    const fields = fc.record(
      Object.fromEntries(specs[name].fields.map((field) => [field.name, arbitraryField(field)])),
    );
    fc.assert(
      fc.property(fields, anyTlvs, fc.integer({ min: 0, max: 0xffffffff }), (values, tlvs, sequence) => {
        const bytes = written(name, sequence, values, tlvs);
        assert.deepEqual(read(bytes), {
          ...blankOf(name),
          sequence_number: sequence,
          ...values,
          tlvs,
        });
      }),
      { numRuns: 50 },
    );
  }
});

test('random octets never throw', () => {
  const ids = Object.values(commands).map((command) => command.id);
  fc.assert(
    fc.property(fc.constantFrom(...ids, 0x77), fc.uint8Array({ maxLength: 200 }), (id, body) => {
      const bytes = new Uint8Array(16 + body.length);
      bytes.set(intOctets(id, 4), 4);
      bytes.set(body, 16);
      const pdu = read(bytes);
      assert.equal(typeof pdu.command, 'string');
    }),
    { numRuns: 3000 },
  );
});

const refusals: readonly { is: string; hex: string; refusal: number; reason: RegExp }[] = [
  {
    is: 'a command_id nobody knows',
    hex: '00000010 00000077 00000000 00000005',
    refusal: commandStatus.ESME_RINVCMDID,
    reason: /unknown/,
  },
  {
    is: 'a source address of 21 characters',
    hex: `00000000 00000004 00000000 00000005 00 05 00 ${'41'.repeat(21)} 00 01 01 33 00 00 00 00 00 00 00 00 00 00 00`,
    refusal: commandStatus.ESME_RINVSRCADR,
    reason: /source_addr is longer than 20/,
  },
  {
    is: 'an sm_length beyond the PDU',
    hex: '00000000 00000004 00000000 00000005 00 00 00 00 00 00 33 00 00 00 00 00 00 00 00 00 00 09 41',
    refusal: commandStatus.ESME_RINVMSGLEN,
    reason: /short_message of 9 octets/,
  },
  {
    is: 'a body cut short',
    hex: '00000000 00000004 00000000 00000005 00 00 00',
    refusal: commandStatus.ESME_RINVCMDLEN,
    reason: /ends before source_addr/,
  },
  {
    is: 'a TLV that promises more than there is',
    hex: '00000000 00000005 00000000 00000005 00 00 00 00 00 00 33 00 00 00 00 00 00 00 00 00 00 00 0424 0010 41',
    refusal: commandStatus.ESME_RINVOPTPARSTREAM,
    reason: /TLV/,
  },
];

for (const { is, hex, refusal, reason } of refusals) {
  test(`${is} is malformed, with the status to answer`, () => {
    const pdu = read(octetsOf(hex));
    assert.equal(pdu.command, 'malformed');
    assert.equal((pdu as MalformedPdu).refusal, refusal);
    assert.match((pdu as MalformedPdu).reason, reason);
    assert.equal(pdu.sequence_number, 5);
  });
}

test('a message_id without its NUL, longer than allowed, or followed by broken TLVs is read all the same', () => {
  const withoutNul = read(octetsOf('00000000 80000004 00000000 00000002 34463241'));
  assert.equal((withoutNul as PduOf<'submit_sm_resp'>).message_id, '4F2A');
  const long = read(octetsOf(`00000000 80000004 00000000 00000002 ${'41'.repeat(80)} 00`));
  assert.equal((long as PduOf<'submit_sm_resp'>).message_id.length, 80);
  const broken = read(octetsOf('00000000 80000004 00000000 00000002 4100 0424 FFFF 00'));
  assert.equal((broken as PduOf<'submit_sm_resp'>).message_id, 'A');
});

const fromCarriers: readonly { is: string; hex: string; expected: Partial<PduOf<'deliver_sm'>> }[] = [
  {
    is: 'a source address of 21 characters',
    hex: `00000000 00000005 00000000 00000005 00 05 00 ${'41'.repeat(21)} 00 01 01 33 00 00 00 00 00 00 00 00 00 00 01 42`,
    expected: { source_addr: 'A'.repeat(21), destination_addr: '3', short_message: Buffer.from('B') },
  },
  {
    is: 'an sm_length beyond the PDU',
    hex: '00000000 00000005 00000000 00000005 00 00 00 00 00 00 33 00 04 00 00 00 00 00 00 00 00 09 41',
    expected: { esm_class: 4, short_message: Buffer.from('A') },
  },
  {
    is: '255 octets of text',
    hex: `00000000 00000005 00000000 00000005 00 00 00 00 00 00 33 00 00 00 00 00 00 00 00 00 00 ff ${'41'.repeat(255)}`,
    expected: { short_message: Buffer.from('A'.repeat(255)) },
  },
  {
    is: 'a TLV that promises more than there is, behind a good one',
    hex: '00000000 00000005 00000000 00000005 00 00 00 00 00 00 33 00 00 00 00 00 00 00 00 00 00 00 0427 0001 02 0424 0010 41',
    expected: { tlvs: new Map([[0x0427, Buffer.of(2)]]) },
  },
];

for (const { is, hex, expected } of fromCarriers) {
  test(`${is} is read from a carrier, which would repeat it for ever if it were refused`, () => {
    const octets = octetsOf(hex);
    const pdu = decodePdu(octets, 0, octets.length, true);
    assert.equal(pdu.command, 'deliver_sm');
    for (const [name, value] of Object.entries(expected)) {
      const seen: unknown = pdu[name as keyof typeof pdu];
      if (value instanceof Uint8Array) assert.deepEqual([...(seen as Uint8Array)], [...value]);
      else if (value instanceof Map)
        assert.deepEqual([...(seen as Map<number, Uint8Array>).keys()], [...value.keys()]);
      else assert.equal(seen, value);
    }
  });
}

test('a password and a system id of 64 characters are written and read whole', () => {
  const writer = new PduWriter();
  const fields = { system_id: 'i'.repeat(64), password: 'p'.repeat(64) };
  writer.write(specs.bind_transceiver, 0, 1, fields);
  const pdu = read(writer.take()!) as PduOf<'bind_transceiver'>;
  assert.deepEqual([pdu.system_id, pdu.password], [fields.system_id, fields.password]);
});

test('one to three octets of padding behind a PDU are skipped', () => {
  const hex =
    '00000000 00000005 00000000 00000005 00 00 00 00 00 00 33 00 00 00 00 00 00 00 00 00 00 01 41 000000';
  const pdu = read(octetsOf(hex)) as PduOf<'deliver_sm'>;
  assert.equal(pdu.command, 'deliver_sm');
  assert.deepEqual([...pdu.short_message], [0x41]);
});

test('any number of PDUs is written as one sequence of octets', () => {
  const writer = new PduWriter();
  const body = new Uint8Array(200).fill(0x41);
  for (let i = 0; i < 1000; i++) writer.write(specs.submit_sm, 0, i, { short_message: body });
  const bytes = writer.take()!;
  assert.equal(bytes.length, 1000 * (16 + 17 + 200));
  assert.equal(writer.take(), null);
});

test('named TLVs read as integers and texts, and tolerate a missing NUL', () => {
  const tlvs = new Map([
    [tlvTags.message_state, intOctets(2, 1)],
    [tlvTags.receipted_message_id, textOctets('abc')],
    [tlvTags.additional_status_info_text, Uint8Array.of(0x41)],
    [tlvTags.user_message_reference, intOctets(0xfedcba98, 4)],
  ]);
  assert.equal(tlvInt(tlvs, tlvTags.message_state), 2);
  assert.equal(tlvInt(tlvs, tlvTags.user_message_reference), 0xfedcba98);
  assert.equal(tlvText(tlvs, tlvTags.receipted_message_id), 'abc');
  assert.equal(tlvText(tlvs, tlvTags.additional_status_info_text), 'A');
  assert.equal(tlvText(tlvs, tlvTags.message_payload), undefined);
  assert.equal(tlvInt(tlvs, tlvTags.receipted_message_id), 0x61626300);
});
