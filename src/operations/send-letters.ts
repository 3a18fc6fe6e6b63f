// Hands mails that wait to the operator's relay; what it does not take is tried again for a day. Run by a loop, in any
// number of processes: a mail is in one hand at a time, and may leave twice only when a process dies in between.
import { claimLetters, deleteLetter, noteLetterError } from '#store/outgoing-mails.ts';
import type { Context } from './context.ts';

/** What went wrong, in words; null when the relay took it. */
export type SendMail = (to: string, subject: string, text: string) => Promise<string | null>;

const retryMs = 10 * 60_000;
const giveUpMs = 24 * 3_600_000;
const atOnce = 50;

export async function sendLetters(
  { database: { query }, clock, log }: Pick<Context, 'database' | 'clock' | 'log'>,
  send: SendMail,
): Promise<void> {
  const nowMs = clock.now();
  for (const { id, to, subject, body, createdAtMs } of await claimLetters(
    query,
    nowMs,
    nowMs + retryMs,
    atOnce,
  )) {
    const error = await send(to, subject, body);
    if (error === null) await deleteLetter(query, id);
    else if (createdAtMs + giveUpMs > clock.now()) await noteLetterError(query, id, error);
    else {
      log.warn({ err: error, subject }, 'a mail was given up: the relay did not take it for a day');
      await deleteLetter(query, id);
    }
  }
}
