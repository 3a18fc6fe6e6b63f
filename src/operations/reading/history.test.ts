// Histories compared with a plain list, over pages, partitions and labels. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HistoryFilter, SentMessage } from '#domain/delivery/history.ts';
import { grantAccount } from '#operations/access/grant.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { acceptCampaigns } from '#store/pipeline/acceptance.ts';
import { aCampaignOf, costMicros, nowMs, TestRows } from '../../../test/support/rows.ts';
import { createHistory } from './history.ts';

const minute = 60_000;
const batchIds = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];

interface Sent {
  readonly firstId: number;
  readonly count: number;
  readonly tag: string | null;
  readonly userId: number | null;
  readonly batchId: string | null;
  readonly sender: string;
  readonly atMs: number;
}

const sentCampaign = fc.record({
  count: fc.integer({ min: 1, max: 5 }),
  tag: fc.constantFrom(null, 'a', 'b'),
  userId: fc.constantFrom(null, 1, 2),
  batchId: fc.constantFrom(null, ...batchIds),
  sender: fc.constantFrom('Chappe', '+33700000001'),
  minutes: fc.integer({ min: 0, max: 3 }),
});

const wanted = fc.record(
  {
    tag: fc.constantFrom('a', 'b', 'c'),
    userId: fc.constantFrom(1, 2, 3),
    batchId: fc.constantFrom(...batchIds),
    sender: fc.constantFrom('chappe', '0033700000001', '33700000001'),
    msisdn: fc.constantFrom(33600000000, 33600000002),
    fromMs: fc.integer({ min: 0, max: 60 }).map((minutes) => nowMs + minutes * minute),
    untilMs: fc.integer({ min: 0, max: 60 }).map((minutes) => nowMs + minutes * minute),
  },
  { requiredKeys: [] },
);

const digits = (sender: string) => sender.toLowerCase().replace(/^(\+|00)/, '');

function matches(sent: Sent, filter: HistoryFilter): number[] {
  const { tag, userId, batchId, sender, msisdn, fromMs = 0, untilMs = Number.MAX_VALUE } = filter;
  const isIn =
    (tag === undefined || sent.tag === tag) &&
    (userId === undefined || sent.userId === userId) &&
    (batchId === undefined || sent.batchId === batchId) &&
    (sender === undefined || digits(sent.sender) === digits(sender)) &&
    sent.atMs >= fromMs &&
    sent.atMs <= untilMs;
  if (!isIn) return [];
  const ids = Array.from({ length: sent.count }, (_, i) => sent.firstId + i);
  return ids.filter((_, i) => msisdn === undefined || 33600000000 + i === msisdn);
}

async function send(rows: TestRows, accountId: number, sent: Sent): Promise<void> {
  const { tag, userId, batchId, sender, atMs, firstId, count } = sent;
  const campaign = aCampaignOf(accountId, await rows.ids.take('campaign', 1), firstId, count);
  const label = { tag, userId, batchId };
  const amounts = new Map([[accountId, costMicros * BigInt(count)]]);
  await acceptCampaigns(rows.query, 0, amounts, [{ ...campaign, label, sender }], [], atMs);
}

const every = () => true;

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const rows = await TestRows.openFor(t);
  const history = createHistory({ database: rows.database, clock: { now: () => nowMs } });
  async function openAccount(creditMicros?: bigint) {
    const account = (await readAccount(rows.query, await rows.anAccount(creditMicros)))!;
    return grantAccount(account, { actor: 'key:test', address: null }, 'key');
  }
  return { rows, history, openAccount };
}

test('a filtered list is equal to a plain search through all rows, without other accounts', async (t) => {
  const { rows, history, openAccount } = await open(t);
  await fc.assert(
    fc.asyncProperty(
      fc.array(sentCampaign, { minLength: 1, maxLength: 12 }),
      fc.array(wanted, { minLength: 4, maxLength: 8 }),
      async (campaigns, filters) => {
        const access = await openAccount();
        const other = await rows.anAccount();
        const all: Sent[] = [];
        let atMs = nowMs;
        for (const { minutes, ...rest } of campaigns) {
          atMs += minutes * minute;
          const sent = { ...rest, atMs, firstId: await rows.ids.take('message', rest.count) };
          await send(rows, access.account.id, sent);
          await send(rows, other, { ...sent, firstId: await rows.ids.take('message', rest.count) });
          all.push(sent);
        }
        for (const filter of [{}, ...filters] as HistoryFilter[]) {
          const expected = all.flatMap((sent) => matches(sent, filter));
          assert.deepEqual(await history.list(access, filter, every), expected);
          assert.deepEqual(await history.listIds(access, filter), expected);
        }
      },
    ),
    { numRuns: 15 },
  );
});

test('a campaign larger than a page is listed whole, once', async (t) => {
  const { rows, history, openAccount } = await open(t);
  const access = await openAccount(10_000_000_000n);
  const { id: accountId } = access.account;
  const ids = [...(await rows.aCampaign(accountId, 7_000)), ...(await rows.aCampaign(accountId, 4_000))];
  assert.deepEqual(await history.list(access, {}, every), ids);
  assert.deepEqual(await history.listIds(access, {}), ids);
  const odd = ({ id }: SentMessage) => id % 2 === 1;
  assert.deepEqual(
    await history.list(access, {}, odd),
    ids.filter((id) => id % 2 === 1),
  );
});

test('a hidden message is neither listed nor read, and stays in the table', async (t) => {
  const { rows, history, openAccount } = await open(t);
  const access = await openAccount();
  const stranger = await openAccount();
  const [first, second] = await rows.aCampaign(access.account.id, 2);
  assert.equal(await history.hide(stranger, first!, {}), false, 'it is not theirs');
  assert.equal(await history.hide(access, first!, { userId: 1 }), false, 'no user sent it');
  assert.equal(await history.hide(access, first!, {}), true);
  assert.equal(await history.hide(access, first!, {}), false, 'once');
  assert.equal(await history.read(access, first!, {}), null);
  assert.equal(await history.read(stranger, second!, {}), null);
  assert.equal((await history.read(access, second!, {}))?.id, second);
  assert.deepEqual(await history.list(access, {}, every), [second]);
  assert.deepEqual(await history.listIds(access, {}), [second]);
  const [single] = await rows.aCampaign(access.account.id, 1);
  assert.deepEqual(await history.listIds(access, {}), [second, single]);
  assert.equal(await history.hide(access, single!, {}), true);
  assert.deepEqual(
    await history.listIds(access, {}),
    [second],
    'a campaign of one message, which is not read',
  );
  assert.equal((await rows.query('select from messages')).length, 3);
});
