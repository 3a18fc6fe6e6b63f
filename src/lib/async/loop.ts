// A loop that repeats one piece of work, on notice or after a pause, never twice at the same time. While there is nothing
// to do the pause doubles up to `idleMs`: notices wake the loop, the timer compensates for lost notices. Failed work is
// repeated after a growing pause and never ends the process. Used by every background job.

import { backoffMs } from './backoff.ts';
import { commonPause } from './common-pause.ts';

export interface LoopLog {
  warn(event: 'loop.failed', fields: { loop: string; failures: number; err: string }): void;
}

export interface LoopOptions {
  readonly name: string;
  readonly everyMs: number;
  /** The longest pause while there is nothing to do; absent: `everyMs`. */
  readonly idleMs?: number;
  /** With `idleMs`: resolves to true, or to a number above 0, if there was something to do. */
  readonly work: () => Promise<unknown>;
  /** Milliseconds until something is due, at most `withinMs`; null if nothing is. Called before a pause above `everyMs`. */
  readonly nextDue?: (withinMs: number) => Promise<number | null>;
  readonly log: LoopLog;
}

export interface Loop {
  /** There is something to do: runs immediately, or once more after the present run. */
  wake(): void;
  /** Waits for the work in progress. */
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

  /** The pause after successful work. */
  async function pauseAfter(result: unknown): Promise<number> {
    const hadWork = result === true || (typeof result === 'number' && result > 0);
    restMs = hadWork ? everyMs : Math.min(restMs * 2, idleMs);
    if (restMs <= everyMs || nextDue === undefined || wokenAgain) return commonPause(restMs);
    const dueMs = await nextDue(restMs);
    if (dueMs === null) return commonPause(restMs);
    // Due and not claimed: there was no capacity.
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
