// Writes log entries as JSON lines: an event name and its fields. Used by main and by commands, which pass it on in the
// typed form of src/domain/base/log-events.ts. Warnings and errors that repeat are counted, because a full disk would
// otherwise cause thousands of lines a second: the first is written at once, those of the next 10 s as one line with
// their number.
import { type Logger, pino } from 'pino';

/** Accepts every event. A function of lib declares the events that it logs. */
export interface LogWriter {
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
  /** A log that adds these fields to every entry. */
  child(fields: object): LogWriter;
}

/** How long the same event is counted instead of written. */
const windowMs = 10_000;
/** Events that are counted separately in one window; further events are written each time. */
const maxEvents = 1_000;
const warnLevel = 40;

export function createLog(level: string): LogWriter {
  // Standard error: standard output belongs to the output of commands.
  return createLogOn(level, pino.destination({ fd: 2, sync: false }));
}

/** The destination of the lines is an argument for tests. */
export function createLogOn(level: string, destination: { write(line: string): void }): LogWriter {
  const repeated = new Map<string, number>();
  return writeTo(
    pino(
      {
        level,
        base: null,
        hooks: {
          logMethod(args, method, methodLevel) {
            const event = `${methodLevel} ${eventOf(args)}`;
            const count = repeated.get(event);
            if (methodLevel < warnLevel || (count === undefined && repeated.size >= maxEvents))
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
    ),
  );
}

/** The event of an entry: its fields, such as ids and times, differ each time. */
function eventOf(args: readonly unknown[]): string {
  return String(args.find((arg) => typeof arg === 'string') ?? '');
}

function writeTo(logger: Logger): LogWriter {
  return {
    debug: (event, fields = {}) => logger.debug(fields, event),
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
    child: (fields) => writeTo(logger.child(fields)),
  };
}

/** For tests and short commands. */
export const silentLog: LogWriter = writeTo(pino({ level: 'silent' }));
