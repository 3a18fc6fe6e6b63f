// The installation: its schema and its processes. Used by `chappe migrate` and `chappe send`.
import type { OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { migrate } from '#store/database/migrate.ts';
import { listProcesses } from '#store/platform/processes.ts';

export interface SystemService {
  /** Migrates the schema. Returns the names of the migrations applied now. */
  migrate(access: OperatorAccess): Promise<string[]>;
  /** Whether a live process dispatches messages. */
  isDispatching(access: OperatorAccess): Promise<boolean>;
}

export function createSystem({ database }: Pick<Context, 'database'>): SystemService {
  return {
    async migrate(access) {
      authorize(access, 'system.write');
      return (await migrate(database)).map(({ name }) => name);
    },
    async isDispatching(access) {
      authorize(access, 'system.read');
      const processes = await listProcesses(database.query);
      return processes.some(({ leaseRanOut, roles }) => !leaseRanOut && roles.includes('dispatch'));
    },
  };
}
