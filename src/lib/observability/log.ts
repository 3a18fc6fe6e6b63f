// Structured logs. Never a message text, never a whole number: ids, and at most the last two digits.
// Warnings and errors that repeat are counted: a full disk would otherwise write thousands of lines a second and keep
// itself full. The first is written at once; the others of ten seconds as one line with their number.
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

/** How long the same event is counted instead of written. */
const windowMs = 10_000;
/** Events that are told apart in one window; beyond, all are written. */
const mostEvents = 1_000;
const warnLevel = 40;

export function createLog(level: string): Log {
  // Standard error: standard output belongs to what commands print for people and scripts.
  return createLogOn(level, pino.destination({ fd: 2, sync: false }));
}

/** Where its lines go is an argument, for tests. */
export function createLogOn(level: string, destination: { write(line: string): void }): Log {
  const repeated = new Map<string, number>();
  return pino(
    {
      level,
      base: null,
      hooks: {
        logMethod(args, method, methodLevel) {
          const event = `${methodLevel} ${eventOf(args)}`;
          const count = repeated.get(event);
          if (methodLevel < warnLevel || (count === undefined && repeated.size >= mostEvents))
            return method.apply(this, args);
          if (count !== undefined) {
            repeated.set(event, count + 1);
            return;
          }
          repeated.set(event, 0);
          method.apply(this, args);
          setTimeout(() => {
            const times = repeated.get(event)!;
            repeated.delete(event);
            if (times > 0) method.call(this, { repeated: times, withinMs: windowMs }, eventOf(args));
          }, windowMs).unref();
        },
      },
    },
    destination,
  );
}

/** The words of an event: its fields, such as ids and times, differ each time. */
function eventOf(args: readonly unknown[]): string {
  return String(args.find((arg) => typeof arg === 'string') ?? '');
}

/** For tests and short commands. */
export const silentLog: Log = pino({ level: 'silent' });
