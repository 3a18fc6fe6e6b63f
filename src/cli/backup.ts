// chappe backup | restore: the whole database into one file while it is used, and back into an empty database.
// The rules are in operations/operator/backups.ts.
import { createLog } from '#lib/observability/log.ts';
import { startEmptyRuntime } from '#main/runtime.ts';
import { operatorAccess } from '#operations/access/operator-access.ts';
import { createBackupFiles, createBackups } from '#operations/operator/backups.ts';
import { cliActor } from './actor.ts';
import type { Command } from './command.ts';
import { withService } from './with-runtime.ts';

export const backup: Command = {
  words: 'backup',
  positionals: ['FILE'],
  summary:
    'Writes the whole database into a new file, while it is used. The file contains all personal data and keys.',
  options: {},
  run: (call) =>
    withService(call, createBackups, async (backups, access) => {
      const file = call.positionals[0]!;
      const { madeAtMs, ...made } = await backups.write(access, file);
      const madeAt = new Date(madeAtMs).toISOString();
      call.print({ file, madeAt, ...made }, [
        `${file}: ${made.rows} rows of ${made.tables} tables as of ${madeAt}, ${made.bytes} bytes`,
      ]);
      return 0;
    }),
};

export const restore: Command = {
  words: 'restore',
  positionals: ['FILE'],
  summary:
    'Fills an empty database (a new --data-dir, or DATABASE_URL) from a backup, completely or not at all.',
  options: {},
  async run(call) {
    const file = call.positionals[0]!;
    const access = operatorAccess(cliActor());
    // Before a data folder is created.
    const checked = await createBackupFiles().check(access, file);
    const runtime = await startEmptyRuntime(call.config, createLog(call.config.logLevel));
    try {
      const { madeAtMs, ...filled } = await createBackups(runtime).restore(access, checked);
      const madeAt = new Date(madeAtMs).toISOString();
      call.print({ file, madeAt, ...filled }, [
        `restored ${filled.rows} rows of ${filled.tables} tables as of ${madeAt}`,
        'messages that waited then leave when chappe serve starts, also those that were sent since:',
        'read docs/operating/back-up.md first',
      ]);
      return 0;
    } finally {
      await runtime.stop();
    }
  },
};
