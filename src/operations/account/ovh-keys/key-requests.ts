// An application asks for leave to call for a customer: it gets a key that opens nothing yet, and the address of a page
// where a customer validates the key as his own, or refuses it. Whoever has that address may look at the request; who has
// neither seen nor decided it for a day, never will.

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
  /** CIDR blocks it may be used from; none: from anywhere. */
  readonly allowedIps: readonly string[];
  /** Where the person's browser goes after the decision. */
  readonly redirection: string | null;
}

export interface RequestedKey {
  readonly consumerKey: string;
  /** 64 characters, for the address of the page. */
  readonly validationToken: string;
}

/** What somebody who is to decide about it sees. */
export interface KeyRequest extends KeyOrder {
  readonly id: number;
  readonly application: { readonly name: string; readonly description: string };
}

const openMs = dayMs;
/** An application key is no secret: who has it could otherwise fill the table. */
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

/** Null when there is none of this token, or it was decided, or it is too old. */
export async function readKeyRequest(
  { database: { query }, clock }: Needs,
  validationToken: string,
): Promise<KeyRequest | null> {
  const key = await findByValidation(query, hashSecret(validationToken));
  if (key === null || key.status !== 'pending' || key.createdAtMs < clock.now() - openMs) return null;
  const application = await readApplication(query, key.applicationId);
  return application && { ...key, application };
}

/** The key becomes the customer's own. Null lifetime: it never ends. False when somebody decided before. */
export async function validateConsumerKey(
  { database, clock }: Needs,
  id: number,
  account: Account,
  lifetimeMs: number | null,
  record?: RecordChange,
): Promise<boolean> {
  const expiresAtMs = lifetimeMs === null ? null : clock.now() + lifetimeMs;
  return decide(database, id, { status: 'validated', accountId: account.id, expiresAtMs }, record);
}

/** Nobody needs to sign in to say no. False when somebody decided before. */
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
