// Rules that read an answer of a carrier: the first that matches decides. Used by the connector; the option table reads them.
// An answer that no rule explains is never taken for a success: the message is then in doubt.
//
//   status=429 -> throttled
//   /messages/*/status=0 & /messages/*/status!=0 -> permanent
//   ~^0: -> taken
import { shortReason } from './masking.ts';
import { elementsAt, type Finder, type Finders, findAll, parseFinder, type ReadBody } from './pointers.ts';

/**
 * taken          the carrier has it
 * throttled      it asks for a pause
 * temporary      it can take it later
 * elsewhere      it cannot take this message; another carrier may
 * permanent      it refuses the message for good
 * doubt          it may have it
 * misconfigured  it refuses the account or the address of this link; no message can pass
 */
export const answerMeanings = [
  'taken',
  'throttled',
  'temporary',
  'elsewhere',
  'permanent',
  'doubt',
  'misconfigured',
] as const;
export type AnswerMeaning = (typeof answerMeanings)[number];

type Condition =
  | { readonly kind: 'status'; readonly patterns: readonly string[] }
  | {
      readonly kind: 'body';
      readonly finder: Finder;
      /** Null: any value. */
      readonly values: readonly string[] | null;
      readonly isNegated: boolean;
    };

export interface AnswerRule {
  readonly conditions: readonly Condition[];
  readonly meaning: AnswerMeaning;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: too long, or cut off. */
  readonly body: ReadBody | null;
}

/** Separated by `;` or line ends. Null if one cannot be read. */
export function parseAnswerRules(text: string): AnswerRule[] | null {
  const rules: AnswerRule[] = [];
  for (const line of text.split(/[;\n]/)) {
    if (line.trim() === '') continue;
    const [, left, meaning] = /^(.+)->\s*([a-z]+)\s*$/.exec(line) ?? [];
    if (left === undefined || !(answerMeanings as readonly string[]).includes(meaning!)) return null;
    const conditions = left.split(/\s&\s/).map((part) => parseCondition(part.trim()));
    if (conditions.includes(null)) return null;
    rules.push({ conditions: conditions as Condition[], meaning: meaning as AnswerMeaning });
  }
  return rules.length === 0 ? null : rules;
}

function parseCondition(text: string): Condition | null {
  const status = /^status\s*=\s*(.+)$/.exec(text)?.[1];
  if (status !== undefined) {
    const patterns = status.split(',').map((part) => part.trim());
    return patterns.every((pattern) => /^[1-5](\d\d|xx)$/.test(pattern))
      ? { kind: 'status', patterns }
      : null;
  }
  if (text.startsWith('~')) {
    const finder = parseFinder(text);
    return finder && { kind: 'body', finder, values: null, isNegated: false };
  }
  const [, path, operator, values] = /^(\/[^=!]*?)\s*(?:(!?=)\s*(.*))?$/.exec(text) ?? [];
  const finder = path === undefined ? null : parseFinder(path);
  if (finder === null) return null;
  return {
    kind: 'body',
    finder,
    values: values === undefined ? null : values.split(',').map((value) => value.trim()),
    isNegated: operator === '!=',
  };
}

/** After the rules of the link. Statuses of RFC 9110 and RFC 6585; 404 and 405 are an address that is not the carrier's API. */
const usualRules = parseAnswerRules(`
status=401,403,407,404,405,410,415 -> misconfigured
status=301,302,307,308 -> misconfigured
status=402 -> elsewhere
status=408,425 -> temporary
status=429 -> throttled
status=500,502,504 -> doubt
status=503,5xx -> temporary
status=4xx -> permanent
`)!;

/** `hasReference`: an answer of 2xx without a rule counts as taken only with the reference that the link must find. */
export function meaningOf(
  answer: Answer,
  rules: readonly AnswerRule[],
  hasReference: boolean,
): AnswerMeaning {
  const found = [...rules, ...usualRules].find((rule) => isMatch(rule, answer));
  if (found !== undefined) return found.meaning;
  return answer.status >= 200 && answer.status < 300 && hasReference ? 'taken' : 'doubt';
}

function isMatch({ conditions }: AnswerRule, { status, body }: Answer): boolean {
  return conditions.every((condition) => {
    if (condition.kind === 'status')
      return condition.patterns.some((pattern) => String(status).startsWith(pattern.replace('xx', '')));
    if (body === null) return false;
    return isFound(condition.finder, condition.values, condition.isNegated, body);
  });
}

function isFound(
  finder: Finder,
  values: readonly string[] | null,
  isNegated: boolean,
  body: ReadBody,
): boolean {
  if (values === null)
    return finder.kind === 'pointer'
      ? elementsAt(finder.path, body.json).length > 0
      : findAll([finder], body).length > 0;
  return findAll([finder], body).some((value) => values.includes(value) !== isNegated);
}

/** The carrier's own code or sentence for a refusal: printable, short, without whole numbers. */
export function refusalText({ status, body }: Answer, code: Finders | null): string {
  const found = code === null || body === null ? null : findAll(code, body)[0];
  return found === null || found === undefined ? `HTTP status ${status}` : shortReason(found);
}

const maxPauseMs = 600_000;

/** From Retry-After (RFC 9110 §10.2.3), in seconds or as a date; null without a usable one. */
export function retryAfterMs({ headers }: Answer, nowMs: number): number | null {
  const text = headers['retry-after']?.trim();
  if (text === undefined) return null;
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), maxPauseMs);
}
