// An operator changes the options of a link while the platform runs: the link connects again, and its routes stay.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorAccess } from '../../src/operations/access/operator-access.ts';
import { createCarriers } from '../../src/operations/operator/carriers/service.ts';
import { TestCarrier } from '../support/carrier.ts';
import { mobile, sendRest } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { until } from '../support/until.ts';

test('a link whose address is changed sends over the new one, with the routes and the audit entry of the change', async (t) => {
  await using platform = await openPlatform();
  const second = new TestCarrier(platform.clock, {});
  await second.up();
  t.after(() => second.down());
  const account = await platform.anAccount();
  const carriers = createCarriers({ ...platform.processes[0]!.runtime, links: {} as never });
  const access = operatorAccess({ actor: 'test', address: null });
  const before = await carriers.show(access, 'carrier');
  await platform.query(`update connectors set learnt = '{"idForm":"hex-to-dec"}'`);
  await carriers.setOptions(access, 'carrier', {
    options: { ...before.options, port: second.port },
    secrets: { password: 'changed' },
  });
  const after = await carriers.show(access, 'carrier');
  assert.deepEqual(after, {
    ...before,
    options: { ...before.options, port: second.port },
    secrets: { password: 'changed' },
  });
  assert.equal((await carriers.listRoutes(access)).length, 1);
  const [row] = await platform.query<{ learnt: object }>('select learnt from connectors');
  assert.deepEqual(row!.learnt, {}, 'the habits of the first carrier are not those of the second');
  // Until the process has heard of the change, messages go over the first carrier.
  let sent = 0;
  await until('messages go over the second carrier', async () => {
    const answer = await sendRest(platform.url, account, { to: [mobile(sent)], requestId: `r${sent++}` });
    assert.ok(answer.isAccepted);
    await platform.quiet();
    return second.taken.length > 0;
  });
  assert.equal(platform.carrier.taken.length + second.taken.length, sent);
  const [entry] = await platform.query<{ action: string; after: { changed: string[] } }>(
    'select action, after from audit_entries order by at desc limit 1',
  );
  assert.deepEqual([entry!.action, entry!.after.changed], ['carrier.changed', ['password', 'port']]);
  await assert.rejects(
    carriers.setOptions(access, 'nobody', { options: {}, secrets: {} }),
    /there is no carrier nobody/,
  );
  // Before the platform looks for open sockets.
  await second.down();
});
