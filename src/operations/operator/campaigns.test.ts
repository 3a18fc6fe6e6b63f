// The operator's view of a campaign on a real database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { finishMessages } from '#store/pipeline/messages.ts';
import { insertConnector } from '#store/platform/carriers.ts';
import { costMicros, insertCarrierRefs, nowMs, settle, TestRows } from '../../../test/support/rows.ts';
import { createOperatorCampaigns } from './campaigns.ts';

const by = operatorAccess({ actor: 'cli:alice', address: null });
const link = { host: '127.0.0.1', port: 2775, systemId: 'x', password: 'y', binds: 1 } as never;

test('a campaign is shown with its messages by status, causes, price and cost', async (t) => {
  const rows = await TestRows.openFor(t);
  const { query } = rows;
  const campaigns = createOperatorCampaigns({ database: rows.database, clock: { now: () => nowMs } });
  const accountId = await rows.anAccount();
  const carrier = await insertConnector(query, { name: 'carrier one', options: link }, nowMs);
  const other = await rows.aCampaign(accountId, 1);
  const [delivered, failed, open, refused, waiting] = await rows.aCampaign(accountId, 5);
  const taken = [delivered!, failed!, open!];
  await insertCarrierRefs(
    query,
    0,
    taken.map((messageId) => ({
      messageId,
      part: 0,
      connectorId: carrier,
      reference: `${messageId}`,
      atMs: nowMs,
    })),
  );
  const carriage = {
    connectorId: carrier,
    country: 'FR',
    segments: 1,
    tier: 'premium',
    segmentCostMicros: 30_000n,
  } as const;
  const settlement = { accountId, costMicros, kind: 'charge' } as const;
  await settle(
    query,
    0,
    [
      // One entry of the ledger for two campaigns.
      ...[...other, ...taken].map((messageId) => ({ ...settlement, messageId, carriage })),
      { ...settlement, messageId: refused!, kind: 'release', carriage: null },
    ],
    nowMs,
  );
  const news = { deliveredSegments: 0, connectorId: carrier, submittedAtMs: nowMs, atMs: nowMs };
  await finishMessages(
    query,
    0,
    [
      { ...news, messageId: delivered!, deliveredSegments: 1, status: 'delivered', error: null },
      { ...news, messageId: failed!, status: 'undelivered', error: '027' },
      { ...news, messageId: refused!, status: 'rejected', error: 'ESME_RINVDSTADR' },
    ],
    null,
    nowMs,
  );
  const [{ id }] = (await query(
    'select campaign_id as id, $2::bigint as waiting from messages where id = $1',
    [delivered, waiting],
  )) as [{ id: number }];
  await query(`update campaigns set failures = $2 where id = $1`, [
    id,
    JSON.stringify([
      { number: '+33600000001', reason: 'recipient-opted-out' },
      { number: '12', reason: 'number-invalid' },
      { number: '13', reason: 'number-invalid' },
    ]),
  ]);

  const shown = await campaigns.show(by, String(id));
  assert.deepEqual(shown.counts, { accepted: 1, submitted: 1, delivered: 1, undelivered: 1, rejected: 1 });
  assert.deepEqual(shown.causes, [
    { cause: 'the carrier could not deliver it (code 027 of the carrier)', messages: 1 },
    { cause: 'the carrier does not accept its number (ESME_RINVDSTADR)', messages: 1 },
  ]);
  assert.deepEqual(shown.skipped, [
    { cause: 'it is no telephone number', messages: 2 },
    { cause: 'the recipient opted out of this account', messages: 1 },
  ]);
  assert.deepEqual(
    [shown.costMicros, shown.chargedMicros, shown.releasedMicros, shown.heldMicros],
    [250_000n, 150_000n, 50_000n, 50_000n],
  );
  assert.deepEqual(shown.carriers, [
    {
      carrier: 'carrier one',
      messages: 3,
      segments: 3,
      priceMicros: 150_000n,
      costMicros: 90_000n,
      withoutCost: 0,
    },
  ]);
  assert.doesNotMatch(
    JSON.stringify({ ...shown, costMicros: 0 }, (_k, v) => (typeof v === 'bigint' ? 0 : v)),
    /33600000001/,
  );
  for (const written of ['999', 'x', '-1', '1.5', '99999999999999999999'])
    await assert.rejects(campaigns.show(by, written), /there is no campaign/);
});
