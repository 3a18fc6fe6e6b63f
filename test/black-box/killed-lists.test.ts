// A list of several parts while the platform is killed with kill -9: in the middle of it nothing of it is there, from its
// end on all of it is, and every SMS leaves once. Killed once in the storing statement, once right behind it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { silentLog } from '../../src/lib/observability/log.ts';
import type { OvhKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { openDatabase, type Query } from '../../src/store/database/database.ts';
import { startEmbedded } from '../../src/store/embedded/embedded.ts';
import { audit } from '../../src/store/money/ledger.ts';
import { chappe, chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { violations } from '../support/invariants.ts';
import { ovhClient } from '../support/ovh.ts';
import { sized } from '../support/size.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder();
after(() => folder.remove());

/** Above 5,000 it is stored in parts. */
const receivers = sized(7_000, 20_000);
const creditEuros = 5_000;

async function countOf(query: Query): Promise<number> {
  const [row] = await query<{ n: number }>('select count(*) as n from messages');
  return row!.n;
}

/** Parts of a list are being stored in this moment. */
async function isStoring(query: Query): Promise<boolean> {
  const rows = await query(
    `select 1 from pg_stat_activity
     where pid <> pg_backend_pid() and xact_start is not null and query like '%with debit as materialized%'`,
  );
  return rows.length > 0;
}

test('of a list in parts nothing or everything is there, whenever the platform is killed', async () => {
  const dataDir = `${folder.path}/data`;
  const here = { dataDir, env: {} };
  let serving: Serving = await serve(here);
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  const database = openDatabase(embedded.connection, silentLog, 2);
  const { query } = database;
  try {
    const { account, ovh } = await chappeJson<{ account: string; ovh: OvhKeys }>(
      ['account', 'create', '--email', 'lists@example.com', '--credit', String(creditEuros)],
      here,
    );
    assert.equal((await chappe(['sender', 'add', account, 'Chappe'], here)).status, 0);
    const client = () => ovhClient(serving.url, ovh);
    const document = await client().ok<{ id: string; putUrl: string }>('POST', '/me/document', {
      name: 'list.csv',
    });
    const lines = Array.from({ length: receivers }, (_, i) => `+${mobile(i)};Person ${i}`);
    await fetch(document.putUrl, { method: 'PUT', body: `number;name\n${lines.join('\n')}\n` });
    await client().ok('POST', `/sms/${account}/receivers`, {
      slotId: 1,
      description: 'everybody',
      documentId: document.id,
    });
    const send = () =>
      client()
        .ok<{ ids: number[] }>('POST', `/sms/${account}/jobs`, {
          message: 'Hello #name#',
          receiversSlotId: '1',
          sender: 'Chappe',
          noStopClause: true,
        })
        .then(
          ({ ids }) => ids,
          () => null,
        );

    const first = send();
    await until('the list is being stored', () => isStoring(query), { isBrief: true });
    await serving.end('SIGKILL', true);
    assert.equal(await first, null);
    await until('its transaction is gone', async () => !(await isStoring(query)));
    assert.equal(await countOf(query), 0);
    assert.deepEqual(await audit(query), []);

    serving = await serve(here);
    const second = send();
    await until('the list is there', async () => (await countOf(query)) > 0);
    await serving.end('SIGKILL', true);
    await second;
    assert.equal(await countOf(query), receivers);
    assert.deepEqual(await audit(query), []);

    serving = await serve(here);
    await until(
      'everything has left',
      async () => (await query('select 1 from chunks limit 1')).length === 0,
    );
    assert.equal(await serving.end('SIGTERM'), 0);
    assert.deepEqual(await violations(query), []);
    const [sums] = await query<{ held: number; spent: number; cost: number; people: number }>(
      `select held_micros as held, $2::bigint * 1000000 - balance_micros as spent,
         (select sum(cost_micros)::bigint from messages) as cost,
         (select count(distinct msisdn) from messages) as people
       from balances where account_id = (select id from accounts where service_name = $1)`,
      [account, creditEuros],
    );
    assert.deepEqual([sums!.held, sums!.spent, sums!.people], [0, sums!.cost, receivers]);
  } finally {
    if (serving.child.exitCode === null && serving.child.signalCode === null)
      await serving.end('SIGKILL', true);
    await database.close();
    await embedded.stop();
  }
});
