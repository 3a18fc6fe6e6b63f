// A loop that wakes, does one piece of work, and sleeps: on notice or after a while, never twice at once.
// Work that fails is tried again after a pause that grows; it never ends the process.

import type { Log } from '#lib/observability/log.ts';
import { backoffMs } from './backoff.ts';

export interface LoopOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  readonly log: Log;
}

export interface Loop {
  /** There is something to do: works at once, or once more when it is working. */
  wake(): void;
  /** Waits for the work under way. */
  stop(): Promise<void>;
}

const firstRetryMs = 200;
const maxRetryMs = 10_000;

export function startLoop({ name, everyMs, work, log }: LoopOptions): Loop {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let wokenAgain = false;
  let stopped = false;
  let failures = 0;

  async function run(): Promise<void> {
    let pauseMs = everyMs;
    try {
      await work();
      failures = 0;
    } catch (error) {
      failures++;
      pauseMs = backoffMs(failures, firstRetryMs, maxRetryMs, 0.5);
      log.warn({ err: (error as Error).message, loop: name, failures }, 'a worker failed; it tries again');
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
