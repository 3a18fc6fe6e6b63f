// Fields of templates: the values of one message, and those of the link. Used by the request writer and by the option table.
import type { OutboundMessage } from '#domain/delivery/connector.ts';
import type { Values } from './template.ts';

/** Values of the link that templates name. A field that a template names must be given (see option-table.ts). */
export interface LinkValues {
  readonly account: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
  readonly receiptUrl: string;
  readonly replyUrl: string;
  /** Makes `id` unknown to other installations with the same account of a carrier. */
  readonly idPrefix: string;
}

type Read = (message: OutboundMessage, link: LinkValues, nowMs: number) => string | null;

const secondsLeft: (unitMs: number) => Read = (unitMs) => (message, _link, nowMs) =>
  String(Math.max(1, Math.floor((message.expiresAtMs - nowMs) / unitMs)));

/** ECMA-262 §21.4.1.1. */
const maxDateMs = 8.64e15;

/** Each field with its value. docs/operating/carriers.md lists them. */
const fields: Readonly<Record<string, Read>> = {
  to: ({ msisdn }) => String(msisdn),
  'to.plus': ({ msisdn }) => `+${msisdn}`,
  from: ({ sender }) => sender,
  'from.plus': ({ sender }) => (sender !== null && /^[1-9]\d{6,14}$/.test(sender) ? `+${sender}` : sender),
  text: ({ text }) => text,
  'text.gsm': ({ text, encoding }) => (encoding === 'gsm7' ? text : null),
  'text.ucs2hex': ({ text, encoding }) =>
    encoding === 'gsm7' ? null : Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase(),
  encoding: ({ encoding }) => encoding,
  segments: ({ segments }) => String(segments),
  class: ({ messageClass }) => (messageClass === null ? null : String(messageClass)),
  id: (message, { idPrefix }) => idOf(message, idPrefix),
  'validity.ms': secondsLeft(1),
  'validity.seconds': secondsLeft(1_000),
  'validity.minutes': secondsLeft(60_000),
  'expires.iso': ({ expiresAtMs }) => new Date(Math.min(expiresAtMs, maxDateMs)).toISOString(),
  account: (_message, { account }) => account,
  user: (_message, { user }) => user,
  password: (_message, { password }) => password,
  token: (_message, { token }) => token,
  'receipt-url': (_message, { receiptUrl }) => receiptUrl,
  'reply-url': (_message, { replyUrl }) => replyUrl,
};

export const fieldNames: readonly string[] = Object.keys(fields);

export function isField(name: string): boolean {
  return Object.hasOwn(fields, name);
}

/** The same for each attempt to send the message, so that a carrier can recognize a repetition. */
export function idOf({ id }: Pick<OutboundMessage, 'id'>, prefix: string): string {
  return `${prefix}${id}`;
}

export function valuesOf(message: OutboundMessage, link: LinkValues, nowMs: number): Values {
  return (field) => fields[field]!(message, link, nowMs);
}
