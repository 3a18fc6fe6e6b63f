// Campaigns that members write in the console: kept as drafts, checked, estimated, tested, sent. Used by the console.
// Refusals: permission-missing, those of a submission; CompositionError for a fault that the member can mend in the content.

import type { Account } from '#domain/account/account.ts';
import type { Tier } from '#domain/base/campaign.ts';
import type { Submission } from '#domain/base/submission.ts';
import {
  type Composition,
  type CompositionContent,
  mergeFieldsOf,
  submissionOf,
} from '#domain/campaign/composition.ts';
import { CompositionError } from '#domain/campaign/composition-error.ts';
import type { PurposeGuard, SubmissionReport } from '#domain/plan/plan.ts';
import { appendStopClause } from '#domain/plan/stop-clause.ts';
import type { ContactGroup } from '#domain/recipients/contact.ts';
import { newUuid } from '#lib/security/secrets.ts';
import { dayMs, hourMs } from '#lib/time/duration.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context, Pricing } from '#pipeline/context.ts';
import type { SubmitList } from '#pipeline/submit-recipient-list.ts';
import {
  deleteComposition,
  deleteOldCompositions,
  finishComposition,
  insertComposition,
  listCompositions,
  readComposition,
  saveComposition,
} from '#store/campaigns/compositions.ts';
import { readBalance } from '#store/money/ledger.ts';
import { listGroups } from '#store/recipients/contacts.ts';
import {
  type ApprovalOrder,
  type ApprovalPage,
  Approvals,
  type Decided,
  type OpenApproval,
} from './approvals.ts';
import {
  type CheckResult,
  checkRecipients,
  findPreview,
  type PreviewChoice,
  type PreviewedRow,
  type RowKind,
  rowsOfKind,
} from './check.ts';
import { Estimates, type NewEstimate, type SendResult } from './estimates.ts';
import {
  type CampaignContent,
  type CampaignCopyNeeds,
  type CampaignCopyOrder,
  contentOfCampaign,
  numbersOfCampaign,
} from './from-campaign.ts';
import { type JudgedRow, judgeRows, type RecipientNeeds, refuseMapping } from './recipients.ts';

/** What the composer of an account may choose from. */
interface ComposeOptions {
  readonly defaultSender: string | null;
  readonly defaultCountry: string | null;
  /** Price of one segment to the default country, or to France. */
  readonly tiers: readonly { readonly tier: Tier; readonly priceMicros: bigint | null }[];
  readonly purposeGuard: PurposeGuard;
  readonly skipsOptOutsAlways: boolean;
  /** Appended to marketing texts to the countries that need it. */
  readonly stopClause: string;
  readonly charsPerSegment: 153 | 137;
  readonly canReply: boolean;
  readonly maxFileBytes: number;
  readonly validityMinutes: number;
  readonly groups: readonly ContactGroup[];
  readonly availableMicros: bigint;
  /** Campaigns with more messages need another member's approval; null: none does. */
  readonly approveAbove: number | null;
  /** Other members who could give it. */
  readonly deciders: number;
}

export interface Compositions {
  readOptions(access: AccountAccess): Promise<ComposeOptions>;
  /** Unsent ones, the last change first; at most 50. */
  list(access: AccountAccess): Promise<readonly Composition[]>;
  read(access: AccountAccess, id: string): Promise<Composition | null>;
  /** Null if the account has 50 unsent ones. */
  create(access: AccountAccess, content: CompositionContent): Promise<Composition | null>;
  /**
   * A new draft with the text, the sender and the recipients of a campaign, or with those that it did not reach. Null: the
   * account has no such campaign. `none`: nobody is left to send to; `full`: the account has 50 unsent ones.
   */
  createFromCampaign(
    access: AccountAccess,
    order: CampaignCopyOrder,
  ): Promise<CopiedCampaign | 'none' | 'no-room' | 'full' | null>;
  /** Adds the recipients of a campaign to a contact list, which is created if necessary. How many; null: unknown. */
  keepAsList(access: AccountAccess, campaignId: number, list: string): Promise<number | null>;
  /** The new version. `conflict`: another version was saved, or it was sent. */
  save(
    access: AccountAccess,
    change: { readonly id: string; readonly version: number; readonly content: CompositionContent },
  ): Promise<number | 'conflict' | 'unknown'>;
  /** False for an unknown one. Its file is deleted too. */
  remove(access: AccountAccess, id: string): Promise<boolean>;
  /** Null for an unknown composition, here and below. */
  check(access: AccountAccess, id: string): Promise<CheckResult | null>;
  /** All rows of one kind, with the content they are of. */
  readRows(
    access: AccountAccess,
    id: string,
    kind: RowKind,
  ): Promise<{ content: CompositionContent; rows: AsyncIterable<readonly JudgedRow[]> } | null>;
  /** The recipient of the choice; `none`: there is no such row. */
  preview(access: AccountAccess, id: string, choice: PreviewChoice): Promise<PreviewedRow | 'none' | null>;
  estimate(access: AccountAccess, id: string): Promise<NewEstimate | null>;
  /** Sends what the estimate showed, or nothing. */
  send(access: AccountAccess, id: string, estimateId: string): Promise<SendResult | null>;
  /** Null: unknown, or nobody asked. */
  readApproval(access: AccountAccess, id: string): Promise<ApprovalPage | null>;
  /** Of compositions that are not sent, the oldest first. */
  listApprovals(access: AccountAccess): Promise<readonly OpenApproval[]>;
  /** Freezes the estimate and binds the content to it. */
  askApproval(access: AccountAccess, order: ApprovalOrder): Promise<'asked' | 'changed' | null>;
  decideApproval(
    access: AccountAccess,
    order: ApprovalOrder & { readonly approves: boolean },
  ): Promise<Decided | null>;
  /** The content can change again. False: there is no approval. */
  withdrawApproval(access: AccountAccess, id: string): Promise<boolean>;
  /** Sends the text to one number, with the values of one recipient. The key makes a repetition send once. */
  test(access: AccountAccess, id: string, order: TestOrder): Promise<SubmissionReport | null>;
}

interface CopiedCampaign extends Omit<CampaignContent, 'content'> {
  readonly id: string;
}

interface TestOrder {
  readonly number: string;
  readonly values: Readonly<Record<string, string>>;
  readonly requestKey: string;
}

export interface CompositionNeeds {
  readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport>;
  readonly submitList: SubmitList;
  readonly pricing: () => Pricing;
  readonly openDocument: RecipientNeeds['openDocument'];
  readonly removeDocument: (account: Account, id: string) => Promise<unknown>;
  readonly consoleUrl: (path: string) => string;
  readonly campaigns: Omit<CampaignCopyNeeds, 'stopClause'>;
  /** Adds numbers to a list of contacts. */
  readonly joinList: (access: AccountAccess, numbers: readonly string[], list: string) => Promise<unknown>;
  readonly settings: CompositionSettings;
}

interface CompositionSettings {
  readonly stopShortCode: string;
  readonly defaultSender: string | null;
  readonly purposeGuard: PurposeGuard;
  readonly validityMinutes: number;
  readonly documentMaxBytes: number;
  readonly hasMailRelay: boolean;
}

const maxUnsent = 50;
const keptForMs = 30 * dayMs;
const tiers: readonly Tier[] = ['premium', 'low_cost', 'world'];

export function createCompositions(
  context: Pick<Context, 'database' | 'clock' | 'ids'>,
  needs: CompositionNeeds,
): Compositions {
  const { database, clock } = context;
  const { query } = database;
  const { openDocument, settings } = needs;
  const recipients: RecipientNeeds = { query, rates: (id) => needs.pricing().rates(id), openDocument };
  const estimates = new Estimates(context, {
    ...recipients,
    submitList: needs.submitList,
    // Each recipient takes more room than in the file: its number is whole, and each field has its column.
    maxListBytes: 4 * settings.documentMaxBytes,
  });

  const approvals = new Approvals(context, {
    hasMailRelay: settings.hasMailRelay,
    consoleUrl: needs.consoleUrl,
  });

  return {
    async readOptions(access) {
      const account = authorize(access, 'compositions.read');
      const { defaultCountry, optOutsCoverTransactional, concatenatedCharsPerPart } = account.settings;
      const { replyNumbers, rates } = needs.pricing();
      const card = rates(account.id);
      return {
        defaultSender: settings.defaultSender,
        defaultCountry,
        tiers: tiers.map((tier) => ({ tier, priceMicros: card.find(defaultCountry ?? 'FR', tier) })),
        purposeGuard: settings.purposeGuard,
        skipsOptOutsAlways: optOutsCoverTransactional,
        stopClause: appendStopClause('', settings.stopShortCode, 'code'),
        charsPerSegment: concatenatedCharsPerPart,
        canReply: replyNumbers.length > 0,
        maxFileBytes: settings.documentMaxBytes,
        validityMinutes: settings.validityMinutes,
        groups: await listGroups(query, account),
        availableMicros: (await readBalance(query, account)).availableMicros,
        approveAbove: account.settings.approveAbove,
        deciders: await approvals.countDeciders(access),
      };
    },

    list: async (access) => listCompositions(query, authorize(access, 'compositions.read'), maxUnsent),

    read: async (access, id) => readComposition(query, authorize(access, 'compositions.read'), id),

    async create(access, content) {
      const account = authorize(access, 'compositions.write');
      const nowMs = clock.now();
      const id = newUuid();
      const changedBy = access.actor.actor;
      await deleteOldCompositions(query, account, { beforeMs: nowMs - keptForMs, nowMs });
      if (!(await insertComposition(query, account, { id, content, changedBy }, maxUnsent, nowMs)))
        return null;
      return readComposition(query, account, id);
    },

    async createFromCampaign(access, order) {
      const account = authorize(access, 'compositions.write');
      const stopClause = appendStopClause('', settings.stopShortCode, 'code');
      const copied = await contentOfCampaign(context, { ...needs.campaigns, stopClause }, access, order);
      if (copied === null || typeof copied === 'string') return copied;
      const { content, ...facts } = copied;
      const id = newUuid();
      const composition = { id, content, changedBy: access.actor.actor };
      if (await insertComposition(query, account, composition, maxUnsent, clock.now()))
        return { id, ...facts };
      if (content.file !== null) await needs.removeDocument(account, content.file.document);
      return 'full';
    },

    async keepAsList(access, campaignId, list) {
      const account = authorize(access, 'compositions.write');
      if ((await needs.campaigns.readCampaign(access, campaignId)) === null) return null;
      let kept = 0;
      for await (const numbers of numbersOfCampaign(needs.campaigns, access, campaignId)) {
        await needs.joinList(access, numbers, list);
        kept += numbers.length;
      }
      const change = {
        action: 'list.kept',
        target: `campaign ${campaignId}`,
        after: { list, recipients: kept },
        accountId: account.id,
      };
      await auditChange(query, access, change, clock.now());
      return kept;
    },

    async save(access, { id, version, content }) {
      const account = authorize(access, 'compositions.write');
      const change = { id, version, content, changedBy: access.actor.actor };
      const saved = await saveComposition(query, account, change, clock.now());
      if (saved !== null) return saved;
      return (await readComposition(query, account, id)) === null ? 'unknown' : 'conflict';
    },

    async remove(access, id) {
      const account = authorize(access, 'compositions.write');
      const content = await deleteComposition(query, account, id, clock.now());
      if (content === null) return false;
      if (content.file !== null) await needs.removeDocument(account, content.file.document);
      return true;
    },

    async check(access, id) {
      const account = authorize(access, 'compositions.read');
      const composition = await readComposition(query, account, id);
      return composition && checkRecipients(recipients, account, composition.content);
    },

    async readRows(access, id, kind) {
      const account = authorize(access, 'compositions.read');
      const composition = await readComposition(query, account, id);
      if (composition === null) return null;
      const { content } = composition;
      return { content, rows: rowsOfKind(recipients, account, content, kind) };
    },

    async preview(access, id, choice) {
      const account = authorize(access, 'compositions.read');
      const composition = await readComposition(query, account, id);
      if (composition === null) return null;
      const fields = mergeFieldsOf(composition.content.text);
      const rows = judgeRows(recipients, account, composition.content, fields);
      return (await findPreview(rows, fields, choice)) ?? 'none';
    },

    async estimate(access, id) {
      const account = authorize(access, 'compositions.write');
      const composition = await readComposition(query, account, id);
      return composition && estimates.create(account, composition);
    },

    async send(access, id, estimateId) {
      const account = authorize(access, 'compositions.send');
      const result = await estimates.send(account, id, estimateId);
      if (result?.state !== 'sent' || result.isRepeated) return result;
      await database.transaction(async (inside) => {
        await finishComposition(inside, account, id, clock.now());
        const { messages, costMicros } = result.sums;
        const change = {
          action: 'campaign.sent',
          target: String(result.campaignId),
          after: { messages, costMicros },
        };
        await auditChange(inside, access, change, clock.now());
      });
      return result;
    },

    async readApproval(access, id) {
      authorize(access, 'compositions.read');
      return approvals.read(access, id);
    },

    async listApprovals(access) {
      authorize(access, 'compositions.read');
      return approvals.list(access);
    },

    async askApproval(access, order) {
      authorize(access, 'compositions.send');
      return approvals.ask(access, order);
    },

    async decideApproval(access, order) {
      authorize(access, 'compositions.approve');
      return approvals.decide(access, order);
    },

    async withdrawApproval(access, id) {
      authorize(access, 'compositions.write');
      return approvals.withdraw(access, id);
    },

    async test(access, id, { number, values, requestKey }) {
      const account = authorize(access, 'compositions.send');
      const composition = await readComposition(query, account, id);
      if (composition === null) return null;
      const { content } = composition;
      refuseMapping(content);
      if (number.trim() === '')
        throw new CompositionError('recipients-missing', 'number', 'Give the number that receives the test.');
      const merge = new Map(mergeFieldsOf(content.text).map((name) => [`{${name}}`, values[name] ?? '']));
      const { mergeForm: _form, isOneCampaign: _one, ...submission } = submissionOf(content);
      return needs.submit(account, {
        ...submission,
        recipients: [merge.size === 0 ? { number } : { number, merge }],
        sendAtMs: null,
        dryRun: false,
        idempotencyKey: `console-test:${requestKey}`,
        idempotencyTtlMs: hourMs,
      });
    },
  };
}
