// Claims of contact-list campaigns during computation and sending: a campaign stays with its process for any duration, and
// another process continues after that one is fenced. A process without the claim never writes to it. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '#domain/account/account.ts';
import type { ContactListOrder } from '#domain/campaign/contact-list-campaign.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { grantAccount } from '#operations/access/grant.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { releaseWorkOfDeadProcesses } from '#store/database/job-table.ts';
import { anotherProcess, declareDead } from '../../../../test/support/other-process.ts';
import { nowMs, plainOrder, TestRows } from '../../../../test/support/rows.ts';
import { until } from '../../../../test/support/until.ts';
import { createContactListCampaignJob } from './job.ts';
import { createContactListCampaigns } from './service.ts';
import { type ContactListCampaignStepNeeds, createContactListCampaignSteps } from './steps.ts';

const hour = 3_600_000;

const order = {
  ...plainOrder,
  dialect: 'octopush-rest',
  dryRun: false,
  group: { kind: 'list', name: 'clients' },
} as const satisfies ContactListOrder;

type Submit = ContactListCampaignStepNeeds['submit'];

/** The fields of a report that the job reads. */
function reportOf(contacts: number): SubmissionReport {
  const messages = Array.from({ length: contacts });
  return {
    plan: { messages, segments: contacts, costMicros: 1n, dueAtMs: nowMs },
  } as unknown as SubmissionReport;
}

const plan: Submit = async (_account, { recipients }) => reportOf(recipients.length);

/** Processes that compute and send the campaigns of one account whose list has two members. */
class Works {
  readonly testRows: TestRows;
  readonly account: Account;
  readonly access: AccountAccess;
  atMs = nowMs;

  private constructor(testRows: TestRows, account: Account) {
    this.testRows = testRows;
    this.account = account;
    this.access = grantAccount(account, { actor: 'test', address: null }, 'key');
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
    const steps = createContactListCampaignSteps(context, { processId: id, submit });
    const campaigns = createContactListCampaigns(context, steps, { wake: () => {} });
    const accountOf = (accountId: number) => readAccount(query, accountId);
    const job = createContactListCampaignJob(context, steps, { accountOf });
    return { id, campaigns, runOnce: () => job.runOnce(0) };
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
  const successor = await works.begin(plan);
  await successor.campaigns.create(works.access, order);
  const working = frozen.runOnce();
  await until('it is claimed', async () => (await works.state()).process_id === frozen.id);
  works.atMs += hour;
  await successor.runOnce();
  assert.deepEqual(await works.parts(), []);
  await works.kill(frozen.id);
  await successor.runOnce();
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
  const successor = await works.begin(() => early.promise);
  const maker = await works.begin(plan);
  await maker.campaigns.create(works.access, order);
  const working = frozen.runOnce();
  await until('it is claimed', async () => (await works.state()).process_id === frozen.id);
  await works.kill(frozen.id);
  const continuing = successor.runOnce();
  await until('another process claims it', async () => (await works.state()).process_id === successor.id);
  late.resolve(reportOf(2));
  await working;
  assert.deepEqual(await works.parts(), []);
  assert.deepEqual(await works.state(), { status: 'computing', process_id: successor.id, contacts: 0 });
  early.resolve(reportOf(2));
  await continuing;
  assert.deepEqual(await works.state(), { status: 'ready', process_id: null, contacts: 2 });
});

test('a confirmation claims its campaign, and another process completes it after that process is fenced', async (t) => {
  const works = await Works.openFor(t);
  const gate = Promise.withResolvers<SubmissionReport>();
  const sent: (number | undefined)[] = [];
  const note: Submit = async (account, submission) => {
    if (!submission.dryRun) sent.push(submission.draftId);
    return plan(account, submission);
  };
  const successor = await works.begin(note);
  const id = await successor.campaigns.create(works.access, order);
  await successor.runOnce();
  await works.testRows.query(
    `insert into contact_list_campaign_parts select bucket, account_id, id, 2, recipients, id + 1 from contact_list_campaign_parts`,
  );
  await works.testRows.query(`update contact_list_campaigns set cost_micros = 1`);
  const confirmer = await works.begin((account, submission) => {
    sent.push(submission.draftId);
    return submission.draftId === id ? gate.promise : plan(account, submission);
  });
  const confirming = confirmer.campaigns.confirm(works.access, id);
  await until('its first part is being sent', () => sent.length === 1);
  works.atMs += hour;
  await Promise.all([successor.runOnce(), confirmer.runOnce()]);
  assert.deepEqual(sent, [id]);
  await works.kill(confirmer.id);
  await successor.runOnce();
  assert.deepEqual(
    sent,
    [id, id, id + 1],
    'the part in progress is submitted again, and accepted once by its id',
  );
  assert.equal((await works.state()).status, 'sent');
  gate.resolve(reportOf(2));
  await confirming;
  assert.equal(sent.length, 3, 'a process without the claim sends no further part');
  assert.ok((await works.parts()).every(({ isSent }) => isSent));
  assert.deepEqual(await works.state(), { status: 'sent', process_id: null, contacts: 2 });
});
