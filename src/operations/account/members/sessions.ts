// Signs persons in to the console: password and second factor, one-time links of operators, invitations; and opens accounts
// for them. Used by the console and the pages of OVH's keys. Tokens are stored as hashes.
import type { MemberRole, Membership } from '#domain/account/member.ts';
import type { Passwords } from '#lib/security/passwords.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashSecret, randomToken } from '#lib/security/secrets.ts';
import { matchTotp } from '#lib/security/totp.ts';
import { weaknessOf } from '#lib/security/weak-passwords.ts';
import { minuteMs } from '#lib/time/duration.ts';
import type { AccountAccess, MemberAccess, OperatorAccess } from '#operations/access/access.ts';
import { permissionMissing } from '#operations/access/access-refusals.ts';
import { authorize } from '#operations/access/authorize.ts';
import { grantAccount, grantOperator } from '#operations/access/grant.ts';
import type { Context } from '#pipeline/context.ts';
import { findByServiceName } from '#store/accounts/accounts.ts';
import {
  deleteInvitation,
  findInvitation,
  type Invitation,
  redeemOperatorLink,
} from '#store/accounts/member-invitations.ts';
import {
  countWrongCode,
  deleteOtherSessions,
  deleteSession,
  findSession,
  noteSessionUse,
} from '#store/accounts/member-sessions.ts';
import {
  findMemberByEmail,
  insertMember,
  listAccountsOfMember,
  listFirstAccounts,
  lockMember,
  readMember,
  readRoleOfMember,
  redeemRecoveryCode,
  setMemberOperator,
  setMemberTotp,
  setRoleOfMember,
} from '#store/accounts/members.ts';
import type { Query } from '#store/database/database.ts';
import { insertAuditEntry } from '#store/platform/audit-entries.ts';
import { ensurePlatformSetting } from '#store/platform/platform-settings.ts';
import {
  actorOf,
  memberAccessOf,
  type OpenedSession,
  openSession,
  sessionLifeMs,
  type Visitor,
} from './open-session.ts';
import { checkPassword, type PasswordTry, type TooManyAttempts } from './password-check.ts';

/** The session of a cookie. */
export type ResumedSession =
  | { readonly state: 'signed-in'; readonly access: MemberAccess }
  | {
      readonly state: 'second-factor';
      readonly sessionId: number;
      readonly memberId: number;
      readonly isLong: boolean;
    };

interface SignInOrder extends Omit<PasswordTry, 'address'> {
  readonly staySignedIn: boolean;
}

export interface Sessions {
  /** Part of the cookie's name: cookies do not distinguish two installations on one host. */
  installationId(): Promise<string>;
  signIn(order: SignInOrder, visitor: Visitor): Promise<OpenedSession | 'wrong' | TooManyAttempts>;
  /** `code`: of the app, or a recovery code. Null: the session has ended, also after five wrong codes. */
  proveSecondFactor(
    session: { readonly sessionId: number; readonly memberId: number },
    code: string,
    isLong: boolean,
    visitor: Visitor,
  ): Promise<OpenedSession | 'wrong' | null>;
  /** Signs an operator in by a one-time link. Null: it was used, replaced or has expired. */
  enter(
    token: string,
    visitor: Visitor,
  ): Promise<(OpenedSession & { readonly needsPassword: boolean }) | null>;
  /** Null: unknown or expired. */
  resume(token: string, visitor: Visitor): Promise<ResumedSession | null>;
  readInvitation(token: string): Promise<(Invitation & { readonly isKnown: boolean }) | null>;
  acceptInvitation(
    order: { readonly token: string; readonly name: string; readonly password: string },
    visitor: Visitor,
  ): Promise<OpenedSession | 'wrong' | 'weak' | TooManyAttempts | null>;
  /** Access to the account with the person's role. Null: unknown, or the person has none. */
  openAccount(access: MemberAccess, serviceName: string): Promise<AccountAccess | null>;
  /** Throws permission-missing for a person who is no operator. */
  actAsOperator(access: MemberAccess): OperatorAccess;
  /** At most `limit`, by name; of an operator all accounts. `part` narrows them. */
  listAccounts(access: MemberAccess, limit: number, part?: string): Promise<readonly Membership[]>;
}

const maxWrongCodes = 5;
/** The use of a session is written once in this time. */
const noteUseEveryMs = minuteMs;

export interface SessionNeeds {
  readonly passwords: Passwords;
  readonly seal: Seal;
}

type Needs = Pick<Context, 'database' | 'clock'> & SessionNeeds;

export function createSessions(context: Pick<Context, 'database' | 'clock'>, given: SessionNeeds): Sessions {
  const needs: Needs = { database: context.database, clock: context.clock, ...given };
  let installation: Promise<string> | undefined;
  return {
    installationId() {
      installation ??= ensurePlatformSetting(
        context.database.query,
        'installation_id',
        randomToken(6).toLowerCase(),
      );
      installation.catch(() => {
        installation = undefined;
      });
      return installation;
    },
    signIn: (order, visitor) => signIn(needs, order, visitor),
    proveSecondFactor: (session, code, isLong, visitor) =>
      proveSecondFactor(needs, { ...session, code, isLong }, visitor),
    enter: (token, visitor) => enter(needs, token, visitor),
    resume: (token, visitor) => resume(needs, token, visitor),
    async readInvitation(token) {
      const { query } = context.database;
      const found = await findInvitation(query, hashSecret(token), context.clock.now());
      return found && { ...found, isKnown: (await findMemberByEmail(query, found.email)) !== null };
    },
    acceptInvitation: (order, visitor) => acceptInvitation(needs, order, visitor),
    openAccount: (access, serviceName) => openAccount(needs, access, serviceName),
    actAsOperator(access) {
      authorize(access, 'profile.read');
      if (!access.member.isOperator) throw permissionMissing('accounts.read', 'member');
      return grantOperator(access.actor);
    },
    async listAccounts(access, limit, part) {
      const member = authorize(access, 'profile.read');
      const { query } = context.database;
      if (member.isOperator)
        return (await listFirstAccounts(query, part ?? null, limit)).map((found) => ({
          ...found,
          role: 'operator',
        }));
      const own = await listAccountsOfMember(query, member.id, part === undefined ? limit : 1000);
      const wanted = part?.toLowerCase();
      const fits = (text: string) => wanted === undefined || text.toLowerCase().includes(wanted);
      return own.filter(({ serviceName, name }) => fits(serviceName) || fits(name)).slice(0, limit);
    },
  };
}

async function signIn(needs: Needs, { email, password, staySignedIn }: SignInOrder, visitor: Visitor) {
  const { database, clock } = needs;
  const checked = await checkPassword(needs, { email, password, address: visitor.address });
  if (checked === 'wrong' || 'retryAfterMs' in checked) return checked;
  const isComplete = checked.totpSealed === null;
  const order = { memberId: checked.member.id, isComplete, isLong: staySignedIn };
  return openSession(database.query, order, visitor, clock.now());
}

async function proveSecondFactor(
  { database, clock, seal }: Needs,
  order: {
    readonly sessionId: number;
    readonly memberId: number;
    readonly code: string;
    readonly isLong: boolean;
  },
  visitor: Visitor,
): Promise<OpenedSession | 'wrong' | null> {
  const { sessionId, memberId, isLong } = order;
  const nowMs = clock.now();
  return database.transaction(async (query) => {
    const found = await lockMember(query, memberId);
    if (found === null || found.totpSealed === null) return null;
    const code = order.code.replace(/[\s-]/g, '');
    const step = /^\d{6}$/.test(code)
      ? matchTotp(seal.open(found.totpSealed), code, nowMs, found.totpStep)
      : null;
    if (step !== null) await setMemberTotp(query, memberId, found.totpSealed, step);
    const isProven =
      step !== null || (await redeemRecoveryCode(query, memberId, hashSecret(code.toUpperCase())));
    if (!isProven) {
      if ((await countWrongCode(query, sessionId)) < maxWrongCodes) return 'wrong';
      await deleteSession(query, memberId, sessionId);
      return null;
    }
    await deleteSession(query, memberId, sessionId);
    return openSession(query, { memberId, isComplete: true, isLong }, visitor, nowMs);
  });
}

function enter({ database, clock }: Needs, token: string, visitor: Visitor) {
  const nowMs = clock.now();
  return database.transaction(async (query) => {
    const link = await redeemOperatorLink(query, hashSecret(token), nowMs);
    if (link === null) return null;
    const nobody = { email: null, name: '', isOperator: true, passwordHash: null };
    const member =
      (link.memberId && (await readMember(query, link.memberId))) ||
      (await insertMember(query, nobody, nowMs));
    if (member === null) return null;
    // Whoever lost the password may have lost it to somebody else.
    await deleteOtherSessions(query, member.id, null);
    await insertAuditEntry(
      query,
      {
        by: actorOf(member, visitor.address),
        accountId: null,
        action: 'operator-link.used',
        target: member.email ?? `#${member.id}`,
        before: null,
        after: null,
      },
      nowMs,
    );
    const order = { memberId: member.id, isComplete: true, isLong: false, canSetPassword: true };
    return { ...(await openSession(query, order, visitor, nowMs)), needsPassword: true };
  });
}

async function resume({ database: { query }, clock }: Needs, token: string, { address }: Visitor) {
  const nowMs = clock.now();
  const session = await findSession(query, hashSecret(token), nowMs);
  if (session === null) return null;
  const { isLong, memberId } = session;
  if (!session.isComplete)
    return { state: 'second-factor', sessionId: session.id, memberId, isLong } as const;
  const member = await readMember(query, memberId);
  if (member === null) return null;
  if (nowMs - session.lastSeenAtMs >= noteUseEveryMs)
    await noteSessionUse(query, session.id, nowMs, nowMs + sessionLifeMs(session));
  return { state: 'signed-in', access: memberAccessOf(member, session, address, nowMs) } as const;
}

async function acceptInvitation(
  needs: Needs,
  { token, name, password }: { readonly token: string; readonly name: string; readonly password: string },
  visitor: Visitor,
): Promise<OpenedSession | 'wrong' | 'weak' | TooManyAttempts | null> {
  const { database, clock, passwords } = needs;
  const nowMs = clock.now();
  const invitation = await findInvitation(database.query, hashSecret(token), nowMs);
  if (invitation === null) return null;
  const { email } = invitation;
  const known = await findMemberByEmail(database.query, email);
  let newHash: string | null = null;
  if (known?.passwordHash != null) {
    const checked = await checkPassword(needs, { email, password, address: visitor.address });
    if (checked === 'wrong' || 'retryAfterMs' in checked) return checked;
  } else {
    if (weaknessOf(password, email) !== null) return 'weak';
    newHash = await passwords.hash(password);
  }
  return database.transaction(async (query) => {
    if ((await deleteInvitation(query, invitation.accountId, invitation.id)) === null) return null;
    const isOperator = invitation.role === 'operator';
    const member =
      known?.member ?? (await insertMember(query, { email, name, isOperator, passwordHash: newHash }, nowMs));
    // Another invitation made the same member at the same time.
    if (member === null) return null;
    await joinBy(query, member.id, invitation, nowMs);
    await insertAuditEntry(
      query,
      {
        by: actorOf(member, visitor.address),
        accountId: invitation.accountId,
        action: 'member.joined',
        target: email,
        before: null,
        after: { role: invitation.role, invitedBy: invitation.invitedBy },
      },
      nowMs,
    );
    const isComplete = known === null || known.totpSealed === null;
    return openSession(query, { memberId: member.id, isComplete, isLong: false }, visitor, nowMs);
  });
}

async function joinBy(
  query: Query,
  memberId: number,
  { accountId, role }: Invitation,
  nowMs: number,
): Promise<void> {
  if (role === 'operator') return setMemberOperator(query, memberId, true);
  if (accountId !== null) await setRoleOfMember(query, { memberId, accountId, role }, nowMs);
}

async function openAccount(
  { database: { query } }: Needs,
  access: MemberAccess,
  serviceName: string,
): Promise<AccountAccess | null> {
  const member = authorize(access, 'profile.read');
  const account = await findByServiceName(query, serviceName);
  if (account === null) return null;
  const own: MemberRole | null = await readRoleOfMember(query, member.id, account.id);
  if (own === null && !member.isOperator) return null;
  if (own !== 'owner' && member.isOperator) return grantAccount(account, access.actor, 'operator', member.id);
  // Nothing is sent for an account that is not active; its members may still look.
  return grantAccount(account, access.actor, account.status === 'active' ? own! : 'viewer', member.id);
}
