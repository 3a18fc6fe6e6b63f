// Changes callback addresses and records the ones that the customer set: these are called only if they are public.
// Addresses that the operator set stay trusted. Used by the services that change callbacks.
import type { CallbackSettings, UserUrls } from './account.ts';

export const urlNames = ['receiptUrl', 'replyUrl', 'optOutUrl', 'visitUrl'] as const;

/**
 * The URL with `***` instead of its password. A client that sends this form back means the stored password
 * (`keepPassword`).
 */
export function shownUrl(url: string): string;
export function shownUrl(url: string | null): string | null;
export function shownUrl(url: string | null): string | null {
  return url === null ? null : url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:)[^/?#]*(?=@)/i, '$1***');
}

/** The stored URL if `written` is its shown form; otherwise `written`. */
export function keepPassword<T extends string | null | undefined>(
  written: T,
  stored: string | null,
): T | string {
  return stored !== null && written === shownUrl(stored) ? stored : written;
}

export type CallbacksChange = Partial<
  Omit<CallbackSettings, 'customerUrls' | 'userUrls' | 'signingKey' | 'formNumberFormat'>
>;

/** Changes of the customer; absent fields do not change. */
export function changeCallbacks(before: CallbackSettings, change: CallbacksChange): CallbackSettings {
  const after = { ...before, ...change };
  for (const name of urlNames) after[name] = keepPassword(after[name], before[name]);
  return asSet(
    after,
    urlNames.map((name) => (after[name] === before[name] ? null : after[name])),
  );
}

const noUrls: UserUrls = { receiptUrl: null, optOutUrl: null };

/** Changes the addresses of one user; null deletes them. */
export function changeUserUrls(
  before: CallbackSettings,
  userId: number,
  change: Partial<UserUrls> | null,
): CallbackSettings {
  const { [userId]: known = noUrls, ...others } = before.userUrls;
  const changed = change === null ? noUrls : { ...known, ...change };
  const own: UserUrls = {
    receiptUrl: keepPassword(changed.receiptUrl, known.receiptUrl),
    optOutUrl: keepPassword(changed.optOutUrl, known.optOutUrl),
  };
  const isNone = own.receiptUrl === null && own.optOutUrl === null;
  return asSet({ ...before, userUrls: isNone ? others : { ...others, [userId]: own } }, [
    own.receiptUrl === known.receiptUrl ? null : own.receiptUrl,
    own.optOutUrl === known.optOutUrl ? null : own.optOutUrl,
  ]);
}

/** Adds the addresses in `set` to those of the customer, and removes addresses that are not in use. */
function asSet(after: CallbackSettings, set: readonly (string | null)[]): CallbackSettings {
  const inUse = new Set<string | null>(urlNames.map((name) => after[name]));
  for (const { receiptUrl, optOutUrl } of Object.values(after.userUrls)) inUse.add(receiptUrl).add(optOutUrl);
  const customerUrls = [...new Set([...after.customerUrls, ...set])].filter(
    (url): url is string => url !== null && inUse.has(url),
  );
  return { ...after, customerUrls };
}

/** Whether the account or one of its users has this address. */
export function isSetForAny(callbacks: CallbackSettings, name: keyof UserUrls): boolean {
  return callbacks[name] !== null || Object.values(callbacks.userUrls).some((urls) => urls[name] !== null);
}

/** Faults of an address, with the remedy. */
export const urlProblems = {
  malformed: 'Write an address as https://example.com/path.',
  private: 'This address is not a public one. The operator of the platform can allow private addresses.',
} as const;
