// Whether a call may be made: its keys, its time, its signature, its rules, its address; in this order, each with the
// error that clients know (docs/dialects/ovh.md#keys-and-signatures).
import type { Account } from '#domain/account/account.ts';
import { isInBlocks } from '#lib/net/address-guard.ts';
import type { Consumer } from '#operations/account/credentials/consumer-keys.ts';
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

export interface CallHeaders {
  readonly host: string | undefined;
  readonly application: string | undefined;
  readonly consumer: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export interface UnverifiedCall {
  readonly headers: CallHeaders;
  /** As it was sent and signed. */
  readonly method: string;
  /** What it asks for: a HEAD asks for what a GET answers. */
  readonly asks: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** Without version, query and slashes at its end; not decoded. */
  readonly path: string;
  /** As it stands behind the path, without its question mark. */
  readonly query: string;
  readonly body: Buffer;
  readonly ip: string;
}

export interface AuthorizedCall {
  readonly consumer: Consumer;
  readonly customer: Account;
}

export async function authorize(services: OvhServices, call: UnverifiedCall): Promise<AuthorizedCall> {
  const { consumer: consumerKey, timestamp, signature } = call.headers;
  const consumer = await judgeKeys(services, call.headers);
  if (!consumerKey || consumer.key === null) throw unknownCredential();
  if (!isInTime(timestamp, services)) throw outOfTime();
  const request = { ...call, timestamp: timestamp!, signature: signature ?? '' };
  const origins = signedOrigins(call.headers.host, services.publicUrls);
  if (consumer.secret === null || !isSignedBy(consumer.secret, consumerKey, request, origins))
    throw badSignature();
  const { key, account } = consumer;
  const isOver = key.expiresAtMs !== null && key.expiresAtMs <= services.clock.now();
  if (key.status !== 'validated' || isOver || account === null) throw invalidCredential();
  if (account.status !== 'active') throw new OvhRefusal(403, 'This account is disabled');
  if (!isGranted(key.rules, call.asks, call.path) && !isOfItself(call)) throw notGranted();
  if (key.allowedIps.length > 0 && !isInBlocks(key.allowedIps, call.ip))
    throw new OvhRefusal(403, 'This credential may not be used from this address');
  services.desks.consumers.noteUse(key);
  return { consumer, customer: account };
}

/** Whether the keys are known at all; before a large body is kept for them. */
export async function judgeKeys(
  services: OvhServices,
  { application, consumer: consumerKey }: Pick<CallHeaders, 'application' | 'consumer'>,
): Promise<Consumer> {
  if (!application) throw unknownApplication();
  const consumer = await services.desks.consumers.find(application, consumerKey ?? '');
  if (consumer === null) throw unknownApplication();
  if (consumerKey && consumer.key === null) throw unknownCredential();
  return consumer;
}

/** Every key may say what it is and end itself, whatever its rules: clients look at it first (OVH's Terraform does). */
function isOfItself({ asks, path }: UnverifiedCall): boolean {
  return (
    (asks === 'GET' && path === '/auth/currentCredential') || (asks === 'POST' && path === '/auth/logout')
  );
}

function isInTime(timestamp: string | undefined, { clock, clockWindowSeconds }: OvhServices): boolean {
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(Number(timestamp) - clock.now() / 1000) <= clockWindowSeconds;
}
