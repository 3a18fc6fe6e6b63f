// Structured logs. Never a message text, never a whole number: ids, and at most the last two digits.
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

export function createLog(level: string): Log {
  // Standard error: standard output belongs to what commands print for people and scripts.
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: false }));
}

/** For tests and short commands. */
export const silentLog: Log = pino({ level: 'silent' });
