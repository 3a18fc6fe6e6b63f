// chappe migrate: brings the schema up to date and prints what it applied. Every start does it too.
import { operatorAccess } from '#operations/access/operator-access.ts';
import { createSystem } from '#operations/operator/system.ts';
import { cliActor } from './actor.ts';
import type { Command } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const migrateCommand: Command = {
  words: 'migrate',
  summary: 'Brings the database schema up to date.',
  options: {},
  run: (call) =>
    withRuntime(
      call,
      async (runtime) => {
        const migrations = await createSystem(runtime).migrate(operatorAccess(cliActor()));
        call.print({ postgres: runtime.version, migrations }, [
          `PostgreSQL ${runtime.version}`,
          ...migrations.map((name) => `applied  ${name}`),
        ]);
        return 0;
      },
      // An external PostgreSQL exists; only serve creates an embedded one.
      { mayCreate: call.config.databaseUrl !== null },
    ),
};
