// Makes access values. Only the code that authenticates imports it: credentials, sign-in, members and operator-access
// (rule `grant` of import-rules.ts). No other code can create access.
import type { Account } from '#domain/account/account.ts';
import type { Member } from '#domain/account/member.ts';
import type { Actor } from '#domain/base/audit.ts';
import type { AccountAccess, AccountRole, MemberAccess, OperatorAccess, SessionFacts } from './access.ts';

export function grantAccount(
  account: Account,
  actor: Actor,
  role: AccountRole,
  memberId: number | null = null,
): AccountAccess {
  return { account, actor, role, memberId } as AccountAccess;
}

export function grantOperator(actor: Actor): OperatorAccess {
  return { actor, role: 'operator' } as OperatorAccess;
}

export function grantMember(member: Member, session: SessionFacts, actor: Actor): MemberAccess {
  return { member, session, actor, role: 'member' } as MemberAccess;
}
