// chappe opt-out list | add | remove | import | export: numbers that an account must not send to.
// The rules are in operations/operator/opt-outs.ts.
import { readFile } from 'node:fs/promises';
import type { OperatorAccess } from '#operations/access/access.ts';
import { createOperatorOptOuts, type OperatorOptOuts } from '#operations/operator/opt-outs.ts';
import { type Call, type Command, readNumber, requireText, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

function withOptOuts(
  call: Call,
  work: (optOuts: OperatorOptOuts, access: OperatorAccess) => Promise<number>,
): Promise<number> {
  return withService(call, createOperatorOptOuts, work);
}

export const optOutList: Command = {
  words: 'opt-out list',
  positionals: ['SERVICE'],
  summary: 'Lists the opt-outs of an account, with author, date and reason.',
  options: {
    number: { type: 'string', value: 'NUMBER', help: 'only this number' },
    limit: { type: 'string', value: 'N', help: 'maximum number (1000); opt-out export prints all' },
  },
  run: (call) =>
    withOptOuts(call, async (optOuts, access) => {
      const number = call.text('number');
      const limit = readNumber(call, 'limit', 1_000, 1, 100_000);
      const page = { limit, ...(number !== undefined && { number }) };
      const rows = (await optOuts.list(access, call.positionals[0]!, page)).map((row) => ({
        number: `+${row.msisdn}`,
        at: new Date(row.atMs).toISOString(),
        by: row.actor ?? 'reply',
        why: row.reason,
      }));
      const lines = rows.map(
        (r) => `${r.number.padEnd(16)}  ${r.at}  ${r.by}${r.why === null ? '' : `: ${r.why}`}`,
      );
      call.print(rows, lines.length === 0 ? ['no opt-outs'] : lines);
      return 0;
    }),
};

export const optOutAdd: Command = {
  words: 'opt-out add',
  positionals: ['SERVICE', 'NUMBER'],
  summary:
    'Adds an opt-out that was received by telephone or letter: the account sends no more messages to this number.',
  options: {
    why: { type: 'string', value: 'TEXT', help: 'source of the opt-out, such as a letter and its date' },
  },
  run: (call) =>
    withOptOuts(call, async (optOuts, access) => {
      const [service, number] = call.positionals as [string, string];
      const isAdded = await optOuts.add(access, service, number, requireText(call, 'why'));
      call.print({ added: isAdded }, [
        isAdded ? `${number} is on the list` : `${number} was on the list before`,
      ]);
      return 0;
    }),
};

export const optOutRemove: Command = {
  words: 'opt-out remove',
  positionals: ['SERVICE', 'NUMBER'],
  summary: 'Removes an opt-out. The removal is recorded.',
  options: { why: { type: 'string', value: 'TEXT', help: 'reason, stored with the removal' } },
  run: (call) =>
    withOptOuts(call, async (optOuts, access) => {
      const [service, number] = call.positionals as [string, string];
      if (!(await optOuts.remove(access, service, number, call.text('why') ?? null)))
        throw new UsageError(`${number} is not on the list; see chappe opt-out list ${service}`);
      call.print({ removed: true }, [`${number} is off the list`]);
      return 0;
    }),
};

export const optOutImport: Command = {
  words: 'opt-out import',
  positionals: ['SERVICE', 'FILE'],
  summary:
    'Adds the opt-outs of a file: a number on each line, or the columns number, why and at. - is standard input.',
  options: {
    why: { type: 'string', value: 'TEXT', help: 'reason for lines without one (import of FILE)' },
    'skip-invalid': { type: 'boolean', help: 'skip lines without a valid number' },
  },
  run: async (call) => {
    const [account, file] = call.positionals as [string, string];
    const csv = await readFile(file === '-' ? '/dev/stdin' : file).catch((error: Error) => {
      throw new UsageError(`${file} cannot be read: ${error.message}`);
    });
    return withOptOuts(call, async (optOuts, access) => {
      const reason = call.text('why') ?? `import of ${file === '-' ? 'standard input' : file}`;
      const report = await optOuts.import(access, {
        account,
        csv,
        reason,
        skipsInvalid: call.flag('skip-invalid'),
      });
      call.print(report, [
        `${report.added} added, ${report.known} on the list before, ${report.repeated} named twice, ${report.skipped.length} left out`,
        ...report.skipped.map((line) => `  left out: ${line}`),
      ]);
      return 0;
    });
  },
};

export const optOutExport: Command = {
  words: 'opt-out export',
  positionals: ['SERVICE'],
  summary: 'Prints every opt-out of an account, in the format that opt-out import reads.',
  options: {},
  run: (call) =>
    withOptOuts(call, async (optOuts, access) => {
      await optOuts.export(access, call.positionals[0]!, writeOut);
      return 0;
    }),
};

/** Waits for a slow reader, so that the memory stays bounded. */
function writeOut(lines: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(lines, (error) => (error ? reject(error) : resolve()));
  });
}
