// Runs a command's work on the engine, beside a running `serve` or without one, and leaves nothing behind.
import { createLog } from '#lib/observability/log.ts';
import { type Runtime, startRuntime } from '#main/runtime.ts';
import type { Call } from './command.ts';

export async function withRuntime<T>(
  call: Call,
  work: (runtime: Runtime) => Promise<T>,
  { mayCreate = false } = {},
): Promise<T> {
  const runtime = await startRuntime(call.config, createLog(call.config.logLevel), { mayCreate });
  try {
    return await work(runtime);
  } finally {
    await runtime.stop();
  }
}
