// A batch while the platform is killed with kill -9: after its order, during its sending, during its cancellation. It is
// accepted once and completed; a cancelled batch releases all credit.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { silentLog } from '../../src/lib/observability/log.ts';
import type { OvhKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { openDatabase, type Query } from '../../src/store/database/database.ts';
import { startEmbedded } from '../../src/store/embedded/embedded.ts';
import { chappe, chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { violations } from '../support/invariants.ts';
import { ovhClient } from '../support/ovh.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder();
after(() => folder.remove());

const receivers = 5_000;

interface Batch {
  readonly id: string;
  readonly status: string;
}

async function countOf(query: Query): Promise<number> {
  const [row] = await query<{ n: number }>('select count(*) as n from messages');
  return row!.n;
}

test('a batch is accepted once and comes to its end, whenever the platform is killed', async () => {
  const dataDir = `${folder.path}/data`;
  const here = { dataDir, env: {} };
  let serving: Serving = await serve(here);
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  const database = openDatabase(embedded.connection, silentLog, 2);
  const { query } = database;
  try {
    const { account, ovh } = await chappeJson<{ account: string; ovh: OvhKeys }>(
      ['account', 'create', '--email', 'batches@example.com', '--credit', '1000'],
      here,
    );
    assert.equal((await chappe(['sender', 'add', account, 'Chappe'], here)).status, 0);
    const client = () => ovhClient(serving.url, ovh);
    const batches = `/sms/${account}/batches`;
    const kill = async () => {
      await serving.end('SIGKILL', true);
      serving = await serve(here);
    };
    const whenIn = (id: string, status: string) =>
      until(
        `the batch is ${status}`,
        async () => (await client().ok<Batch>('GET', `${batches}/${id}`)).status === status,
      );
    const sms = { message: 'Hello', from: 'Chappe', noStop: true };
    const to = Array.from({ length: receivers }, (_, i) => `+${mobile(i)}`);

    const { id } = await client().ok<Batch>('POST', batches, { ...sms, to });
    await kill();
    await until('the batch is accepted', async () => (await countOf(query)) > 0);
    await kill();
    await whenIn(id, 'COMPLETED');
    assert.equal(await countOf(query), receivers);

    const deferred = new Date(Date.now() + 3_600_000).toISOString();
    const waiting = await client().ok<Batch>('POST', batches, { ...sms, to, deferred });
    await whenIn(waiting.id, 'INSERTED');
    const cancel = () => client().call<Batch>('POST', `${batches}/${waiting.id}/cancel`);
    const answered = cancel().catch(() => null);
    await until(
      'it is being called off',
      async () => (await query("select from batches where status in ('canceling', 'canceled')")).length > 0,
    );
    await kill();
    await answered;
    assert.equal((await cancel()).status, 200);
    await whenIn(waiting.id, 'CANCELED');

    await until(
      'everything has left and was told',
      async () => (await violations(query, { isQuiet: true })).length === 0,
    );
    const statistics = await client().ok('GET', `${batches}/${id}/statistics`);
    assert.partialDeepStrictEqual(statistics, { credits: receivers, pending: 0, sent: receivers });
    assert.partialDeepStrictEqual(await client().ok('GET', `${batches}/${waiting.id}/statistics`), {
      credits: 0,
      pending: 0,
      sent: 0,
    });
    assert.partialDeepStrictEqual(await client().ok('GET', `/sms/${account}`), {
      creditsLeft: 20_000 - receivers,
    });
    assert.equal(await serving.end('SIGTERM'), 0);
  } finally {
    if (serving.child.exitCode === null && serving.child.signalCode === null)
      await serving.end('SIGKILL', true);
    await database.close();
    await embedded.stop();
  }
});
