// chappe migrate: brings the schema up to date and says what it did. Every start does it too.
import { migrate } from '#store/database/migrate.ts';
import type { Command } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const migrateCommand: Command = {
  words: 'migrate',
  summary: 'Brings the database schema up to date.',
  options: {},
  run: (call) =>
    withRuntime(
      call,
      async ({ database, version }) => {
        const migrations = (await migrate(database)).map(({ name }) => name);
        call.print({ postgres: version, migrations }, [
          `PostgreSQL ${version}`,
          ...migrations.map((name) => `applied  ${name}`),
        ]);
        return 0;
      },
      // Of a PostgreSQL of the operator's own, which is there; an embedded one is made by serve alone.
      { mayCreate: call.config.databaseUrl !== null },
    ),
};
