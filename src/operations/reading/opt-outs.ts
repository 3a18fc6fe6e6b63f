// The opt-outs of an account: numbers that replied STOP or were entered by the operator. Used by OVH's dialect.

import { maskedNumber } from '#domain/base/audit.ts';
import type { OptOut } from '#domain/delivery/history.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditPersonalChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { listOptOuts, readOptOut, removeOptOut } from '#store/recipients/opt-outs.ts';

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
  };
}
