// Access of the operator: the person who can run commands on this machine. Used by the command line.
// An operator who acts for an account holds an AccountAccess with the role `operator`; the audit trail names both.
import type { Account } from '#domain/account/account.ts';
import type { Actor } from '#domain/base/audit.ts';
import type { AccountAccess, OperatorAccess } from './access.ts';
import { grantAccount, grantOperator } from './grant.ts';

export function operatorAccess(actor: Actor): OperatorAccess {
  return grantOperator(actor);
}

export function actForAccount({ actor }: OperatorAccess, account: Account): AccountAccess {
  return grantAccount(account, actor, 'operator');
}
