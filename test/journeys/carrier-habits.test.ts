// Carriers with different notations of ids and receipts: every message gets its correct final status, and is reported once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReceiptProfile } from '../../src/simulator/receipt-profile.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { openPlatform, type PlatformOptions } from '../support/platform.ts';
import { sized } from '../support/size.ts';
import { until } from '../support/until.ts';

interface Behaviour {
  readonly is: string;
  readonly habits: Partial<ReceiptProfile>;
  readonly link?: PlatformOptions['link'];
  /** Of the carrier: deliver_sm without an answer. */
  readonly window?: number;
  readonly text?: string;
}

/** Three segments. */
const longText = 'All parts of a long text belong together. '.repeat(10);

const behaviours: readonly Behaviour[] = [
  { is: 'answers ids in hexadecimal and tells them in decimal', habits: { idNotation: 'hexadecimal' } },
  { is: 'answers ids in decimal and tells them in hexadecimal', habits: { idNotation: 'decimal' } },
  { is: 'pads ids with zeros in receipts', habits: { idNotation: 'padded' } },
  { is: 'answers ids with zeros and tells them in capitals', habits: { idNotation: 'upper' } },
  {
    is: 'gives one receipt for all parts of a message',
    habits: { receipts: 'last' },
    link: { receipts: 'any' },
    text: longText,
  },
  { is: 'writes receipts in UCS-2', habits: { receiptForm: 'ucs2' } },
  { is: 'tells of messages by TLVs only, unmarked', habits: { receiptForm: 'tlvs' } },
  {
    is: 'dates receipts by its own clock',
    habits: { clockAheadMinutes: 60 },
    link: { receiptZone: 'Europe/Paris' },
  },
  {
    is: 'tells words that nobody knows before the end',
    habits: {
      alwaysIntermediate: true,
      intermediateStates: ['BUFFRED', 'EXPIRD', 'WHATEVER'],
      stateWords: { DELIVRD: 'DELIVERED' },
    },
  },
  { is: 'sends TLVs that are longer than their PDU', habits: { receiptForm: 'broken-tlvs' } },
  // Beyond the ten: announced wrongly, one id for all parts, one receipt at a time.
  { is: 'announces UCS-2 and writes ASCII', habits: { receiptForm: 'false-ucs2' } },
  {
    is: 'answers every part with one id',
    habits: { isOneIdForAll: true, receipts: 'first' },
    text: longText,
  },
  { is: 'waits for the answer to each receipt', habits: {}, window: 1, text: longText },
];

const endings = [
  ['10', 'DELIVERED'],
  ['11', 'DELIVERED'],
  ['90', 'NOT_DELIVERED'],
  ['96', 'DELIVERED'], // its receipt comes twice
  ['97', 'DELIVERED'], // its receipt comes before the answer
] as const;

for (const { is, habits, link = {}, window, text } of behaviours) {
  test(`with a carrier that ${is}, every message is finished and reported once`, async () => {
    const carrier = { receipts: habits, ...(window === undefined ? {} : { window }) };
    await using platform = await openPlatform({ carrier, link });
    const account = await platform.anAccount({ creditMicros: 1_000_000_000n });
    const count = sized(20, 1_000);
    const expected = new Map<string, string>();
    for (let i = 0; i < count; i++) {
      const [ending, status] = endings[i % endings.length]!;
      expected.set(mobile(i, ending), status);
    }
    const numbers = [...expected.keys()];
    for (let at = 0; at < count; at += 500) {
      const to = numbers.slice(at, at + 500);
      const sent = await sendRest(platform.url, account, { to, ...(text === undefined ? {} : { text }) });
      assert.ok(sent.isAccepted, sent.body);
    }
    await platform.customer.whenTaken(count);
    await until('the carrier has told everything', () => platform.carrier.waiting === 0);
    await platform.quiet();
    const told = new Map(platform.customer.pushes.map(({ number, status }) => [number, status]));
    assert.equal(platform.customer.pushes.length, count, 'a message was told twice');
    assert.deepEqual(
      told,
      new Map(platform.customer.pushes.map(({ number }) => [number, expected.get(number)!])),
    );
    assert.equal(platform.carrier.counters.lost, 0);
  });
}

test('a link detects that one receipt covers all parts, and finishes the messages that waited for the others', async () => {
  await using platform = await openPlatform({ carrier: { receipts: { receipts: 'first' } } });
  const account = await platform.anAccount({ creditMicros: 100_000_000n });
  const first = Array.from({ length: 6 }, (_, i) => mobile(i, '10'));
  await sendRest(platform.url, account, { to: first, text: longText });
  await until('the carrier has told of all', () => platform.carrier.counters.acknowledged === 6);
  assert.equal(platform.customer.pushes.length, 0);
  await platform.advance(11 * 60_000);
  await platform.customer.whenTaken(6);
  const learnt = async () =>
    (
      await platform.query<{ receipts: string | null }>(
        "select learnt ->> 'receipts' as receipts from connectors",
      )
    )[0];
  await until('it is kept', async () => (await learnt())?.receipts === 'any');
  await sendRest(platform.url, account, { to: [mobile(9, '11')], text: longText });
  assert.equal((await platform.customer.whenTold(mobile(9, '11'))).status, 'DELIVERED');
  await platform.quiet();
});

test('a link detects the notation of ids, and stores it for its next start', async () => {
  await using platform = await openPlatform({ carrier: { receipts: { idNotation: 'hexadecimal' } } });
  const account = await platform.anAccount({ creditMicros: 100_000_000n });
  await sendRest(platform.url, account, { to: Array.from({ length: 30 }, (_, i) => mobile(i, '10')) });
  await platform.customer.whenTaken(30);
  const learnt = async () =>
    (await platform.query<{ form: string | null }>("select learnt ->> 'idForm' as form from connectors"))[0];
  await until('it is kept', async () => (await learnt())?.form === 'hex-to-dec');
  await platform.quiet();
});
