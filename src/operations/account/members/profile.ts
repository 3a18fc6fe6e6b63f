// The profile of the signed-in person: name, preferences, password, second factor, sessions. Used by the console.
// A change of the password ends the other sessions; a gain of rights replaces the token of the session.
import type { Member, Preferences } from '#domain/account/member.ts';
import type { Passwords } from '#lib/security/passwords.ts';
import type { Seal } from '#lib/security/sealing.ts';
import { hashSecretHex, newNonce } from '#lib/security/secrets.ts';
import { matchTotp, newTotpSecret, toBase32, totpUri } from '#lib/security/totp.ts';
import { type WeakPassword, weaknessOf } from '#lib/security/weak-passwords.ts';
import { hourMs } from '#lib/time/duration.ts';
import type { AccountAccess, MemberAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  deleteOtherSessions,
  deleteSession,
  findSessionOfMember,
  listSessions,
  setPendingTotp,
  showNumbersInSession,
} from '#store/accounts/member-sessions.ts';
import {
  countRecoveryCodes,
  findMemberByEmail,
  lockMember,
  replaceRecoveryCodes,
  setMemberIdentity,
  setMemberPassword,
  setMemberTotp,
  updateMemberProfile,
} from '#store/accounts/members.ts';
import type { Query } from '#store/database/database.ts';
import { type OpenedSession, openSession, type Visitor } from './open-session.ts';
import { checkPassword, type TooManyAttempts } from './password-check.ts';

interface OwnSession {
  readonly id: number;
  readonly isCurrent: boolean;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
  readonly expiresAtMs: number;
  readonly address: string;
  readonly agent: string;
}

interface ProfileChange {
  readonly name: string | null;
  readonly language: 'en' | 'fr' | null;
  readonly preferences: Partial<Preferences>;
}

type Checked = 'wrong' | TooManyAttempts;

export interface Profile {
  countRecoveryCodes(access: MemberAccess): Promise<number>;
  update(access: MemberAccess, change: ProfileChange): Promise<Member>;
  /** E-mail and password of a person who has none, or who came by a one-time link. */
  setUp(
    access: MemberAccess,
    identity: { readonly name: string; readonly email: string; readonly password: string },
    visitor: Visitor,
  ): Promise<OpenedSession | 'not-allowed' | 'email-taken' | WeakPassword>;
  changePassword(
    access: MemberAccess,
    change: { readonly current: string; readonly password: string },
    visitor: Visitor,
  ): Promise<OpenedSession | Checked | WeakPassword>;
  listSessions(access: MemberAccess): Promise<readonly OwnSession[]>;
  /** False if the person has no such session. */
  endSession(access: MemberAccess, id: number): Promise<boolean>;
  /** Ends all sessions but this one; returns their number. */
  endOtherSessions(access: MemberAccess): Promise<number>;
  /** The secret is in use from `confirmTotp` on. */
  startTotp(
    access: MemberAccess,
    proof: { readonly password: string; readonly issuer: string },
  ): Promise<{ readonly secret: string; readonly uri: string } | Checked>;
  /** Returns ten recovery codes. Null: there is no secret to confirm. */
  confirmTotp(
    access: MemberAccess,
    code: string,
    visitor: Visitor,
  ): Promise<{ readonly opened: OpenedSession; readonly recoveryCodes: readonly string[] } | 'wrong' | null>;
  stopTotp(access: MemberAccess, password: string): Promise<Checked | 'stopped'>;
  /** Replaces all recovery codes. Null: there is no second factor. */
  renewRecoveryCodes(access: MemberAccess, password: string): Promise<readonly string[] | Checked | null>;
  /** Whole numbers of the account in this session, for an hour. */
  showNumbers(access: MemberAccess, account: AccountAccess): Promise<void>;
}

const recoveryCodes = 10;
const recoveryCodeBytes = 10;
const showNumbersMs = hourMs;

interface ProfileNeeds {
  readonly passwords: Passwords;
  readonly seal: Seal;
}

type Needs = Pick<Context, 'database' | 'clock'> & ProfileNeeds;

export function createProfile(context: Pick<Context, 'database' | 'clock'>, given: ProfileNeeds): Profile {
  const { database, clock } = context;
  const needs: Needs = { database, clock, ...given };
  return {
    countRecoveryCodes: async (access) =>
      countRecoveryCodes(database.query, authorize(access, 'profile.read').id),
    async update(access, change) {
      const member = authorize(access, 'profile.write');
      return (await updateMemberProfile(database.query, member.id, change)) ?? member;
    },
    setUp: async (access, identity, visitor) => setUp(needs, access, identity, visitor),
    changePassword: async (access, change, visitor) => changePassword(needs, access, change, visitor),
    async listSessions(access) {
      const member = authorize(access, 'profile.read');
      const sessions = await listSessions(database.query, member.id, clock.now());
      return sessions.map(({ id, createdAtMs, lastSeenAtMs, expiresAtMs, address, agent }) => {
        return {
          id,
          isCurrent: id === access.session.id,
          createdAtMs,
          lastSeenAtMs,
          expiresAtMs,
          address,
          agent,
        };
      });
    },
    endSession: async (access, id) =>
      deleteSession(database.query, authorize(access, 'profile.write').id, id),
    endOtherSessions: async (access) =>
      deleteOtherSessions(database.query, authorize(access, 'profile.write').id, access.session.id),
    async startTotp(access, { password, issuer }) {
      const member = authorize(access, 'profile.write');
      const checked = await proofOf(needs, access, password);
      if (checked !== 'right') return checked;
      const secret = newTotpSecret();
      await setPendingTotp(database.query, access.session.id, needs.seal.close(secret));
      return { secret, uri: totpUri(secret, member.email ?? member.name, issuer) };
    },
    confirmTotp: async (access, code, visitor) => confirmTotp(needs, access, code, visitor),
    async stopTotp(access, password) {
      const member = authorize(access, 'profile.write');
      const checked = await proofOf(needs, access, password);
      if (checked !== 'right') return checked;
      await database.transaction(async (query) => {
        await setMemberTotp(query, member.id, null, null);
        await replaceRecoveryCodes(query, member.id, []);
        await auditOwn(query, access, 'second-factor.stopped', clock.now());
      });
      return 'stopped';
    },
    async renewRecoveryCodes(access, password) {
      const member = authorize(access, 'profile.write');
      if (!member.hasTotp) return null;
      const checked = await proofOf(needs, access, password);
      if (checked !== 'right') return checked;
      return database.transaction(async (query) => {
        await auditOwn(query, access, 'recovery-codes.renewed', clock.now());
        return renewCodes(query, member.id);
      });
    },
    async showNumbers(access, account) {
      authorize(access, 'profile.write');
      const { id } = authorize(account, 'history.read');
      await database.transaction(async (query) => {
        await showNumbersInSession(query, access.session.id, id, clock.now() + showNumbersMs);
        const change = { action: 'numbers.shown', target: account.account.serviceName };
        await auditChange(query, account, change, clock.now());
      });
    },
  };
}

/** A person without a password, who came by a one-time link, proves nothing more. */
async function proofOf(needs: Needs, access: MemberAccess, password: string): Promise<'right' | Checked> {
  const { email, hasPassword } = access.member;
  if (email === null || !hasPassword) return access.session.canSetPassword ? 'right' : 'wrong';
  const checked = await checkPassword(needs, { email, password, address: access.actor.address ?? '' });
  return checked === 'wrong' || 'retryAfterMs' in checked ? checked : 'right';
}

async function auditOwn(query: Query, access: MemberAccess, action: string, nowMs: number): Promise<void> {
  const { id, email } = access.member;
  await auditChange(query, access, { action, target: email ?? `#${id}` }, nowMs);
}

/** Replaces the session by one with another token and the same validity. */
async function replaceSession(query: Query, access: MemberAccess, visitor: Visitor, nowMs: number) {
  const { member, session } = access;
  await deleteSession(query, member.id, session.id);
  const order = { memberId: member.id, isComplete: true, isLong: session.isLong };
  return openSession(query, order, visitor, nowMs);
}

async function setUp(
  { database, clock, passwords }: Needs,
  access: MemberAccess,
  { name, email, password }: { readonly name: string; readonly email: string; readonly password: string },
  visitor: Visitor,
): Promise<OpenedSession | 'not-allowed' | 'email-taken' | WeakPassword> {
  const member = authorize(access, 'profile.write');
  if (member.hasPassword && !access.session.canSetPassword) return 'not-allowed';
  const weakness = weaknessOf(password, email);
  if (weakness !== null) return weakness;
  const passwordHash = await passwords.hash(password);
  const nowMs = clock.now();
  return database.transaction(async (query) => {
    if ((await lockMember(query, member.id)) === null) return 'not-allowed';
    const other = await findMemberByEmail(query, email);
    if (other !== null && other.member.id !== member.id) return 'email-taken';
    await setMemberIdentity(query, member.id, { email, name, passwordHash });
    await deleteOtherSessions(query, member.id, access.session.id);
    const change = { action: 'password.set', target: email };
    await auditChange(query, access, change, nowMs);
    return replaceSession(query, access, visitor, nowMs);
  });
}

async function changePassword(
  needs: Needs,
  access: MemberAccess,
  { current, password }: { readonly current: string; readonly password: string },
  visitor: Visitor,
): Promise<OpenedSession | Checked | WeakPassword> {
  const { database, clock, passwords } = needs;
  const member = authorize(access, 'profile.write');
  const checked = await proofOf(needs, access, current);
  if (checked !== 'right') return checked;
  const weakness = weaknessOf(password, member.email);
  if (weakness !== null) return weakness;
  const passwordHash = await passwords.hash(password);
  const nowMs = clock.now();
  return database.transaction(async (query) => {
    await setMemberPassword(query, member.id, passwordHash);
    await deleteOtherSessions(query, member.id, access.session.id);
    await auditOwn(query, access, 'password.set', nowMs);
    return replaceSession(query, access, visitor, nowMs);
  });
}

async function confirmTotp(
  { database, clock, seal }: Needs,
  access: MemberAccess,
  code: string,
  visitor: Visitor,
): Promise<{ readonly opened: OpenedSession; readonly recoveryCodes: readonly string[] } | 'wrong' | null> {
  const member = authorize(access, 'profile.write');
  const nowMs = clock.now();
  const session = await findSessionOfMember(database.query, member.id, access.session.id);
  if (session === null || session.totpPending === null) return null;
  const sealed = session.totpPending;
  const step = matchTotp(seal.open(sealed), code.replace(/\s/g, ''), nowMs, null);
  if (step === null) return 'wrong';
  return database.transaction(async (query) => {
    await setMemberTotp(query, member.id, sealed, step);
    const codes = await renewCodes(query, member.id);
    await auditOwn(query, access, 'second-factor.started', nowMs);
    return { opened: await replaceSession(query, access, visitor, nowMs), recoveryCodes: codes };
  });
}

/** In groups of four characters, for paper. */
async function renewCodes(query: Query, memberId: number): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodes }, () => toBase32(newNonce(recoveryCodeBytes)));
  await replaceRecoveryCodes(query, memberId, codes.map(hashSecretHex));
  return codes.map((code) => code.replace(/(.{4})(?=.)/g, '$1-'));
}
