// Jobs of OVH's API: from a signed call to the carrier, and what the answer tells.
import assert from 'node:assert/strict';
import test from 'node:test';
import { mobile } from '../support/doors.ts';
import { type House, openHouse, priceMicros, type TestAccount } from '../support/house.ts';
import { ovhClient } from '../support/ovh.ts';
import { assertAnswer } from '../support/ovh-contract.ts';

interface Report {
  readonly totalCreditsRemoved: number;
  readonly invalidReceivers: readonly string[];
  readonly ids: readonly number[];
  readonly validReceivers: readonly string[];
  readonly tag: string;
}

function clientOf(house: House, account: TestAccount) {
  const client = ovhClient(house.url, account.ovh, () => house.clock.now());
  const jobs = `/sms/${account.serviceName}/jobs`;
  return {
    ...client,
    jobs,
    async send(job: object): Promise<Report> {
      const report = await client.ok<Report>('POST', jobs, job);
      assertAnswer('POST /sms/{serviceName}/jobs', report);
      return report;
    },
  };
}

test('a job is sent, charged and told in credits', async () => {
  await using house = await openHouse();
  const account = await house.anAccount();
  const client = clientOf(house, account);
  const report = await client.send({
    message: 'Votre colis est en route',
    receivers: [`+${mobile(1)}`, `00${mobile(2)}`, mobile(3), `+${mobile(1)}`, '0600000000', 'nobody'],
    sender: 'Boutique',
    noStopClause: true,
    tag: 'colis',
    priority: 'high',
    class: 'phoneDisplay',
    coding: '7bit',
    charset: 'UTF-8',
    validityPeriod: 2880,
  });
  assert.deepEqual(report.validReceivers, [`+${mobile(1)}`, `+${mobile(2)}`, `+${mobile(3)}`]);
  assert.deepEqual(report.invalidReceivers, ['0600000000', 'nobody']);
  assert.equal(report.totalCreditsRemoved, 3);
  assert.equal(report.tag, 'colis');
  await house.quiet();
  const rows = await house.query<{ id: number; msisdn: number }>(
    'select id, msisdn from messages order by id',
  );
  assert.deepEqual(
    rows.map(({ id, msisdn }) => [id, `+${msisdn}`]),
    report.ids.map((id, i) => [id, report.validReceivers[i]]),
  );
  assert.equal((await house.credit(account)).availableMicros, 1_000_000_000n - 3n * priceMicros);
});
