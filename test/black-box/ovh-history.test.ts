// Deferred work of OVH's API, from outside and under kill -9: callbacks and an export.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/lib/time/clock.ts';
import type { OvhKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { chappe, chappeJson, serve, temporaryFolder } from '../support/black-box.ts';
import { TestCarrier } from '../support/carrier.ts';
import { mobile } from '../support/clients.ts';
import { Customer } from '../support/customer.ts';
import { type OvhClient, ovhClient } from '../support/ovh.ts';
import { until } from '../support/until.ts';

/** Ending of the number, and the `dlr` that is told. */
const fates = [
  ['00', '1'],
  ['90', '2'],
  ['92', '2'],
  ['98', '1'],
  ['99', '1'],
] as const;

test('callbacks and exports survive a kill right after their answer', async (t) => {
  const folder = temporaryFolder();
  const here = { dataDir: folder.path };
  const customer = await Customer.open();
  // Its own carrier would die with it, and what the carrier had still to say.
  const carrier = new TestCarrier(systemClock, {});
  await carrier.up();
  let serving = await serve(here);
  t.after(async () => {
    await serving.end('SIGTERM');
    await carrier.down();
    await customer.close();
    folder.remove();
  });
  const link = ['--host', '127.0.0.1', '--port', String(carrier.port), '--system-id', 'a', '--password', 'b'];
  await chappeJson(['carrier', 'add', 'smpp', 'carrier', ...link], here);
  await chappeJson(['number', 'add', '38200'], here);
  const create = ['account', 'create', '--email', 'later@example.com', '--credit', '100'];
  const url = customer.url('/sms?secret=1');
  const { account, ovh } = await chappeJson<{ account: string; ovh: OvhKeys }>(
    [...create, '--callback', url],
    here,
  );
  const path = `/sms/${account}`;
  const receivers = fates.map(([ending], i) => `+${mobile(i, ending)}`);
  const first: OvhClient = ovhClient(serving.url, ovh);
  const job = { message: 'Demain ?', senderForResponse: true, noStopClause: true, receivers, tag: 'rdv' };
  const { ids } = await first.ok<{ ids: number[] }>('POST', `${path}/jobs`, job);
  const document = await first.ok<string>('GET', `${path}/document?wayType=outgoing&tag=rdv`);
  await serving.end('SIGKILL', true);
  serving = await serve(here);
  const { ok } = ovhClient(serving.url, ovh);

  const told = () => customer.taken.map(({ fields }) => fields);
  await until(
    'all is told',
    () => new Set(told().map((fields) => JSON.stringify(kindOf(fields)))).size === 7,
    {
      tell: told,
    },
  );
  assert.ok(customer.taken.every(({ query }) => query.startsWith('secret=1')));
  const receipts = new Map(
    told().flatMap((f) => (f['dlr'] === undefined ? [] : [[Number(f['id']), f['dlr']]])),
  );
  assert.deepEqual(
    ids.map((id) => receipts.get(id)),
    fates.map(([, dlr]) => dlr),
  );
  const reply = customer.taken.find(({ method }) => method === 'POST')!.fields;
  assert.partialDeepStrictEqual(reply, { senderid: receivers[3], message: 'OK', tag: 'rdv' });
  const stop = told().find(({ action }) => action === 'stop')!;
  assert.partialDeepStrictEqual(stop, { id: String(ids[4]), receiver: receivers[4] });
  assert.deepEqual(await ok('GET', `${path}/blacklists`), [receivers[4]]);

  const written = await until('the export is written', async () => {
    const read = await ok<{ size: number; getUrl: string }>('GET', `/me/document/${document}`);
    return read.size > 0 && read;
  });
  const csv = await (await fetch(written.getUrl)).text();
  assert.equal(csv.trimEnd().split('\n').length, 1 + fates.length);
  const audit = await chappe(['account', 'credit', account, '--audit'], here);
  assert.equal(audit.status, 0, audit.stderr);
});

/** At least once: the same may be told again. */
function kindOf({ id, dlr, action, senderid }: Readonly<Record<string, string>>) {
  return { id, dlr, action, senderid };
}
