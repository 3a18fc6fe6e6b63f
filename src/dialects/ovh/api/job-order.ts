// Reads a job without its receivers (docs/dialects/ovh.md#sending): text, sender, date and options. Used by the jobs of accounts,
// users and virtual numbers.

import { flashOf, type Origin, ovhDefaults, readOrigin, sendingFrom } from '#dialects/ovh/sending.ts';
import type { Priority } from '#domain/base/priority-classes.ts';
import type { Submission } from '#domain/base/submission.ts';
import { isBlankText } from '#gsm/invisible.ts';
import { cleanText } from '#lib/text/text-bytes.ts';
import { minuteMs } from '#lib/time/duration.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Call, OvhServices } from './call-context.ts';
import { badParameter, OvhRefusal } from './errors.ts';
import type { ReceiversInput } from './job-receivers.ts';
import type { Scope } from './resource-scope.ts';

export interface JobInput extends ReceiversInput {
  readonly message: string;
  readonly sender?: string;
  readonly senderForResponse?: boolean;
  readonly noStopClause?: boolean;
  readonly differedPeriod?: number;
  readonly validityPeriod?: number;
  readonly priority?: Priority;
  readonly class?: 'flash' | 'phoneDisplay' | 'sim' | 'toolkit';
  readonly tag?: string;
}

/** A submission without receivers. */
export type JobOrder = Omit<Submission, 'recipients'>;

/**
 * For the account, a user, or from a number of the account. `coding` is ignored: the text decides
 * (docs/dialects/ovh.md#sending).
 */
export async function readJob(call: Call<JobInput>, { userId, sender }: Scope): Promise<JobOrder> {
  const { services, access, input } = call;
  const text = readMessage(input.message);
  const origin =
    sender === undefined
      ? await requireOrigin(services, access, input, text)
      : ({ kind: 'own-number', sender } as const);
  const tag = readTag(input.tag);
  const { messageClass, notes } = flashOf(access.account, classes[input.class ?? 'phoneDisplay']);
  return {
    ...ovhDefaults,
    dialect: 'ovh',
    text,
    ...sendingFrom(origin, input.noStopClause === true, notes),
    sendAtMs: readDelay('differedPeriod', input.differedPeriod, services.clock.now()),
    validityMs: readValidity(input.validityPeriod),
    ...(input.priority !== undefined && { priority: input.priority }),
    ...messageClass,
    label: { tag: tag === '' ? null : tag, userId: userId ?? null, batchId: null },
  };
}

export function readMessage(message: string): string {
  const text = cleanText(message);
  if (isBlankText(text)) throw badParameter('message', 'The text is empty');
  return text;
}

const maxTagLength = 255;

/** Empty: no tag. */
export function readTag(tag = ''): string {
  const text = cleanText(tag);
  if (text.length > maxTagLength) throw badParameter('tag', `A tag has at most ${maxTagLength} characters`);
  return text;
}

interface OriginInput {
  readonly sender?: string;
  readonly senderForResponse?: boolean;
}

/** The usable sender. Clients read the messages of the refusals (docs/dialects/ovh.md#how-it-answers). */
export async function requireOrigin(
  services: Pick<OvhServices, 'senders'>,
  access: AccountAccess,
  { sender = '', senderForResponse = false }: OriginInput,
  text: string,
): Promise<Origin> {
  const origin = await readOrigin(services.senders, access, { sender, senderForResponse, text });
  switch (origin) {
    case 'web-address':
      throw badParameter('message', 'Contact information (such as a URL) cannot be sent with a shortcode');
    case 'unknown':
      throw new OvhRefusal(403, `Sms sender ${sender} does not exists. Please create it first`);
    case 'not-enabled':
      throw new OvhRefusal(403, `Sms sender ${sender} is not enabled`);
    case 'unnamed':
      throw badParameter(
        'sender',
        'Give a sender: this platform has no short code, and the account has several senders or none',
      );
    default:
      return origin;
  }
}

/** The maximum of SMPP (3.4 §7.1.1), longer than any carrier tries. */
const maxValidityMinutes = 360 * 24 * 60;

function readDelay(field: string, minutes: number | undefined, nowMs: number): number | null {
  if (minutes === undefined || minutes === 0) return null;
  if (minutes < 0) throw badParameter(field, 'The value must be minutes from now, at least 0');
  return nowMs + minutes * minuteMs;
}

function readValidity(minutes: number | undefined): number | null {
  if (minutes === undefined || minutes === 0) return null;
  if (minutes < 0) throw badParameter('validityPeriod', 'The value must be minutes, at least 0');
  return Math.min(minutes, maxValidityMinutes) * minuteMs;
}

const classes = { flash: 0, phoneDisplay: 1, sim: 2, toolkit: 3 } as const;
