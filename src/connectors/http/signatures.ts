// Signatures of requests to carriers and of their callbacks. Used by the request writer and by the reader of callbacks.
// Sources: docs/operating/http-carriers.md#presets.
import { createHash, createHmac } from 'node:crypto';
import { isSameHash } from '#lib/security/secrets.ts';

export const verifications = ['none', 'twilio', 'vonage', 'sinch', 'messagebird', 'bird', 'android'] as const;
export type Verification = (typeof verifications)[number];

/** Headers of a call to OVH (docs/dialects/ovh.md#keys-and-signatures). */
export function ovhHeaders(
  keys: { readonly application: string; readonly secret: string; readonly consumer: string },
  request: { readonly method: string; readonly url: string; readonly body: string | null },
  nowMs: number,
): Record<string, string> {
  const seconds = Math.floor(nowMs / 1000);
  const { application, secret, consumer } = keys;
  const signed = [secret, consumer, request.method, request.url, request.body ?? '', seconds].join('+');
  return {
    'x-ovh-application': application,
    'x-ovh-consumer': consumer,
    'x-ovh-timestamp': String(seconds),
    'x-ovh-signature': `$1$${createHash('sha1').update(signed).digest('hex')}`,
  };
}

export interface SignedCallback {
  /** As the carrier called it, with the query. */
  readonly url: string;
  readonly header: (name: string) => string | null;
  readonly query: Readonly<Record<string, string>>;
  /** Members of a form; empty for another body. */
  readonly form: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Secrets {
  readonly password: string;
  readonly token: string;
}

/** Whether the signature is the carrier's. Without a secret of the carrier, only the token in the address protects. */
export function isGenuine(
  verify: Verification,
  callback: SignedCallback,
  { password, token }: Secrets,
): boolean {
  switch (verify) {
    case 'none':
      return true;
    case 'twilio':
      return password !== '' && isTwilio(callback, password);
    case 'vonage':
      return token === '' || isVonage({ ...callback.query, ...callback.form }, token);
    case 'sinch':
      return token === '' || isSinch(callback, token);
    case 'messagebird':
      return token === '' || isMessageBird(callback, token);
    case 'bird':
      return token === '' || isBird(callback, token);
    case 'android':
      return token === '' || isAndroid(callback, token);
  }
}

const hmac = (secret: string) => createHmac('sha256', Buffer.from(secret, 'utf8'));

/** Over body, nonce and time. Their age is not checked: a repeated receipt or reply counts once, and carriers repeat for hours. */
function isSinch({ header, body }: SignedCallback, secret: string): boolean {
  const nonce = header('x-sinch-webhook-signature-nonce') ?? '';
  const time = header('x-sinch-webhook-signature-timestamp') ?? '';
  const expected = hmac(secret).update(body).update(`.${nonce}.${time}`, 'utf8').digest();
  return isSameHash(expected, Buffer.from(header('x-sinch-webhook-signature') ?? '', 'base64'));
}

/** A JSON Web Token (RFC 7519, HS256) with the hashes of the address and of the body. */
function isMessageBird({ url, header, body }: SignedCallback, secret: string): boolean {
  const parts = (header('messagebird-signature-jwt') ?? '').split('.');
  const [head, claims, signature] = parts;
  if (head === undefined || claims === undefined || signature === undefined || parts.length !== 3)
    return false;
  const expected = hmac(secret).update(`${head}.${claims}`, 'utf8').digest();
  if (!isSameHash(expected, Buffer.from(signature, 'base64url'))) return false;
  if (readPart(head)['alg'] !== 'HS256') return false;
  const { url_hash: urlHash, payload_hash: payloadHash } = readPart(claims);
  const isBody = body.length === 0 ? payloadHash === undefined : payloadHash === sha256Hex(body);
  return urlHash === sha256Hex(Buffer.from(url, 'utf8')) && isBody;
}

const sha256Hex = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

function readPart(part: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Over time, address and the hash of the body, in octets. */
function isBird({ url, header, body }: SignedCallback, secret: string): boolean {
  const time = header('messagebird-request-timestamp') ?? '';
  const hash = createHash('sha256').update(body).digest();
  const expected = hmac(secret).update(`${time}\n${url}\n`, 'utf8').update(hash).digest();
  return isSameHash(expected, Buffer.from(header('messagebird-signature') ?? '', 'base64'));
}

/** Over body and time. */
function isAndroid({ header, body }: SignedCallback, secret: string): boolean {
  const expected = hmac(secret)
    .update(body)
    .update(header('x-timestamp') ?? '', 'utf8')
    .digest();
  return isSameHash(expected, Buffer.from(header('x-signature') ?? '', 'hex'));
}

/** X-Twilio-Signature: HMAC-SHA-1 of the URL followed by the sorted members of the form. */
function isTwilio({ url, header, form }: SignedCallback, authToken: string): boolean {
  const members = Object.keys(form).sort();
  const signed = url + members.map((name) => name + form[name]).join('');
  const expected = createHmac('sha1', authToken).update(signed, 'utf8').digest();
  return isSameHash(expected, Buffer.from(header('x-twilio-signature') ?? '', 'base64'));
}

const vonageAlgorithms: Readonly<Record<number, readonly string[]>> = {
  32: ['md5hash', 'md5'],
  40: ['sha1'],
  64: ['sha256'],
  128: ['sha512'],
};

/** `sig` over the sorted other members; & and = in values count as _. */
function isVonage(members: Readonly<Record<string, string>>, secret: string): boolean {
  const sig = (members['sig'] ?? '').toLowerCase();
  const signed = Object.keys(members)
    .filter((name) => name !== 'sig')
    .sort()
    .map((name) => `&${name}=${members[name]!.replace(/[&=]/g, '_')}`)
    .join('');
  const given = Buffer.from(sig, 'hex');
  return (vonageAlgorithms[sig.length] ?? []).some((algorithm) => {
    const expected =
      algorithm === 'md5hash'
        ? createHash('md5')
            .update(signed + secret, 'utf8')
            .digest()
        : createHmac(algorithm, secret).update(signed, 'utf8').digest();
    return isSameHash(expected, given);
  });
}
