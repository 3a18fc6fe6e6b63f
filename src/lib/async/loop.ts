// A loop that wakes, does one piece of work, and sleeps: on notice or after a while, never twice at once. While there is
// nothing to do it sleeps longer each time, up to `idleMs`: notices wake it, the timer finds what a lost notice missed.
// Work that fails is tried again after a pause that grows; it never ends the process.

import { backoffMs } from './backoff.ts';

export interface LoopLog {
  warn(event: 'loop.failed', fields: { loop: string; failures: number; err: string }): void;
}

export interface LoopOptions {
  readonly name: string;
  readonly everyMs: number;
  /** The longest pause while there is nothing to do; `everyMs` when left out. */
  readonly idleMs?: number;
  /** With `idleMs`: resolves to true, or to a number above 0, when there was something to do. */
  readonly work: () => Promise<unknown>;
  /** Milliseconds until something is due, at most `withinMs`; null when nothing is. Asked before a pause above `everyMs`. */
  readonly nextDue?: (withinMs: number) => Promise<number | null>;
  readonly log: LoopLog;
}

export interface Loop {
  /** There is something to do: works at once, or once more when it is working. */
  wake(): void;
  /** Waits for the work under way. */
  stop(): Promise<void>;
}

const firstRetryMs = 200;
const maxRetryMs = 10_000;

export function startLoop(options: LoopOptions): Loop {
  const { name, everyMs, idleMs = everyMs, work, nextDue, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let wokenAgain = false;
  let stopped = false;
  let failures = 0;
  let restMs = everyMs;

  /** The pause after work that succeeded. */
  async function pauseAfter(result: unknown): Promise<number> {
    const hadWork = result === true || (typeof result === 'number' && result > 0);
    restMs = hadWork ? everyMs : Math.min(restMs * 2, idleMs);
    if (restMs <= everyMs || nextDue === undefined || wokenAgain) return restMs;
    const dueMs = await nextDue(restMs);
    if (dueMs === null) return restMs;
    // Due and not taken: there was no room for it.
    return dueMs <= 0 ? everyMs : Math.min(restMs, dueMs);
  }

  async function run(): Promise<void> {
    let pauseMs = everyMs;
    try {
      pauseMs = await pauseAfter(await work());
      failures = 0;
    } catch (error) {
      failures++;
      pauseMs = backoffMs(failures, firstRetryMs, maxRetryMs, 0.5);
      log.warn('loop.failed', { loop: name, failures, err: (error as Error).message });
    }
    running = null;
    if (stopped) return;
    if (wokenAgain && failures === 0) {
      wokenAgain = false;
      start();
    } else timer = setTimeout(start, pauseMs);
  }

  function start(): void {
    clearTimeout(timer);
    running = run();
  }

  timer = setTimeout(start, 0);
  return {
    wake() {
      if (stopped) return;
      restMs = everyMs / 2;
      if (running !== null) wokenAgain = true;
      else if (failures === 0) start();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
