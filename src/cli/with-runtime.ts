// Runs a command's work on the engine, beside a running `serve` or without one, and leaves nothing behind.
import { createLog } from '#lib/observability/log.ts';
import { type Engine, startEngine } from '#main/runtime.ts';
import type { Call } from './command.ts';

export async function withEngine<T>(call: Call, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await startEngine(call.config, createLog(call.config.logLevel));
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}
