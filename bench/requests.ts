// The requests of a bench, one prebuilt block of bytes each in which only numbers are patched, and the check that
// an answer really accepts them. Serves the load generator.
// Never counts a status alone as an acceptance: the body must confirm it with the number or the count that was sent.

import { numberPrefix, patchDigits, patchedDigits, patchNumber } from './numbers.ts';

/** The system and the dialect that receive requests. */
export interface Target {
  readonly dialect: 'chappe-legacy' | 'chappe-rest' | 'kannel';
  readonly port: number;
  readonly login: string;
  readonly key: string;
  /** Kannel takes the address of receipts with each request; Chappe takes it from the account. */
  readonly callbackUrl: string;
}

/** A request for `size` consecutive messages, to be patched and written again and again. */
export interface PreparedRequest {
  readonly bytes: Buffer;
  /** Makes it the request for the messages from `offset` on. */
  patch(offset: number): void;
  isAccepted(status: number, body: Buffer): boolean;
}

const blank = '0'.repeat(patchedDigits);
const codeDigits = 6;
const blankCode = '0'.repeat(codeDigits);
/** Every single message has a distinct text, so that no cache of texts helps. One segment. */
const singleText = `Votre code de confirmation est ${blankCode}. Il expire dans dix minutes.`;
/** A campaign has one text for all, as campaigns have. One segment. */
const campaignText = 'Votre commande est arrivee. Elle vous attend au magasin jusqu a samedi 19 heures.';

export function prepareRequest(target: Target, size: number): PreparedRequest {
  switch (target.dialect) {
    case 'chappe-legacy':
      return prepareLegacy(target, size);
    case 'chappe-rest':
      return prepareRest(target, size);
    case 'kannel':
      return prepareKannel(target, size);
  }
}

function prepareLegacy(target: Target, size: number): PreparedRequest {
  const body = form({
    user_login: target.login,
    api_key: target.key,
    sms_recipients: Array.from({ length: size }, () => `+${numberPrefix}${blank}`).join(','),
    sms_type: 'FR',
    sms_sender: 'Bench',
    transactional: '1',
    sms_text: size === 1 ? singleText : campaignText,
  });
  const bytes = post('/api/sms', target, 'application/x-www-form-urlencoded', '', body);
  const taken = Buffer.from('<error_code>000</error_code>');
  const number = Buffer.from(`${numberPrefix}${blank}`);
  const patchable = patchableOf(bytes, size);
  return {
    bytes,
    patch(offset) {
      patchable(offset);
      patchNumber(number, numberPrefix.length, offset);
    },
    // The reply names each recipient: the first one must be ours.
    isAccepted: (status, reply) => status === 200 && reply.includes(taken) && reply.includes(number),
  };
}

function prepareRest(target: Target, size: number): PreparedRequest {
  const body = JSON.stringify({
    recipients: Array.from({ length: size }, () => ({ phone_number: `+${numberPrefix}${blank}` })),
    text: size === 1 ? singleText : campaignText,
    type: 'sms_premium',
    purpose: 'alert',
    sender: 'Bench',
  });
  const keys = `api-login: ${target.login}\r\napi-key: ${target.key}\r\n`;
  const bytes = post('/v1/public/sms-campaign/send', target, 'application/json', keys, body);
  return {
    bytes,
    patch: patchableOf(bytes, size),
    isAccepted: (status, reply) =>
      status === 201 && contactCount.exec(reply.toString('latin1'))?.[1] === String(size),
  };
}

const contactCount = /"number_of_contacts": ?(\d+)[,}]/;

function prepareKannel(target: Target, size: number): PreparedRequest {
  // One recipient: its number is in the receipt's URL. Several: Kannel inserts it (%p).
  const number = size === 1 ? `${numberPrefix}${blank}` : '%p';
  const query = form({
    username: target.login,
    password: target.key,
    from: 'Bench',
    to: Array.from({ length: size }, () => `+${numberPrefix}${blank}`).join(' '),
    text: size === 1 ? singleText : campaignText,
    'dlr-mask': '3',
    'dlr-url': `${target.callbackUrl}?number=${number}&status=%d`,
  });
  const bytes = Buffer.from(
    `GET /cgi-bin/sendsms?${query} HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nConnection: keep-alive\r\n\r\n`,
  );
  return {
    bytes,
    patch: patchableOf(bytes, size === 1 ? 2 : size),
    isAccepted: (status, reply) => status === 202 && reply.includes(kannelTaken),
  };
}

const kannelTaken = Buffer.from('0: Accepted for delivery');

function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

function post(path: string, target: Target, contentType: string, headers: string, body: string): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n${headers}` +
      `Content-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** Finds the places of the numbers (`count` of them, the last repeated ones meaning one message) and of the code. */
function patchableOf(bytes: Buffer, count: number): (offset: number) => void {
  const positions = positionsOf(bytes, numberPrefix + blank).map((at) => at + numberPrefix.length);
  if (positions.length !== count) throw new Error(`expected ${count} numbers, found ${positions.length}`);
  const [code] = positionsOf(bytes, `est+${blankCode}`).map((at) => at + 4);
  if (code === undefined) {
    return (offset) => {
      for (let i = 0; i < count; i++) patchNumber(bytes, positions[i]!, offset + i);
    };
  }
  return (offset) => {
    for (let i = 0; i < count; i++) patchNumber(bytes, positions[i]!, offset);
    patchDigits(bytes, code, offset % 10 ** codeDigits, codeDigits);
  };
}

function positionsOf(bytes: Buffer, text: string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at);
  return found;
}
