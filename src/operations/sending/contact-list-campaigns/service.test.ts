// Claims of contact-list campaigns during computation and sending: a campaign stays with its process for any duration, and
// another process continues after that one is fenced. A process without the claim never writes to it. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '#domain/account/account.ts';
import type { ListOrder } from '#domain/campaign/contact-list-campaign.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { anotherProcess, declareDead } from '../../../../test/support/other-process.ts';
import { nowMs, plainOrder, TestRows } from '../../../../test/support/rows.ts';
import { until } from '../../../../test/support/until.ts';
import { type ListCampaignOptions, ListCampaigns } from './service.ts';

const hour = 3_600_000;

const order = {
  ...plainOrder,
  dialect: 'octopush-rest',
  dryRun: false,
  group: { kind: 'list', name: 'clients' },
} as const satisfies ListOrder;

type Submit = ListCampaignOptions['submit'];

/** As much as is looked at here. */
function reportOf(contacts: number): SubmissionReport {
  const messages = Array.from({ length: contacts });
  return {
    plan: { messages, segments: contacts, costMicros: 1n, dueAtMs: nowMs },
  } as unknown as SubmissionReport;
}

const judge: Submit = async (_account, { recipients }) => reportOf(recipients.length);

/** Processes that compute and send the campaigns of one account whose list has two members. */
class Works {
  readonly testRows: TestRows;
  readonly account: Account;
  atMs = nowMs;

  private constructor(testRows: TestRows, account: Account) {
    this.testRows = testRows;
    this.account = account;
  }

  static async openFor(t: Parameters<typeof TestRows.openFor>[0]): Promise<Works> {
    const testRows = await TestRows.openFor(t);
    const account = (await readAccount(testRows.query, await testRows.anAccount()))!;
    await testRows.query(
      `with g as (
         insert into contact_groups (bucket, account_id, kind, name, created_at)
         values (0, $1, 'list', 'clients', now()) returning id
       ), c as (
         insert into contacts (bucket, account_id, msisdn, created_at, updated_at)
         select 0, $1, 33600000000 + n, now(), now() from generate_series(1, 2) n returning msisdn
       )
       insert into contact_members select 0, $1, g.id, c.msisdn from g, c`,
      [account.id],
    );
    return new Works(testRows, account);
  }

  async begin(submit: Submit) {
    const id = await anotherProcess(this.testRows.database);
    const { database, ids, query } = this.testRows;
    const context = { database, ids, clock: { now: () => this.atMs } };
    const campaigns = new ListCampaigns(context, {
      processId: id,
      submit,
      buckets: () => [0],
      wake: () => {},
      accountOf: (accountId) => readAccount(query, accountId),
    });
    return { id, campaigns };
  }

  async state() {
    const [row] = await this.testRows.query<{ status: string; process_id: number | null; contacts: number }>(
      'select status, process_id, contacts from contact_list_campaigns',
    );
    return row!;
  }

  parts() {
    return this.testRows.query<{ number: number; campaignId: number; isSent: boolean }>(
      `select number, campaign_id as "campaignId", is_sent as "isSent" from contact_list_campaign_parts order by 1`,
    );
  }

  async kill(id: number): Promise<void> {
    await declareDead(this.testRows.database, id);
    await releaseWorkOfDeadProcesses(this.testRows.query, 0);
  }
}

test('a list is computed by one process for any duration, and by another one after that is fenced', async (t) => {
  const works = await Works.openFor(t);
  const gate = Promise.withResolvers<SubmissionReport>();
  const frozen = await works.begin(() => gate.promise);
  const heir = await works.begin(judge);
  await heir.campaigns.create(works.account, order);
  const working = frozen.campaigns.work();
  await until('it is in hand', async () => (await works.state()).process_id === frozen.id);
  works.atMs += hour;
  await heir.campaigns.work();
  assert.deepEqual(await works.parts(), []);
  await works.kill(frozen.id);
  await heir.campaigns.work();
  const ready = { status: 'ready', process_id: null, contacts: 2 };
  assert.deepEqual(await works.state(), ready);
  const parts = await works.parts();
  assert.equal(parts.length, 1);
  gate.resolve(reportOf(1));
  await working;
  assert.deepEqual([await works.state(), await works.parts()], [ready, parts]);
});

test('a process that resumes late does not replace the parts of another one', async (t) => {
  const works = await Works.openFor(t);
  const [late, early] = [
    Promise.withResolvers<SubmissionReport>(),
    Promise.withResolvers<SubmissionReport>(),
  ];
  const frozen = await works.begin(() => late.promise);
  const heir = await works.begin(() => early.promise);
  const maker = await works.begin(judge);
  await maker.campaigns.create(works.account, order);
  const working = frozen.campaigns.work();
  await until('it is in hand', async () => (await works.state()).process_id === frozen.id);
  await works.kill(frozen.id);
  const inheriting = heir.campaigns.work();
  await until('it has an heir', async () => (await works.state()).process_id === heir.id);
  late.resolve(reportOf(2));
  await working;
  assert.deepEqual(await works.parts(), []);
  assert.deepEqual(await works.state(), { status: 'computing', process_id: heir.id, contacts: 0 });
  early.resolve(reportOf(2));
  await inheriting;
  assert.deepEqual(await works.state(), { status: 'ready', process_id: null, contacts: 2 });
});

test('a confirmation claims its campaign, and another process completes it after that process is fenced', async (t) => {
  const works = await Works.openFor(t);
  const gate = Promise.withResolvers<SubmissionReport>();
  const sent: (number | undefined)[] = [];
  const note: Submit = async (account, submission) => {
    if (!submission.dryRun) sent.push(submission.draftId);
    return judge(account, submission);
  };
  const heir = await works.begin(note);
  const id = await heir.campaigns.create(works.account, order);
  await heir.campaigns.work();
  await works.testRows.query(
    `insert into contact_list_campaign_parts select bucket, account_id, id, 2, recipients, id + 1 from contact_list_campaign_parts`,
  );
  await works.testRows.query(`update contact_list_campaigns set cost_micros = 1`);
  const confirmer = await works.begin((account, submission) => {
    sent.push(submission.draftId);
    return submission.draftId === id ? gate.promise : judge(account, submission);
  });
  const confirming = confirmer.campaigns.confirm(works.account, id);
  await until('its first part is being sent', () => sent.length === 1);
  works.atMs += hour;
  await Promise.all([heir.campaigns.work(), confirmer.campaigns.work()]);
  assert.deepEqual(sent, [id]);
  await works.kill(confirmer.id);
  await heir.campaigns.work();
  assert.deepEqual(sent, [id, id, id + 1], 'what was in hand is brought again, and accepted once by its id');
  assert.equal((await works.state()).status, 'sent');
  gate.resolve(reportOf(2));
  await confirming;
  assert.equal(sent.length, 3, 'who lost it sends no further part');
  assert.ok((await works.parts()).every(({ isSent }) => isSent));
  assert.deepEqual(await works.state(), { status: 'sent', process_id: null, contacts: 2 });
});
