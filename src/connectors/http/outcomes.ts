// Turns the answer to a request into one outcome for each of its messages. Used by the connector. Pure.
import type { OutboundMessage, Outcome } from '#domain/delivery/connector.ts';
import { type Answer, type AnswerMeaning, type AnswerRule, meaningOf, refusalText } from './answers.ts';
import { idOf } from './fields.ts';
import { type HttpOptions, rulesOf } from './options.ts';
import {
  elementsAt,
  elementsOf,
  type Finders,
  findAll,
  findFirst,
  parseFinder,
  parseFinders,
} from './pointers.ts';

export interface AnswerReader {
  readonly rules: readonly AnswerRule[];
  /** `ours`: the id that we gave it. Null: an answer has no reference. */
  readonly messageId: Finders | 'ours' | null;
  readonly errorCode: Finders | null;
  /** Path of the results of a batch; null: the answer is the result. */
  readonly results: readonly string[] | null;
  readonly resultId: Finders | null;
  readonly idPrefix: string;
}

export interface Reading {
  readonly message: OutboundMessage;
  readonly meaning: AnswerMeaning;
  readonly references: readonly string[];
  readonly reason: string;
}

const maxReferences = 255;
const maxReferenceLength = 200;

export function createAnswerReader(options: HttpOptions, idPrefix: string): AnswerReader {
  const results = options.batchResults === '' ? null : parseFinder(options.batchResults.replace(/\/\*$/, ''));
  return {
    rules: rulesOf(options),
    messageId: options.messageId === 'ours' ? 'ours' : parseFinders(options.messageId),
    errorCode: parseFinders(options.errorCode),
    results: results?.kind === 'pointer' ? results.path : null,
    resultId: parseFinders(options.batchResultId),
    idPrefix,
  };
}

/**
 * In the order of the messages. A message without a result in a list of results is in doubt. `isWhole`: there is no such
 * list, and the answer counts for all; if the link expects a list, a 2xx counts as taken only by a rule of the link.
 */
export function readOutcomes(
  reader: AnswerReader,
  answer: Answer,
  messages: readonly OutboundMessage[],
): { readonly readings: readonly Reading[]; readonly isWhole: boolean } {
  const results = resultsOf(reader, answer);
  if (results === null) {
    const isResult = reader.results === null;
    return { readings: messages.map((message) => read(reader, answer, message, isResult)), isWhole: true };
  }
  const isOrdered = reader.resultId === null && results.length === messages.length;
  const byId = resultsById(reader, results);
  const readings = messages.map((message, at): Reading => {
    const result = isOrdered ? results[at] : byId.get(idOf(message, reader.idPrefix));
    return result === undefined
      ? { message, meaning: 'doubt', references: [], reason: 'the answer has no result for it' }
      : read(reader, result, message, true);
  });
  return { readings, isWhole: false };
}

/** Each result as an answer of its own; null: the answer as a whole counts for every message. */
function resultsOf({ results }: AnswerReader, answer: Answer): Answer[] | null {
  if (results === null || answer.body === null) return null;
  const { body } = answer;
  const list = elementsAt(results, body.json)[0];
  if (!Array.isArray(list) || list.length === 0) return null;
  return elementsOf(body, list).map((element) => ({ ...answer, body: element }));
}

/** By the id that each result repeats; of several with one id the first. Empty if results have none. */
function resultsById({ resultId }: AnswerReader, results: readonly Answer[]): ReadonlyMap<string, Answer> {
  const byId = new Map<string, Answer>();
  if (resultId === null) return byId;
  for (const result of results) {
    const id = result.body === null ? null : findFirst(resultId, result.body);
    if (id !== null && !byId.has(id)) byId.set(id, result);
  }
  return byId;
}

/** `isResult` is false for an answer that lacks its list of results: nothing shows that the carrier has the message. */
function read(reader: AnswerReader, answer: Answer, message: OutboundMessage, isResult: boolean): Reading {
  const references = referencesOf(reader, answer, message);
  return {
    message,
    meaning: meaningOf(answer, reader.rules, isResult && references !== null),
    references: references ?? [],
    reason: refusalText(answer, reader.errorCode),
  };
}

/** Null: the answer lacks the reference that it must have. */
function referencesOf(
  { messageId, idPrefix }: AnswerReader,
  { body }: Answer,
  message: OutboundMessage,
): readonly string[] | null {
  if (messageId === 'ours') return [idOf(message, idPrefix)];
  if (messageId === null) return [];
  const found = body === null ? [] : findAll(messageId, body);
  const usable = found.filter((reference) => reference.length <= maxReferenceLength).slice(0, maxReferences);
  return usable.length === 0 ? null : usable.map((reference) => reference.replaceAll('\0', ''));
}

/** `pauseMs`: until the link takes messages again. */
export function outcomeOf(
  { meaning, references, reason }: Reading,
  status: number,
  pauseMs: number,
): Outcome {
  switch (meaning) {
    case 'taken':
      return { kind: 'submitted', references };
    case 'throttled':
      return tryLater(reason, Math.max(1, pauseMs));
    case 'temporary':
    case 'misconfigured':
      return tryLater(reason, 1_000);
    case 'elsewhere':
      return { kind: 'elsewhere', code: status, reason };
    case 'permanent':
      return { kind: 'refused', code: status, reason };
    case 'doubt':
      return { kind: 'in-doubt', reason: `the answer does not tell whether it was taken (${reason})` };
  }
}

export function tryLater(reason: string, afterMs: number): Outcome {
  return { kind: 'try-later', afterMs, reason };
}

/** Of the link, from the meanings of one answer: one good result shows that it works. */
const order: readonly AnswerMeaning[] = [
  'throttled',
  'taken',
  'permanent',
  'elsewhere',
  'temporary',
  'doubt',
  'misconfigured',
];

export function meaningForLink(readings: readonly Reading[]): AnswerMeaning {
  return order.find((meaning) => readings.some((reading) => reading.meaning === meaning)) ?? 'doubt';
}
