// The options of an HTTP link, as they are stored, with their defaults. Used by the option table, the presets and the
// connector. Never reads the environment.
import { type AnswerRule, parseAnswerRules } from './answers.ts';
import type { Verification } from './signatures.ts';

export type ReceiptState = 'delivered' | 'undelivered' | 'expired' | 'rejected' | 'unknown' | 'underway';
export const receiptStates: readonly ReceiptState[] = [
  'delivered',
  'undelivered',
  'expired',
  'rejected',
  'unknown',
  'underway',
];

type BodyFormat = 'none' | 'form' | 'json' | 'xml';
type Authentication = 'none' | 'basic' | 'bearer' | 'ovh';

/** Texts are templates or finders as an operator writes them. */
export interface HttpOptions {
  readonly preset: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Replaces {{base}} at the beginning of `url`. */
  readonly baseUrl: string;
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyFormat: BodyFormat;
  /** form and json: an object with templates. xml: a text. */
  readonly body: Readonly<Record<string, unknown>> | string;
  /** Further members of a form or JSON body; they replace those of `body`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly auth: Authentication;
  readonly account: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
  readonly answers: string;
  /** Where the answer has the carrier's references; `ours`: receipts repeat {{id}}. */
  readonly messageId: string;
  readonly errorCode: string;
  readonly concurrency: number;
  /** Requests a second over all processes; 0: no limit. */
  readonly rate: number;
  readonly timeoutMs: number;
  readonly pauseMs: number;
  readonly country: string | null;
  readonly receiptCount: 'each' | 'any';
  /** Where a body has its receipts; empty: the body is one. */
  readonly receiptList: string;
  readonly receiptId: string;
  readonly receiptStatus: string;
  /** Carriers' words in lower case. */
  readonly receiptStates: Readonly<Record<string, ReceiptState>>;
  readonly receiptError: string;
  readonly replyList: string;
  readonly replyFrom: string;
  readonly replyTo: string;
  readonly replyText: string;
  /** Finders of reference, total and part, separated by commas. */
  readonly replyParts: string;
  readonly verify: Verification;
  readonly callbackAnswer: string;
  readonly callbackAnswerType: string;
  /** Last part of the addresses for receipts and replies but one. */
  readonly callbackToken: string;
}

export const defaultHttpOptions: HttpOptions = {
  preset: '',
  method: 'POST',
  baseUrl: '',
  url: '',
  query: {},
  headers: {},
  bodyFormat: 'none',
  body: {},
  fields: {},
  auth: 'none',
  account: '',
  user: '',
  password: '',
  token: '',
  answers: '',
  messageId: '',
  errorCode: '',
  concurrency: 10,
  rate: 0,
  timeoutMs: 15_000,
  pauseMs: 1_000,
  country: null,
  receiptCount: 'any',
  receiptList: '',
  receiptId: '',
  receiptStatus: '',
  receiptStates: {},
  receiptError: '',
  replyList: '',
  replyFrom: '',
  replyTo: '',
  replyText: '',
  replyParts: '',
  verify: 'none',
  callbackAnswer: '',
  callbackAnswerType: 'text/plain',
  callbackToken: '',
};

export function rulesOf({ answers }: Pick<HttpOptions, 'answers'>): readonly AnswerRule[] {
  return answers === '' ? [] : (parseAnswerRules(answers) ?? []);
}
