// Two processes on one database and a batch to a list: the process that inserts it is killed with kill -9, the next one is
// suspended and resumes later. The other continues as soon as the process is declared dead; every SMS is sent once.
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { after, test } from 'node:test';
import { silentLog } from '../../src/lib/observability/log.ts';
import type { OvhKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { openDatabase, type Query } from '../../src/store/database/database.ts';
import { startEmbedded } from '../../src/store/embedded/embedded.ts';
import { chappe, chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { violations } from '../support/invariants.ts';
import { ovhClient } from '../support/ovh.ts';
import { sized } from '../support/size.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder();
after(() => folder.remove());

const receivers = sized(10_000, 20_000);
/** Until a process that does not answer is taken for dead (12 s), and what a batch takes on a busy machine. */

interface Batch {
  readonly id: string;
  readonly status: string;
}

/** The process in whose hands the batch is while its list is being stored. */
async function whoStores(query: Query, id: string): Promise<number | null> {
  const [row] = await query<{ pid: number }>(
    `select p.pid from batches b join processes p on p.id = b.process_id
     where b.id = $1 and p.host = $2 and exists (
       select from pg_stat_activity
       where pid <> pg_backend_pid() and xact_start is not null and query like '%with debit as materialized%')`,
    [id, hostname()],
  );
  return row?.pid ?? null;
}

test('a batch to a list continues in another process as soon as its process has ended, or is declared dead', async (t) => {
  const here = { dataDir: `${folder.path}/data`, env: {} };
  const all: Serving[] = [];
  let servings: readonly Serving[] = [];
  const embedded = await startEmbedded({ dataDir: here.dataDir, log: () => {} });
  const database = openDatabase(embedded.connection, silentLog, 2);
  const { query } = database;
  const begin = async () => {
    const serving = await serve(here);
    all.push(serving);
    servings = [...servings, serving];
  };
  /** The pid of a process is that of its command. */
  const leave = (pid: number) => {
    const [gone] = servings.filter(({ child }) => child.pid === pid);
    servings = servings.filter((serving) => serving !== gone);
    return gone!;
  };
  try {
    await begin();
    const order = ['account', 'create', '--email', 'owners@example.com', '--credit', '5000'];
    const { account, ovh } = await chappeJson<{ account: string; ovh: OvhKeys }>(order, here);
    assert.equal((await chappe(['sender', 'add', account, 'Chappe'], here)).status, 0);
    const client = () => ovhClient(servings[0]!.url, ovh);
    const list = await client().ok<{ id: string; putUrl: string }>('POST', '/me/document', { name: 'l.csv' });
    const lines = Array.from({ length: receivers }, (_, i) => `+${mobile(i)};Person ${i}`);
    await fetch(list.putUrl, { method: 'PUT', body: `number;name\n${lines.join('\n')}\n` });
    const slot = { slotId: 1, description: 'everybody', documentId: list.id };
    await client().ok('POST', `/sms/${account}/receivers`, slot);
    await begin();
    const batches = `/sms/${account}/batches`;
    const batch = { message: 'Hello #name#', from: 'Chappe', noStop: true, slotID: '1' };
    const create = () => client().ok<Batch>('POST', batches, batch);
    const statusOf = async (id: string) => (await client().ok<Batch>('GET', `${batches}/${id}`)).status;
    const whenInserted = (id: string) =>
      until('another has inserted it', async () => /INSERTED|COMPLETED/.test(await statusOf(id)));
    const isStored = (id: string) =>
      until('the list is being stored', () => whoStores(query, id), { isBrief: true });

    const first = await create();
    const killed = leave(await isStored(first.id));
    assert.equal(await killed.end('SIGKILL', true), null);
    const killedAtMs = performance.now();
    await whenInserted(first.id);
    t.diagnostic(`inserted ${Math.round(performance.now() - killedAtMs)} ms after the kill`);

    await begin();
    const second = await create();
    const stopped = leave(await isStored(second.id));
    process.kill(stopped.child.pid!, 'SIGSTOP');
    const stoppedAtMs = performance.now();
    await whenInserted(second.id);
    t.diagnostic(`inserted ${Math.round(performance.now() - stoppedAtMs)} ms after the stop`);
    const isDead = async () =>
      (await query('select 1 from processes where pid = $1 and ended_at is not null', [stopped.child.pid]))
        .length > 0;
    await until('it is taken for dead', isDead);
    assert.equal(await stopped.end('SIGCONT'), 70, stopped.stderr());

    await until(
      'everything has left and was told',
      async () => (await violations(query, { isQuiet: true })).length === 0,
    );
    const [row] = await query<{ n: number; people: number }>(
      'select count(*) as n, count(distinct msisdn) as people from messages',
    );
    assert.deepEqual(row, { n: 2 * receivers, people: receivers });
    for (const { id } of [first, second])
      await until('it is completed', async () => (await statusOf(id)) === 'COMPLETED');
    for (const serving of servings) assert.equal(await serving.end('SIGTERM'), 0, serving.stderr());
  } finally {
    for (const { child, end } of all)
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL', true);
    await database.close();
    await embedded.stop();
  }
});
