// The review of senders and templates that customers request. Used by `chappe sender` and `chappe template`.
// Refuses, as OperatorRefusal: an unknown account, sender or template, an invalid sender.
// Throws OperatorConflict: a sender that the account has already.
import { type ReviewStatus, readSenderName, type SenderName } from '#domain/account/sender.ts';
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { insertSender, listAllSenders, type SenderOfAccount, updateSender } from '#store/accounts/senders.ts';
import {
  decideTemplate,
  listAllTemplates,
  type TemplateOfAccount,
} from '#store/campaigns/message-templates.ts';

export interface ReviewDecision {
  readonly account: string;
  /** Of the sender or the template. */
  readonly name: string;
  readonly status: Extract<ReviewStatus, 'enabled' | 'refused'>;
  /** Shown to the customer; null: none. */
  readonly comment: string | null;
}

/** The decision, by its stored names. */
export interface DecidedReview {
  readonly account: string;
  readonly name: string;
}

export interface Reviews {
  listSenders(access: OperatorAccess, onlyWaiting: boolean): Promise<SenderOfAccount[]>;
  /** Adds a sender that is enabled immediately. */
  addSender(access: OperatorAccess, account: string, sender: string): Promise<DecidedReview>;
  /** Independent of its status. */
  decideSender(access: OperatorAccess, decision: ReviewDecision): Promise<DecidedReview>;
  listTemplates(access: OperatorAccess, onlyWaiting: boolean): Promise<TemplateOfAccount[]>;
  decideTemplate(access: OperatorAccess, decision: ReviewDecision): Promise<DecidedReview>;
}

const everyStatus = ['waiting', 'enabled', 'disabled', 'refused'] as const;

export function createReviews({ database, clock }: Pick<Context, 'database' | 'clock'>): Reviews {
  return {
    async listSenders(access, onlyWaiting) {
      authorize(access, 'reviews.read');
      return listAllSenders(database.query, onlyWaiting);
    },

    async addSender(access, name, written) {
      authorize(access, 'reviews.write');
      const sender = requireSender(written);
      return database.transaction(async (query) => {
        const account = await requireAccountNamed(query, name);
        const added = {
          ...sender,
          referer: 'custom',
          status: 'enabled',
          description: '',
          reason: '',
          code: null,
          codeTries: 0,
        } as const;
        if (!(await insertSender(query, account, added, clock.now())))
          throw new OperatorConflict(
            `${account.serviceName} has the sender ${sender.name} already; see chappe sender list`,
          );
        const change = { action: 'sender.added', target: sender.name, accountId: account.id };
        await auditChange(query, access, change, clock.now());
        return { account: account.serviceName, name: sender.name };
      });
    },

    async decideSender(access, { account: service, name: written, status, comment }) {
      authorize(access, 'reviews.write');
      const { name } = requireSender(written);
      return database.transaction(async (query) => {
        const account = await requireAccountNamed(query, service);
        if (!(await updateSender(query, account, name, { status, comment }, everyStatus)))
          throw new OperatorRefusal(
            `${account.serviceName} has no sender ${name}; see chappe sender list, or add it with chappe sender add`,
          );
        const action = status === 'enabled' ? 'sender.approved' : 'sender.refused';
        const change = { action, target: name, after: { status, comment }, accountId: account.id };
        await auditChange(query, access, change, clock.now());
        return { account: account.serviceName, name };
      });
    },

    async listTemplates(access, onlyWaiting) {
      authorize(access, 'reviews.read');
      return listAllTemplates(database.query, onlyWaiting);
    },

    async decideTemplate(access, { account: service, name, status, comment }) {
      authorize(access, 'reviews.write');
      return database.transaction(async (query) => {
        const account = await requireAccountNamed(query, service);
        if (!(await decideTemplate(query, account, name, { status, comment: comment ?? '' })))
          throw new OperatorRefusal(
            `${account.serviceName} has no template ${name}; see chappe template list`,
          );
        const action = status === 'enabled' ? 'template.approved' : 'template.refused';
        const change = { action, target: name, after: { status, comment }, accountId: account.id };
        await auditChange(query, access, change, clock.now());
        return { account: account.serviceName, name };
      });
    },
  };
}

function requireSender(written: string): SenderName {
  const sender = readSenderName(written);
  if (sender !== null) return sender;
  throw new OperatorRefusal(
    `"${written}" must have at most 11 characters of letters, digits, blanks and _ - . , & +, or be a number`,
  );
}
