// Turns the stations of the contract into those of the line: tone, title, sentence and details in the person's language.
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import type { Cause } from '../../parts/causes.ts';
import type { Station } from '../../parts/Line.tsx';
import { messageTones, type Tone } from '../../parts/StatusChip.tsx';
import type { CauseWords } from '../../words/en/causes.ts';
import * as format from '../../words/format.ts';
import type { Words } from '../../words/words.ts';

type Step = Answer<'messages.read'>['stations'][number];

const tones: Readonly<Record<Step['kind'], Tone>> = {
  accepted: 'good',
  noted: 'warn',
  flagged: 'warn',
  held: 'held',
  reviewed: 'good',
  due: 'waits',
  submitted: 'half',
  resent: 'bad',
  receipt: 'good',
  charged: 'good',
  released: 'ended',
  finished: 'good',
  callback: 'half',
  'callback-attempt': 'good',
  blocked: 'warn',
};

function toneOf(step: Step): Tone {
  if (step.state === 'failed') return 'bad';
  if (step.kind === 'held' || step.kind === 'blocked') return tones[step.kind];
  if (step.state === 'awaited') return 'waits';
  if (step.status !== undefined) return messageTones[step.status];
  return tones[step.kind];
}

/** The sentence of a station. */
function sentenceOf(step: Step, w: Words['messages'], causeOf: (cause: Cause) => CauseWords): string | null {
  if (step.state === 'awaited') return awaitedOf(step, w);
  if (step.kind === 'accepted' && step.amount !== undefined) return w.reserved(format.money(step.amount));
  if ((step.kind === 'charged' || step.kind === 'released') && step.amount !== undefined)
    return format.money(step.amount);
  if (step.kind === 'reviewed' && step.decision !== undefined) return w.decision[step.decision];
  if (step.kind === 'due' && step.isOpening) return w.awaited.dueHours(format.dateTime(step.at ?? ''));
  if (step.cues !== undefined && step.cues.length > 0) return w.cues(step.cues.join(', '));
  if (step.kind === 'callback-attempt' && step.gaveUp) return w.gaveUp;
  if (step.cause !== undefined) return causeOf(step.cause).says;
  return step.note ?? null;
}

function awaitedOf(step: Step, w: Words['messages']): string | null {
  switch (step.kind) {
    case 'held':
      return w.awaited.held;
    case 'due': {
      const at = format.dateTime(step.until ?? step.at ?? '');
      return step.isOpening ? w.awaited.dueHours(at) : w.awaited.due(at);
    }
    case 'submitted':
      return w.awaited.submitted;
    case 'receipt':
      return step.until === null ? w.awaited.receiptOpen : w.awaited.receipt(format.dateTime(step.until));
    case 'callback':
      return w.awaited.callback;
    case 'charged':
      return w.awaited.charged;
    case 'blocked':
      return w.blocked[step.blocked ?? 'hand-over'];
    default:
      return null;
  }
}

function detailsOf(step: Step, w: Words['messages']): Station['details'] {
  const details: [string, React.ReactNode][] = [];
  if (step.carrier !== undefined) details.push([w.carrier, step.carrier]);
  if (step.segment !== undefined) details.push([w.segment(step.segment), '']);
  if (step.reference !== undefined)
    details.push([w.reference, <code key="reference">{step.reference}</code>]);
  if (step.attempt !== undefined) details.push([w.attempt(step.attempt), '']);
  if (step.httpStatus !== undefined && step.httpStatus !== null) details.push([w.http(step.httpStatus), '']);
  if (step.durationMs !== undefined && step.durationMs !== null)
    details.push([w.took(format.duration(step.durationMs)), '']);
  if (step.error && step.error !== `HTTP ${step.httpStatus}`) details.push([step.error, '']);
  return details;
}

function titleOf(step: Step, words: Words): string {
  const { messages: w, states } = words;
  if (step.kind === 'finished' && step.status !== undefined) return states.message[step.status];
  if (step.kind === 'receipt' && step.state !== 'awaited' && step.status !== undefined)
    return `${w.stations.receipt}: ${states.message[step.status]}`;
  return w.stations[step.kind];
}

export function stationsOf(
  steps: readonly Step[],
  words: Words,
  causeOf: (cause: Cause) => CauseWords,
): Station[] {
  return steps.map((step, index) => {
    const sentence = sentenceOf(step, words.messages, causeOf);
    const details = detailsOf(step, words.messages);
    return {
      key: `${index} ${step.kind}`,
      tone: toneOf(step),
      title: titleOf(step, words),
      at: step.at,
      isAwaited: step.state === 'awaited',
      ...(sentence === null ? {} : { sentence }),
      ...(details === undefined ? {} : { details }),
    };
  });
}
