// Side records of a list, and the reading of its numbers: equal to those of a single campaign. Needs a database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilities } from '#dialects/capabilities.ts';
import type { ListSubmission } from '#domain/acceptance/list-submission.ts';
import { RefusedError } from '#domain/base/refusals.ts';
import { type PlanFacts, planCampaign, type SubmissionReport } from '#domain/plan/plan.ts';
import { readRecipients } from '#domain/plan/read-recipient.ts';
import { ListError } from '#domain/recipients/recipient-list.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { writeContent } from '#store/recipients/file-contents.ts';
import { nowMs, plainOrder, TestRows } from '../../test/support/rows.ts';
import { createSubmitList } from './submit-recipient-list.ts';

const order = {
  ...plainOrder,
  dialect: 'ovh',
} as const satisfies ListSubmission;

const limits = { maxBytes: 100_000 };

async function open(t: Parameters<typeof TestRows.openFor>[0]) {
  const testRows = await TestRows.openFor(t);
  const { database, ids, query } = testRows;
  const account = (await readAccount(query, await testRows.anAccount()))!;
  const facts: PlanFacts = {
    capabilities: capabilities.ovh,
    settings: account.settings,
    priceOf: () => 50_000n,
    nextOpening: (_country, atMs) => atMs,
    isOptedOut: () => false,
    stopShortCode: '36180',
    defaultSender: null,
    defaultValidityMs: 86_400_000,
    purposeGuard: 'note',
    replyNumber: () => null,
    replySurchargeMicros: 0n,
    nowMs,
  };
  const submitList = createSubmitList(
    { database, ids, clock: { now: () => nowMs } },
    {
      async submit({ settings }, submission) {
        const judged = planCampaign(submission, readRecipients(submission, settings.defaultCountry), facts);
        if ('plan' in judged) return { plan: judged.plan } as SubmissionReport;
        const { reason, detail, recipientAt } = judged.refusal;
        throw new RefusedError(reason, detail, recipientAt);
      },
      dialects: capabilities,
      wake: () => {},
    },
  );
  const send = async (text: string, differences: Partial<ListSubmission> = {}) => {
    const content = { bucket: 0, id: newUuid(), accountId: account.id };
    const bytes = (async function* () {
      yield Buffer.from(text);
    })();
    await writeContent(query, content, bytes, limits, nowMs);
    return submitList(account, { ...order, ...differences }, content);
  };
  return { query, send };
}

test('a list stores its origin and its masked text as a single campaign does', async (t) => {
  const { query, send } = await open(t);
  const origin = { listName: 'clients', wholeId: 9 };
  const sent = await send('number\n+33612345678\n', { origin, maskedText: 'Code ***' });
  assert.equal(sent.messageIds.length, 1);
  const stored = await query('select campaign_id, list_name, whole_id from campaign_origins');
  assert.deepEqual(stored, [{ campaign_id: sent.campaignIds[0], list_name: 'clients', whole_id: 9 }]);
  const masked = await query('select campaign_id, masked_text from secret_texts');
  assert.deepEqual(masked, [{ campaign_id: sent.campaignIds[0], masked_text: 'Code ***' }]);
});

test('a list reads national numbers by the rule of a single campaign', async (t) => {
  const { send } = await open(t);
  const list = 'number\n0612345678\n612345679\n+33612345680\n\u202a+33 (0)6 12 34 56 80\u202c\n';
  const read = await send(list);
  assert.deepEqual(read.msisdns, [33612345678, 33612345679, 33612345680]);
  const refused = await send(list, { readsNationalNumbers: false });
  assert.deepEqual(refused.msisdns, [33612345680]);
  assert.deepEqual(
    refused.failures.map(({ number, refusal }) => [number, refusal.reason]),
    [
      ['0612345678', 'number-invalid'],
      ['612345679', 'number-invalid'],
    ],
  );
  const nobody = await send('number\n612345678\n', { readsNationalNumbers: false });
  assert.deepEqual(
    nobody.failures.map(({ refusal }) => refusal.reason),
    ['number-invalid'],
  );
});

test('the refusal names the line of a value that makes a text too long or empty', async (t) => {
  const { send } = await open(t);
  const rows = (bad: string) => `number;nom\n+33612345678;a\n+33612345679;b\n+33612345680;${bad}\n`;
  const toldOf = async (bad: string, text: string) =>
    send(rows(bad), { text }).catch((error) => {
      assert.ok(error instanceof ListError, String(error));
      return error.message;
    });
  assert.match(String(await toldOf('ж'.repeat(50), `#nom#${'y'.repeat(2_050)}`)), /segments.* on line 4$/);
  assert.match(String(await toldOf('x'.repeat(1_601), '#nom#')), /at most 1600 .* on line 4$/);
  assert.match(String(await toldOf('\u200b', '#nom#')), /empty .* on line 4$/);
});
