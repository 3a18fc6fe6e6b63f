// The opt-outs of an account: numbers that replied STOP or were entered by a person. Used by OVH's dialect and the console.

import { maskedNumber } from '#domain/base/audit.ts';
import type { OptOut } from '#domain/delivery/history.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange, auditPersonalChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type ListedOptOutCause, listOptOutPage } from '#store/recipients/contact-pages.ts';
import { enterOptOuts, listOptOuts, readOptOut, removeOptOut } from '#store/recipients/opt-outs.ts';

export interface OptOutScope {
  readonly batchId?: string;
  readonly messageId?: number;
}

export interface OptOuts {
  /** Numbers, oldest opt-out first; only those that answered this batch or message. */
  list(access: AccountAccess, scope: OptOutScope): Promise<readonly number[]>;
  read(access: AccountAccess, msisdn: number): Promise<OptOut | null>;
  /** False if the number has no opt-out. */
  remove(access: AccountAccess, msisdn: number): Promise<boolean>;
  /** By number, with the replies that said so; only `msisdn` if it is not null. */
  listPage(
    access: AccountAccess,
    page: { readonly after: number; readonly msisdn: number | null; readonly limit: number },
  ): Promise<readonly ListedOptOutCause[]>;
  /** Known numbers keep their entries. Returns how many were added. */
  enter(access: AccountAccess, numbers: readonly number[], reason: string): Promise<number>;
  /** The same as `remove`, with the reason of the person. */
  removeFor(access: AccountAccess, msisdn: number, reason: string): Promise<boolean>;
}

export function createAccountOptOuts({ database, clock }: Pick<Context, 'database' | 'clock'>): OptOuts {
  return {
    async list(access, scope) {
      const account = authorize(access, 'opt-outs.read');
      return listOptOuts(database.query, account, scope);
    },
    async read(access, msisdn) {
      const account = authorize(access, 'opt-outs.read');
      return readOptOut(database.query, account, msisdn);
    },
    async remove(access, msisdn) {
      const account = authorize(access, 'opt-outs.write');
      return database.transaction(async (query) => {
        if (!(await removeOptOut(query, account, msisdn, clock.now()))) return false;
        const change = { action: 'opt-out.removed', target: maskedNumber(msisdn) };
        await auditPersonalChange(query, access, change, clock.now());
        return true;
      });
    },
    listPage: async (access, page) =>
      listOptOutPage(database.query, authorize(access, 'opt-outs.read'), page),
    async enter(access, numbers, reason) {
      const account = authorize(access, 'opt-outs.enter');
      const nowMs = clock.now();
      const entries = numbers.map((msisdn) => ({ msisdn, reason, atMs: nowMs }));
      return database.transaction(async (query) => {
        const added = await enterOptOuts(query, account, access.actor.actor, entries);
        const target = numbers.length === 1 ? maskedNumber(numbers[0]!) : `${numbers.length} numbers`;
        await auditChange(
          query,
          access,
          { action: 'opt-out.added', target, after: { reason, added } },
          nowMs,
        );
        return added;
      });
    },
    async removeFor(access, msisdn, reason) {
      const account = authorize(access, 'opt-outs.enter');
      const by = { actor: access.actor.actor, reason };
      return database.transaction(async (query) => {
        if (!(await removeOptOut(query, account, msisdn, clock.now(), by))) return false;
        const change = { action: 'opt-out.removed', target: maskedNumber(msisdn), after: { reason } };
        await auditChange(query, access, change, clock.now());
        return true;
      });
    },
  };
}
