// Messages of every account for the operator: found by account, time and status. Used by `chappe message list`.
// Refuses, as OperatorRefusal: an unknown account or status, an invalid number, a period that ends before it begins.
import type { Account, AccountKey } from '#domain/account/account.ts';
import { type MessageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { findAccountOfCampaign } from '#store/campaigns/campaign-reviews.ts';
import { type ListedImport, listImportedMessages } from '#store/campaigns/imported-messages.ts';
import { findMessages, type ListedMessage, listMessagesOfCampaign } from '#store/campaigns/message-search.ts';
import { listCampaignMessages } from '#store/campaigns/message-timeline.ts';
import type { Query } from '#store/database/database.ts';

export interface MessageQuestion {
  readonly number: string | undefined;
  /** Service name or e-mail. */
  readonly account: string | undefined;
  readonly fromMs: number | null;
  /** Before this instant. */
  readonly toMs: number | null;
  readonly status: string | undefined;
  readonly tag: string | undefined;
  readonly limit: number;
  /** Whole numbers; the audit trail records the reading. */
  readonly isWhole?: boolean;
}

export interface OperatorMessages {
  /** Newest first, by the time of their acceptance. */
  list(access: OperatorAccess, question: MessageQuestion): Promise<ListedMessage[]>;
  /** Messages that the account sent over another platform, newest first. `account` is required, and a tag refused. */
  listImported(access: OperatorAccess, question: MessageQuestion): Promise<ListedImport[]>;
  /** The first `limit` messages of a campaign; empty for an unknown campaign. */
  listOfCampaign(access: OperatorAccess, campaignId: number, limit: number): Promise<ListedMessage[]>;
  /** The state of the first message of a campaign. */
  readFirst(
    access: OperatorAccess,
    account: AccountKey,
    campaignId: number,
  ): Promise<{ readonly id: number; readonly status: MessageStatus }>;
}

const statuses = Object.keys(messageStatusCodes);

export function createOperatorMessages({
  database,
  clock,
}: Pick<Context, 'database' | 'clock'>): OperatorMessages {
  return {
    async list(access, question) {
      authorize(access, 'operator-messages.read');
      const { query } = database;
      const { fromMs, toMs, tag, limit, isWhole = false } = question;
      const { account, msisdn, status } = await readQuestion(query, question);
      const found = await findMessages(
        query,
        {
          limit,
          isWhole,
          ...(msisdn !== null && { msisdn }),
          ...(account !== null && { accountId: account.id }),
          ...(fromMs !== null && { fromMs }),
          ...(toMs !== null && { toMs }),
          ...(status !== null && { status }),
          ...(tag !== undefined && { tag }),
        },
        clock.now(),
      );
      if (isWhole) {
        const after = { messages: found.length, ...(tag !== undefined && { tag }) };
        const change = { action: 'numbers.read', target: 'messages', after, accountId: account?.id ?? null };
        await auditChange(query, access, change, clock.now());
      }
      return found;
    },

    async listImported(access, question) {
      authorize(access, 'operator-messages.read');
      const { query } = database;
      const { fromMs: from, toMs: to, tag, limit, isWhole = false } = question;
      const { account, msisdn, status } = await readQuestion(query, question);
      if (account === null) throw new OperatorRefusal('name the account of the imported messages: --account');
      if (tag !== undefined) throw new OperatorRefusal('imported messages have no tag');
      const found = await listImportedMessages(
        query,
        account,
        { msisdn, from, to, status },
        { limit, isWhole },
      );
      if (isWhole) {
        const after = { messages: found.length };
        const change = { action: 'numbers.read', target: 'imported messages', after, accountId: account.id };
        await auditChange(query, access, change, clock.now());
      }
      return found;
    },

    async listOfCampaign(access, campaignId, limit) {
      authorize(access, 'operator-messages.read');
      const account = await findAccountOfCampaign(database.query, campaignId);
      return account === null ? [] : listMessagesOfCampaign(database.query, account, campaignId, limit);
    },

    async readFirst(access, account, campaignId) {
      authorize(access, 'operator-messages.read');
      const [message] = await listCampaignMessages(database.query, account, campaignId, 1);
      return message!;
    },
  };
}

/** Null: not asked for. */
async function readQuestion(
  query: Query,
  { number, account: name, fromMs, toMs, status }: MessageQuestion,
): Promise<{
  readonly account: Account | null;
  readonly msisdn: number | null;
  readonly status: MessageStatus | null;
}> {
  if (status !== undefined && !statuses.includes(status))
    throw new OperatorRefusal(`"${status}" is not a status: ${statuses.join(', ')}`);
  if (fromMs !== null && toMs !== null && fromMs >= toMs)
    throw new OperatorRefusal('the period ends before it begins');
  const account = name === undefined ? null : await requireAccountNamed(query, name);
  const read = number === undefined ? null : readMsisdn(number, account?.settings.defaultCountry ?? 'FR');
  if (read !== null && !read.ok)
    throw new OperatorRefusal(`"${number}" is not a number that takes SMS; write it as +33601020304`);
  return { account, msisdn: read?.msisdn ?? null, status: (status as MessageStatus | undefined) ?? null };
}
