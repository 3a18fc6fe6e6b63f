// Runs a command on the database, with or without a concurrent `serve`, and closes everything afterwards.
// Used by every command except `serve` and `simulate`.
import { createLog } from '#lib/observability/log.ts';
import { type Runtime, startRuntime } from '#main/runtime.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { cliActor } from './actor.ts';
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

/** Runs a command on one service, as the operator at the command line. */
export function withService<Service>(
  call: Call,
  create: (runtime: Runtime) => Service,
  work: (service: Service, access: OperatorAccess) => Promise<number>,
): Promise<number> {
  return withRuntime(call, (runtime) => work(create(runtime), operatorAccess(cliActor())));
}
