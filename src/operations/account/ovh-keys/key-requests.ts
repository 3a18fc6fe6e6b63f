// Requests of applications for consumer keys: a request returns a key without access, and the address of a page on which a
// customer validates the key or refuses it. The address is enough to read the request. A request that is not decided
// within a day expires.

import type { Account } from '#domain/account/account.ts';
import { hashSecret, randomToken } from '#lib/security/secrets.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Context } from '#pipeline/context.ts';
import { findApplication, readApplication } from '#store/accounts/applications.ts';
import {
  type ConsumerKeyRule,
  countPendingKeys,
  decideConsumerKey,
  findByValidation,
  insertConsumerKey,
} from '#store/accounts/consumer-keys.ts';
import { notify } from '#store/database/notices.ts';
import type { RecordChange } from './applications.ts';

type Needs = Pick<Context, 'database' | 'clock'>;

export interface KeyOrder {
  readonly rules: readonly ConsumerKeyRule[];
  /** CIDR blocks of permitted addresses; none: any address. */
  readonly allowedIps: readonly string[];
  /** Redirect of the person's browser after the decision. */
  readonly redirection: string | null;
}

export interface RequestedKey {
  readonly consumerKey: string;
  /** 64 characters, for the address of the page. */
  readonly validationToken: string;
}

/** The request for its decision page. */
export interface KeyRequest extends KeyOrder {
  readonly id: number;
  readonly application: { readonly name: string; readonly description: string };
}

const openMs = dayMs;
/** Limit of open requests: an application key is not secret, and its holders could fill the table. */
const maxPending = 1_000;

export async function requestConsumerKey(
  { database: { query }, clock }: Needs,
  applicationKey: string,
  order: KeyOrder,
): Promise<RequestedKey | 'no-application' | 'too-many'> {
  const application = await findApplication(query, applicationKey);
  if (application === null) return 'no-application';
  const nowMs = clock.now();
  if ((await countPendingKeys(query, application.id, nowMs - openMs)) >= maxPending) return 'too-many';
  const consumerKey = randomToken(32);
  const validationToken = randomToken(64);
  await insertConsumerKey(
    query,
    {
      ...order,
      applicationId: application.id,
      accountId: null,
      status: 'pending',
      expiresAtMs: null,
      keySha256: hashSecret(consumerKey),
      validationSha256: hashSecret(validationToken),
    },
    nowMs,
  );
  return { consumerKey, validationToken };
}

/** Null for an unknown token, a decided request, or an expired one. */
export async function readKeyRequest(
  { database: { query }, clock }: Needs,
  validationToken: string,
): Promise<KeyRequest | null> {
  const key = await findByValidation(query, hashSecret(validationToken));
  if (key === null || key.status !== 'pending' || key.createdAtMs < clock.now() - openMs) return null;
  const application = await readApplication(query, key.applicationId);
  return application && { ...key, application };
}

/** Validates the key for the customer. Null lifetime: it never expires. False if the request was decided before. */
export async function validateConsumerKey(
  { database, clock }: Needs,
  id: number,
  account: Account,
  lifetimeMs: number | null,
  record: RecordChange,
): Promise<boolean> {
  const expiresAtMs = lifetimeMs === null ? null : clock.now() + lifetimeMs;
  return decide(database, id, { status: 'validated', accountId: account.id, expiresAtMs }, record);
}

/** Refuses without a sign-in. False if the request was decided before. */
export async function refuseConsumerKey({ database }: Needs, id: number): Promise<boolean> {
  return decide(database, id, { status: 'refused', accountId: null, expiresAtMs: null });
}

function decide(
  database: Needs['database'],
  id: number,
  decision: Parameters<typeof decideConsumerKey>[2],
  record?: RecordChange,
): Promise<boolean> {
  return database.transaction(async (query) => {
    if (!(await decideConsumerKey(query, id, decision))) return false;
    await record?.(query, `key ${id}`);
    await notify(query, 'accounts');
    return true;
  });
}
