// Refused requests as they are stored: without whole numbers, addresses and a flood. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '#lib/observability/log.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { nowMs, TestRows } from '../../../test/support/rows.ts';
import { until } from '../../../test/support/until.ts';
import { createRefusedRequests, type Refused } from './refused-requests.ts';

const operator = operatorAccess({ actor: 'cli:alice', address: null });
const page = { reason: null, beforeId: Number.MAX_SAFE_INTEGER, limit: 1_000 };
const refused: Refused = {
  ...{
    dialect: 'ovh',
    method: 'PUT',
    path: '/',
    status: 400,
    reason: null,
    detail: '',
    address: '192.0.2.1',
  },
  caller: { kind: 'application', name: 'nobody' },
};

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const { database, query } = await TestRows.openFor(t);
  const requests = createRefusedRequests({ database, clock: { now: () => nowMs }, log: silentLog });
  const listAll = () => requests.listAll(operator, page);
  return { requests, listAll, query };
}

const details: readonly (readonly [string, string])[] = [
  ['06 12 34 56 78 is not an international number', '06 •••78 is not an international number'],
  ['06.12.34.56.78 is not', '06.•••78 is not'],
  ['+33 (0)6-12-34-56-78', '+33•••78'],
  ['0033612345678', '003•••78'],
  ['At most 250000 rows', 'At most 250000 rows'],
  ['ada.doe@example.com is not an e-mail address', '…@example.com is not an e-mail address'],
];

test('numbers of phones and addresses are stored in part, however they are written', async (t) => {
  const { requests, listAll } = await open(t);
  for (const [detail] of details) requests.note({ ...refused, detail });
  const rows = await until('they are stored', async () => {
    const found = await listAll();
    return found.length === details.length && found;
  });
  assert.deepEqual(
    rows.map(({ detail }) => detail).toReversed(),
    details.map(([, stored]) => stored),
  );
});

test('one caller fills 20 rows a second, and hides no other caller', async (t) => {
  const { requests, listAll } = await open(t);
  for (let i = 0; i < 500; i++) requests.note({ ...refused, path: `/a${i}` });
  requests.note({ ...refused, caller: { kind: 'login', name: 'other@example.com' } });
  const rows = await until('they are stored', async () => {
    const found = await listAll();
    return found.length > 0 && found;
  });
  const callers = rows.map(({ identifier }) => identifier);
  assert.equal(callers.filter((name) => name === 'nobody').length, 20);
  assert.equal(callers.filter((name) => name === 'other@example.com').length, 1);
});

test('the newest thousand of an account stay, and those of others', async (t) => {
  const { requests, listAll, query } = await open(t);
  await query(
    `insert into refused_requests (at, account_id, dialect, method, path, status, detail, address, times)
     select now(), a, 'ovh', 'GET', '/' || n, 400, '', '', 1 from generate_series(1, 1005) n, unnest(array[null, 5]) a`,
  );
  requests.note({ ...refused, path: '/last' });
  await until('it is stored', async () => (await listAll()).some(({ path }) => path === '/last'));
  const counts = await until('the oldest are deleted', async () => {
    const found = await query<{ n: number }>(
      'select count(*) as n from refused_requests group by account_id order by account_id nulls first',
    );
    return found[0]!.n === 1_000 && found;
  });
  assert.deepEqual(counts, [{ n: 1_000 }, { n: 1_005 }]);
});
