// chappe person show | erase: the data that is stored about a telephone number, and its erasure with a proof.
// The rules are in operations/operator/personal-data.ts.
import { maskedNumber } from '#domain/base/audit.ts';
import {
  createPersonalDataService,
  type Erasure,
  type PersonalFile,
} from '#operations/operator/personal-data.ts';
import { type Command, requireText } from './command.ts';
import { withService } from './with-runtime.ts';

export const personalDataShow: Command = {
  words: 'person show',
  positionals: ['NUMBER'],
  summary: 'Shows everything that is stored about a number (as +33601020304), by table.',
  options: {
    'show-numbers': { type: 'boolean', help: 'print the whole number; the audit trail records it' },
  },
  run: (call) =>
    withService(call, createPersonalDataService, async (personalData, access) => {
      const isWhole = call.flag('show-numbers');
      const { msisdn, tables, files, erasures } = await personalData.show(
        access,
        call.positionals[0]!,
        isWhole,
      );
      const number = isWhole ? `+${msisdn}` : maskedNumber(msisdn);
      call.print({ number, tables, files, erasures: erasures.map(documentOf) }, [
        number,
        ...(tables.length + files.length === 0 ? ['  nothing is stored about this number'] : []),
        ...tables.flatMap(({ table, total, rows }) => [
          `  ${table}: ${total}${total > rows.length ? `, the first ${rows.length}` : ''}`,
          ...rows.map((row) => `    ${JSON.stringify(row)}`),
        ]),
        ...files.map((file) => `  ${fileLine(file)}`),
        ...erasures.map(
          (erasure) =>
            `  erasure ${erasure.id}: requested ${isoOf(erasure.requestedAtMs)}, ` +
            (erasure.completedAtMs === null ? 'not complete' : `complete ${isoOf(erasure.completedAtMs)}`),
        ),
      ]);
      return 0;
    }),
};

export const personalDataErase: Command = {
  words: 'person erase',
  positionals: ['NUMBER'],
  summary:
    'Erases a number: cancels its waiting messages, erases its rows, and prints a proof without the number. It cannot be undone.',
  options: {
    why: {
      type: 'string',
      value: 'TEXT',
      help: 'stored with the proof, such as the reference of the request',
    },
  },
  run: (call) => {
    const reason = requireText(call, 'why');
    return withService(call, createPersonalDataService, async (personalData, access) => {
      const { erasure, files } = await personalData.erase(access, call.positionals[0]!, reason);
      const { result, completedAtMs } = erasure;
      const counts = (title: string, rows: Readonly<Record<string, number>>) =>
        Object.entries(rows).map(([table, count]) => `  ${title} ${String(count).padStart(6)}  ${table}`);
      call.print({ ...documentOf(erasure), files }, [
        `erasure ${erasure.id}, number hash ${erasure.numberHash}`,
        `  requested ${isoOf(erasure.requestedAtMs)} by ${erasure.actor}: ${erasure.reason}`,
        `  cancelled ${result?.cancelled ?? 0} waiting messages`,
        ...counts('erased', result?.erased ?? {}),
        ...counts('in use', result?.open ?? {}),
        ...counts('kept  ', result?.kept ?? {}),
        ...files.map((file) => `  not changed: ${fileLine(file)}; ask the account to replace it`),
        completedAtMs === null
          ? '  not complete: rows are in use, and chappe serve erases them when they are not; see chappe person show'
          : `  complete ${isoOf(completedAtMs)}`,
      ]);
      return 0;
    });
  },
};

const isoOf = (ms: number) => new Date(ms).toISOString();

const fileLine = ({ account, kind, name }: PersonalFile) =>
  kind === 'list' ? `list in slot ${name} of ${account}` : `document "${name}" of ${account}`;

function documentOf({ requestedAtMs, completedAtMs, result, ...rest }: Erasure) {
  return {
    ...rest,
    requestedAt: isoOf(requestedAtMs),
    completedAt: completedAtMs === null ? null : isoOf(completedAtMs),
    isComplete: completedAtMs !== null,
    ...result,
  };
}
