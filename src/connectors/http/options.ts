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
export const authentications = ['none', 'basic', 'bearer', 'ovh', 'hmac', 'oauth'] as const;
type Authentication = (typeof authentications)[number];
export const signAlgorithms = ['sha256', 'sha512', 'sha1', 'md5'] as const;
export const signEncodings = ['hex', 'base64', 'base64url'] as const;
export const signKeys = ['text', 'hex', 'base64'] as const;

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
  /** Template of the text that `auth: hmac` signs. */
  readonly sign: string;
  readonly signAlgorithm: (typeof signAlgorithms)[number];
  readonly signEncoding: (typeof signEncodings)[number];
  readonly signKey: (typeof signKeys)[number];
  /** Address that gives access tokens to `auth: oauth`. */
  readonly oauthUrl: string;
  readonly oauthScope: string;
  readonly oauthClient: 'basic' | 'form';
  readonly account: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
  readonly answers: string;
  /** Where the answer has the carrier's references; `ours`: receipts repeat {{id}}. */
  readonly messageId: string;
  readonly errorCode: string;
  /** Most messages in a request; 1: no batches. */
  readonly batch: number;
  readonly batchWaitMs: number;
  /** Pointer of the list in a JSON body whose only element is repeated for each message. */
  readonly batchItems: string;
  /** Pointer of the results in the answer, in the order of the messages. Empty: the answer is the result. */
  readonly batchResults: string;
  /** Where a result has {{id}}. Empty: the order decides. */
  readonly batchResultId: string;
  readonly concurrency: number;
  /** Messages a second over all processes; 0: no limit. */
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
  /** URL templates, asked every `pollSeconds`; empty: no polling. */
  readonly pollReceipts: string;
  readonly pollReplies: string;
  readonly pollSeconds: number;
  readonly pollCursor: string;
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
  sign: '',
  signAlgorithm: 'sha256',
  signEncoding: 'hex',
  signKey: 'text',
  oauthUrl: '',
  oauthScope: '',
  oauthClient: 'basic',
  account: '',
  user: '',
  password: '',
  token: '',
  answers: '',
  messageId: '',
  errorCode: '',
  batch: 1,
  batchWaitMs: 50,
  batchItems: '',
  batchResults: '',
  batchResultId: '',
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
  pollReceipts: '',
  pollReplies: '',
  pollSeconds: 60,
  pollCursor: '',
  verify: 'none',
  callbackAnswer: '',
  callbackAnswerType: 'text/plain',
  callbackToken: '',
};

export function rulesOf({ answers }: Pick<HttpOptions, 'answers'>): readonly AnswerRule[] {
  return answers === '' ? [] : (parseAnswerRules(answers) ?? []);
}
