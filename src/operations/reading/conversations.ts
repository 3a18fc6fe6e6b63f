// The inbox of an account for its members: conversations by phone, threads, marks. Used by the console. Answers are submitted
// like any campaign.
import type { Account } from '#domain/account/account.ts';
import { type MessageStatus, messageStatus } from '#domain/base/message.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type ConversationFilter,
  countUnhandled,
  type ListedConversation,
  listConversations,
  listThreadEntries,
  markConversation,
  readConversation,
} from '#store/recipients/inbox-pages.ts';

interface ThreadPlace {
  readonly atMicros: number;
  readonly id: number;
}

interface ThreadRow {
  readonly kind: 'reply' | 'message';
  readonly id: number;
  readonly text: string;
  readonly atMs: number;
  /** Of a message. */
  readonly status: MessageStatus | null;
  readonly campaignId: number | null;
  readonly isOptOut: boolean;
}

interface Thread {
  readonly conversation: ListedConversation;
  /** Newest first. */
  readonly rows: readonly ThreadRow[];
  /** Null: there is nothing older. */
  readonly next: ThreadPlace | null;
}

export interface Conversations {
  /** By the latest reply, newest first, before this id. */
  list(
    access: AccountAccess,
    filter: ConversationFilter,
    page: { readonly beforeId: number; readonly limit: number },
  ): Promise<readonly ListedConversation[]>;
  /** `id`: of a reply of the phone. Null: the account has no such reply. */
  read(
    access: AccountAccess,
    id: number,
    page: { readonly before: ThreadPlace | null; readonly limit: number },
  ): Promise<Thread | null>;
  /** False: the account has no such reply. */
  mark(
    access: AccountAccess,
    id: number,
    marks: { readonly isRead: boolean | null; readonly isHandled: boolean | null },
  ): Promise<boolean>;
  /** At most 100 are counted. */
  countUnhandled(access: AccountAccess): Promise<number>;
}

const mostCounted = 100;

export function createConversations({ database, clock }: Pick<Context, 'database' | 'clock'>): Conversations {
  const { query } = database;

  async function readThread(
    account: Account,
    id: number,
    { before, limit }: { readonly before: ThreadPlace | null; readonly limit: number },
  ): Promise<Thread | null> {
    const conversation = await readConversation(query, account, id);
    if (conversation === null) return null;
    const beforeMicros = before?.atMicros ?? Number.MAX_SAFE_INTEGER;
    const beforeId = before?.id ?? Number.MAX_SAFE_INTEGER;
    const page = { beforeMicros, beforeId, limit: limit + 1 };
    const found = await listThreadEntries(query, account, conversation.msisdn, page);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      conversation,
      rows: shown.map(({ atMicros, status, isSubmitted, ...row }) => ({
        ...row,
        atMs: Math.floor(atMicros / 1000),
        status: status === null ? null : statusOf(status, isSubmitted),
      })),
      next: found.length > limit && last ? { atMicros: last.atMicros, id: last.id } : null,
    };
  }

  return {
    list: async (access, filter, page) =>
      listConversations(query, authorize(access, 'inbox.read'), filter, page),
    read: async (access, id, page) => readThread(authorize(access, 'inbox.read'), id, page),
    async mark(access, id, marks) {
      const account = authorize(access, 'inbox.write');
      const conversation = await readConversation(query, account, id);
      if (conversation === null) return false;
      const by = access.actor.actor;
      await markConversation(query, account, conversation.msisdn, { ...marks, by }, clock.now());
      return true;
    },
    countUnhandled: async (access) => countUnhandled(query, authorize(access, 'inbox.read'), mostCounted),
  };
}

/** Until it is final, a message that a carrier took is known by its reference. */
function statusOf(code: number, isSubmitted: boolean): MessageStatus {
  const status = messageStatus(code);
  return status === 'accepted' && isSubmitted ? 'submitted' : status;
}
