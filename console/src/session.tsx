// The signed-in person and the account of the address. Used by every page through `useSession` and `useAccount`. Never
// decides about permissions: the server does; `canWrite` only keeps buttons away that would be refused.
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Answer } from '../../src/dialects/console/contract.ts';
import { call, queries, query, setCsrf } from './api.ts';
import { setKeysEnabled } from './parts/keys.ts';
import { setFormat } from './words/format.ts';

export type Session = Answer<'session.read'>;
export type Member = NonNullable<Session['member']>;
type SessionAccount = Session['accounts'][number];

export const sessionQuery = { ...query('session.read'), staleTime: 60_000 };

/** Reads the session and puts its token and its clock into use. */
export async function loadSession(): Promise<Session> {
  const session = await queries.fetchQuery(sessionQuery);
  adoptSession(session);
  return session;
}

/** Reads the session again, after it changed. */
export async function reloadSession(): Promise<Session> {
  await queries.invalidateQueries({ queryKey: sessionQuery.queryKey, refetchType: 'none' });
  const session = await queries.fetchQuery({ ...sessionQuery, staleTime: 0 });
  adoptSession(session);
  return session;
}

export function adoptSession(session: Session): void {
  setCsrf(session.csrf);
  setFormat({ serverNow: session.now });
  const preferences = session.member?.preferences;
  if (!preferences) return;
  setKeysEnabled(preferences.hasKeys);
  setFormat({ timeZone: preferences.timeDisplay === 'utc' ? 'UTC' : undefined });
  document.documentElement.style.setProperty('--row', preferences.density === 'comfortable' ? '44px' : '');
}

export function useSession(): Session & { readonly member: Member } {
  const { data } = useSuspenseQuery(sessionQuery);
  return data as Session & { readonly member: Member };
}

export interface CurrentAccount extends SessionAccount {
  /** Prefix of the pages of this account. */
  readonly base: string;
  readonly canWrite: boolean;
  /** Keys, members and credit. */
  readonly canOwn: boolean;
}

/** The account of the address. An operator may open accounts that the list of the session does not have. */
export function useAccount(): CurrentAccount {
  const { account } = useParams({ strict: false }) as { account: string };
  const session = useSession();
  const found = session.accounts.find((one) => one.account === account);
  const known: SessionAccount = found ?? {
    account,
    name: account,
    role: session.member.isOperator ? 'operator' : 'viewer',
  };
  return {
    ...known,
    base: `/a/${encodeURIComponent(account)}`,
    canWrite: known.role !== 'viewer',
    canOwn: known.role === 'owner' || known.role === 'operator',
  };
}

const lastAccountKey = 'chappe-account';

export function rememberAccount(account: string): void {
  try {
    localStorage.setItem(lastAccountKey, account);
  } catch {}
}

/**
 * The page after signing in: of operators the overview, except in a demonstration, which begins with its account; otherwise the
 * account that this browser opened last, else the first one.
 */
export function firstPage(session: Session): string {
  if (session.member?.isOperator && !session.installation.isDemo) return '/operator';
  let last: string | null = null;
  try {
    last = localStorage.getItem(lastAccountKey);
  } catch {}
  const account = session.accounts.find((one) => one.account === last) ?? session.accounts[0];
  return account ? `/a/${encodeURIComponent(account.account)}` : '/no-account';
}

export async function signOut(): Promise<void> {
  await call('session.signOut');
  window.location.assign('/console/sign-in');
}
