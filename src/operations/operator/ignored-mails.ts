// Mails that were accepted and sent no SMS, with the reason: a journal of the newest 10,000 for the operator.
// Written by the mail dialect; read by `chappe mail ignored`.
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  insertIgnoredMail,
  listIgnoredMails,
  type NewIgnoredMail,
  type StoredIgnoredMail,
} from '#store/platform/ignored-mails.ts';

export interface IgnoredMails {
  /** Needs no access: the sender of the mail may be unknown. */
  record(mail: NewIgnoredMail): Promise<void>;
  /** Newest first. */
  list(access: OperatorAccess, limit: number): Promise<StoredIgnoredMail[]>;
}

export function createIgnoredMails({ database }: Pick<Context, 'database'>): IgnoredMails {
  return {
    record: (mail) => insertIgnoredMail(database.query, mail),
    async list(access, limit) {
      authorize(access, 'ignored-mails.read');
      return listIgnoredMails(database.query, limit);
    },
  };
}
