// Authorizes a call: checks keys, time, signature, rules and address, in this order, each with the error that clients know
// (docs/dialects/ovh.md#keys-and-signatures). Used by routes.ts.
import { isInBlocks } from '#lib/net/address-guard.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { KnownConsumer } from '#operations/account/credentials/service.ts';
import { isGranted } from './access-rules.ts';
import type { OvhServices } from './call-context.ts';
import {
  badSignature,
  invalidCredential,
  notGranted,
  OvhRefusal,
  outOfTime,
  unknownApplication,
  unknownCredential,
} from './errors.ts';
import { isSignedBy, signedOrigins } from './signature.ts';

interface CallHeaders {
  readonly host: string | undefined;
  readonly application: string | undefined;
  readonly consumer: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export interface UnverifiedCall {
  readonly headers: CallHeaders;
  /** The method as sent and signed. */
  readonly method: string;
  /** The method that decides the answer: GET for a HEAD. */
  readonly asks: string;
  /** The target as in the request line. */
  readonly target: string;
  /** The path without version, query and trailing slashes; not decoded. */
  readonly path: string;
  /** The query without the question mark, not decoded. */
  readonly query: string;
  readonly body: Buffer;
  readonly ip: string;
}

export interface AuthorizedCall {
  readonly consumer: KnownConsumer;
  readonly customer: AccountAccess;
}

export async function authorize(services: OvhServices, call: UnverifiedCall): Promise<AuthorizedCall> {
  const { consumer: consumerKey, timestamp, signature } = call.headers;
  const consumer = await judgeKeys(services, call);
  if (!consumerKey || consumer.key === null) throw unknownCredential();
  if (!isInTime(timestamp, services)) throw outOfTime();
  const request = { ...call, timestamp: timestamp!, signature: signature ?? '' };
  const origins = signedOrigins(call.headers.host, services.publicUrls);
  if (consumer.secret === null || !isSignedBy(consumer.secret, consumerKey, request, origins))
    throw badSignature();
  const { key, access } = consumer;
  const isOver = key.expiresAtMs !== null && key.expiresAtMs <= services.clock.now();
  if (key.status !== 'validated' || isOver || access === null) throw invalidCredential();
  if (access.account.status !== 'active') throw new OvhRefusal(403, 'This account is disabled');
  if (!isGranted(key.rules, call.asks, call.path) && !isOfItself(call)) throw notGranted();
  if (key.allowedIps.length > 0 && !isInBlocks(key.allowedIps, call.ip))
    throw new OvhRefusal(403, 'This credential may not be used from this address');
  services.credentials.noteUse(key);
  return { consumer, customer: access };
}

/** Checks that the keys exist, before a large body is read. */
export async function judgeKeys(
  services: OvhServices,
  { headers, ip }: Pick<UnverifiedCall, 'headers' | 'ip'>,
): Promise<KnownConsumer> {
  const { application, consumer: consumerKey } = headers;
  if (!application) throw unknownApplication();
  const consumer = await services.credentials.findConsumer(application, consumerKey ?? '', ip);
  if (consumer === null) throw unknownApplication();
  if (consumerKey && consumer.key === null) throw unknownCredential();
  return consumer;
}

/** Every key may read and end itself, with any rules: clients call this first (OVH's Terraform provider). */
function isOfItself({ asks, path }: UnverifiedCall): boolean {
  return (
    (asks === 'GET' && path === '/auth/currentCredential') || (asks === 'POST' && path === '/auth/logout')
  );
}

function isInTime(timestamp: string | undefined, { clock, clockWindowSeconds }: OvhServices): boolean {
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(Number(timestamp) - clock.now() / 1000) <= clockWindowSeconds;
}
