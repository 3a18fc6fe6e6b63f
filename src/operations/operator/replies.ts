// Replies of phones to every account for the operator, with those of no account. Used by `chappe reply list`.
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type ListedReply, listReplies, type ReplyFilter } from '#store/pipeline/replies.ts';

export interface OperatorReplies {
  /** Newest first. */
  list(access: OperatorAccess, filter: ReplyFilter, limit: number): Promise<ListedReply[]>;
}

export function createOperatorReplies({ database }: Pick<Context, 'database'>): OperatorReplies {
  return {
    async list(access, filter, limit) {
      authorize(access, 'replies.read');
      return listReplies(database.query, filter, limit);
    },
  };
}
