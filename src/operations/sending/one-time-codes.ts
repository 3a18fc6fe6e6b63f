// One-time codes: drawn, sent as an ordinary transactional message, and checked.
//
// Promises: a code and the token of its request are stored as hashes only, except in the text until it was sent; a code
// is accepted once; concurrent guesses are not compared beyond the permitted number; the time of a comparison reveals
// nothing.
// Refusals: those of a submission.
import type { Account } from '#domain/account/account.ts';
import {
  type CodeAlphabetChoice,
  codeAlphabet,
  codeText,
  withLostZeros,
} from '#domain/account/one-time-code.ts';
import type { Submission } from '#domain/base/submission.ts';
import { codeNumberMalformed } from '#domain/campaign/draft-refusals.ts';
import type { SubmissionReport } from '#domain/plan/plan.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { hashCode, hashSecret, isSameHash, newSalt, randomToken, randomWord } from '#lib/security/secrets.ts';
import { type Guarded, guard } from '#operations/access/guard.ts';
import type { Context } from '#pipeline/context.ts';
import { deleteCode, findCode, insertCode, takeAttempt, useCode } from '#store/campaigns/one-time-codes.ts';

export interface CodeOrder {
  readonly alphabet: CodeAlphabetChoice;
  readonly length: number;
  readonly validityMs: number;
  readonly maxWrongAttempts: number;
  /** The address of the person, which must be equal in the check. */
  readonly recipientIp: string | null;
  /** With or without a merge field for the code. */
  readonly text: string;
  /** Format of an instant in the place of `{hh:mm:ss}`. */
  readonly renderTime: (atMs: number) => string;
  /** The message without its text. */
  readonly message: Omit<Submission, 'text' | 'validityMs'>;
}

export interface CodeClaim {
  readonly code: string;
  /** It was received as a number: leading zeros are lost. */
  readonly isNumber: boolean;
  /** The token of the request; empty if only the telephone number is known. */
  readonly token: string;
  readonly number: string;
  readonly recipientIp: string | null;
}

export type CodeVerdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly attemptsLeft: number }
  | { readonly kind: 'too-many-attempts' | 'expired' | 'unknown' };

const tokenLength = 40;

interface OneTimeCodes {
  /** The token of this request. */
  send(account: Account, order: CodeOrder): Promise<string>;
  check(account: Account, claim: CodeClaim): Promise<CodeVerdict>;
}

export type OneTimeCodeService = Guarded<OneTimeCodes>;

export function createOneTimeCodeService(
  context: Pick<Context, 'database' | 'clock'>,
  { submit }: { readonly submit: (account: Account, submission: Submission) => Promise<SubmissionReport> },
): OneTimeCodeService {
  return guard<OneTimeCodes>(createOneTimeCodes(context, submit), {
    send: 'codes.send',
    check: 'codes.check',
  });
}

function createOneTimeCodes(
  context: Pick<Context, 'database' | 'clock'>,
  submit: (account: Account, submission: Submission) => Promise<SubmissionReport>,
): OneTimeCodes {
  const { database, clock } = context;

  async function send(account: Account, order: CodeOrder): Promise<string> {
    const number = order.message.recipients[0]!.number;
    const read = readMsisdn(number, account.settings.defaultCountry);
    if (!read.ok) throw codeNumberMalformed();
    const code = randomWord(codeAlphabet(order.alphabet), order.length);
    const token = randomToken(tokenLength);
    const nowMs = clock.now();
    const expiresAtMs = nowMs + order.validityMs;
    const salt = newSalt();
    const codeHash = await hashCode(code, salt);
    const stored = {
      tokenSha256: hashSecret(token),
      msisdn: read.msisdn,
      codeHash,
      codeLength: code.length,
      salt,
      attempts: order.maxWrongAttempts,
      recipientIp: order.recipientIp,
      expiresAtMs,
    };
    // Stored before it is sent, so that its recipient can use it immediately.
    const id = await insertCode(database.query, account, stored, nowMs);
    try {
      const write = (shown: string) => codeText(order.text, shown, order.renderTime(expiresAtMs));
      const maskedText = write('*'.repeat(code.length));
      const { message, validityMs } = order;
      await submit(account, { ...message, text: write(code), maskedText, validityMs });
    } catch (error) {
      await deleteCode(database.query, account, id);
      throw error;
    }
    return token;
  }

  async function check(account: Account, claim: CodeClaim): Promise<CodeVerdict> {
    const found = await find(account, claim);
    if (found === null || found.usedAtMs !== null) return { kind: 'unknown' };
    const nowMs = clock.now();
    if (found.expiresAtMs <= nowMs) return { kind: 'expired' };
    const attemptsLeft = await takeAttempt(database.query, account, found.id, nowMs);
    if (attemptsLeft === null)
      return (await find(account, claim))?.usedAtMs === null
        ? { kind: 'too-many-attempts' }
        : { kind: 'unknown' };
    const isFromThere = found.recipientIp === null || found.recipientIp === claim.recipientIp;
    const code = claim.isNumber ? withLostZeros(claim.code, found.codeLength ?? 0) : claim.code;
    const isRight = isSameHash(await hashCode(code, found.salt), found.codeHash);
    if (!isRight || !isFromThere) return { kind: 'wrong', attemptsLeft };
    return (await useCode(database.query, account, found.id, nowMs))
      ? { kind: 'right' }
      : { kind: 'unknown' };
  }

  async function find(account: Account, { token, number }: CodeClaim) {
    if (token !== '') return findCode(database.query, account, { tokenSha256: hashSecret(token) });
    const read = readMsisdn(number, account.settings.defaultCountry);
    return read.ok ? findCode(database.query, account, { msisdn: read.msisdn }) : null;
  }

  return { send, check };
}
