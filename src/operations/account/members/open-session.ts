// Opens sessions of members. Shared by sign-in, invitations and the profile, which replace the token of a session when the
// rights of the person grow.
import type { Member } from '#domain/account/member.ts';
import type { Actor } from '#domain/base/audit.ts';
import { hashSecret, randomToken } from '#lib/security/secrets.ts';
import { hourMs, minuteMs } from '#lib/time/duration.ts';
import type { MemberAccess, SessionFacts } from '#operations/access/access.ts';
import { grantMember } from '#operations/access/grant.ts';
import { insertSession, type StoredSession } from '#store/accounts/member-sessions.ts';
import type { Query } from '#store/database/database.ts';

/** 43 characters: 256 bits. */
const tokenLength = 43;
const idleMs = 12 * hourMs;
const longMs = 30 * 24 * hourMs;
/** Between the password and the second factor. */
const secondFactorMs = 10 * minuteMs;

/** The person's machine, as far as it is known. */
export interface Visitor {
  readonly address: string;
  /** Such as "Firefox on Linux". */
  readonly agent: string;
}

export interface OpenedSession {
  /** For the cookie. */
  readonly token: string;
  readonly state: 'second-factor' | 'signed-in';
  readonly isLong: boolean;
}

export function sessionLifeMs({ isComplete, isLong }: { isComplete: boolean; isLong: boolean }): number {
  if (!isComplete) return secondFactorMs;
  return isLong ? longMs : idleMs;
}

export interface SessionOrder {
  readonly memberId: number;
  readonly isComplete: boolean;
  readonly isLong: boolean;
  readonly canSetPassword?: boolean;
}

export async function openSession(
  query: Query,
  order: SessionOrder,
  visitor: Visitor,
  nowMs: number,
): Promise<OpenedSession> {
  const token = randomToken(tokenLength);
  const { canSetPassword = false } = order;
  const expiresAtMs = nowMs + sessionLifeMs(order);
  const stored = { ...order, ...visitor, canSetPassword, expiresAtMs, tokenSha256: hashSecret(token) };
  await insertSession(query, stored, nowMs);
  return { token, state: order.isComplete ? 'signed-in' : 'second-factor', isLong: order.isLong };
}

export function actorOf(member: Member, address: string): Actor {
  const kind = member.isOperator ? 'operator' : 'member';
  return { actor: `${kind}:${member.email ?? `#${member.id}`}`, address };
}

export function memberAccessOf(
  member: Member,
  session: StoredSession,
  address: string,
  nowMs: number,
): MemberAccess {
  const { id, createdAtMs, isLong, canSetPassword, showsNumbersUntilMs } = session;
  const shows = showsNumbersUntilMs !== null && showsNumbersUntilMs > nowMs;
  const facts: SessionFacts = {
    id,
    createdAtMs,
    isLong,
    canSetPassword,
    showsNumbersOf: shows ? session.showsNumbersOf : null,
  };
  return grantMember(member, facts, actorOf(member, address));
}
