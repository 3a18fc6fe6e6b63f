// A user spends a quota from many connections while it is granted and revoked, and the platform is killed with kill -9. After
// each kill the ledger is consistent, the quota is exact, and answered sends exist. Each kill finds up to eight sends and,
// every second time, a change of the quota in progress.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { silentLog } from '../../src/lib/observability/log.ts';
import { openDatabase, type Query } from '../../src/store/database/database.ts';
import { startEmbedded } from '../../src/store/embedded/embedded.ts';
import { audit } from '../../src/store/money/ledger.ts';
import { chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { type OvhClient, ovhClient } from '../support/ovh.ts';
import { sized } from '../support/size.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder();
after(() => folder.remove());

const connections = 8;
const kills = sized(2, 6);
const sendsBetweenKills = sized(30, 60);
const quotas = [40, 15, 60, 5];

interface Created {
  readonly account: string;
  readonly ovh: {
    readonly serviceName: string;
    readonly applicationKey: string;
    readonly applicationSecret: string;
    readonly consumerKey: string;
  };
}

/** Ids of SMS whose job was answered. */
const answered = new Set<number>();
let next = 0;

/** Sends and gives until it is told to stop; what comes while the platform is down is sent to nobody. */
async function spend(isOver: () => boolean, client: () => OvhClient, base: string): Promise<void> {
  while (!isOver()) {
    const n = next++;
    try {
      if (n % 13 === 0) {
        const quotaInformations = { quotaLeft: quotas[(n / 13) % quotas.length], quotaStatus: 'active' };
        await client().call('PUT', base, { quotaInformations });
      }
      const { status, body } = await client().call<{ ids: number[] }>('POST', `${base}/jobs`, {
        message: `Number ${n}`,
        // Some are refused by the carrier, and given back.
        receivers: [`+${mobile(n, n % 5 === 0 ? '91' : '00')}`],
        sender: 'Shop',
        noStopClause: true,
      });
      if (status === 200) for (const id of body.ids) answered.add(id);
      // A breakdown is told as such while it stops.
      else assert.ok(status === 403 || status === 500, `${status}: ${JSON.stringify(body)}`);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** While nobody is there to change anything. */
async function assertKept(query: Query): Promise<void> {
  assert.deepEqual(await audit(query), []);
  const rows = await query<{ id: number }>('select id from messages');
  const stored = new Set(rows.map(({ id }) => id));
  for (const id of answered) assert.ok(stored.has(id), `the SMS ${id} is there`);
}

test('a quota is exact, whenever the platform is killed', async (t) => {
  const here = { dataDir: `${folder.path}/data` };
  let serving: Serving = await serve(here);
  const embedded = await startEmbedded({ dataDir: here.dataDir, log: () => {} });
  const database = openDatabase(embedded.connection, silentLog, 2);
  const order = ['account', 'create', '--email', 'killed@example.com', '--credit', '20'];
  const { account, ovh } = await chappeJson<Created>(order, here);
  await chappeJson(['sender', 'add', account, 'Shop'], here);
  const client = () => ovhClient(serving.url, ovh);
  const base = `/sms/${account}/users/till`;
  await client().ok('POST', `/sms/${account}/users`, { login: 'till', password: 'Secret12' });
  let isOver = false;
  const spending = Array.from({ length: connections }, () => spend(() => isOver, client, base));
  try {
    for (let kill = 0; kill < kills; kill++) {
      const goal = answered.size + sendsBetweenKills;
      await until('so many were answered', () => answered.size >= goal);
      await serving.end('SIGKILL', true);
      await assertKept(database.query);
      t.diagnostic(`killed after ${answered.size} answers`);
      serving = await serve(here);
    }
    isOver = true;
    await Promise.all(spending);
    await client().ok('DELETE', base);
    await until(
      'nothing is held any more',
      async () => (await database.query('select from balances where held_micros <> 0')).length === 0,
    );
    await assertKept(database.query);
  } finally {
    isOver = true;
    await Promise.allSettled(spending);
    await serving.end('SIGTERM');
    await database.close();
    await embedded.stop();
  }
});
