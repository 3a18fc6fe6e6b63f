// chappe account statement: balance, purchases, consumption and corrections of an account in a month.
// The rules are in operations/money/account-statements.ts.
import { formatEuro } from '#domain/money/micros.ts';
import { type AccountStatement, createOperatorStatements } from '#operations/money/account-statements.ts';
import { type Command, requireText } from './command.ts';
import { withService } from './with-runtime.ts';

export const accountStatement: Command = {
  words: 'account statement',
  positionals: ['SERVICE'],
  summary:
    'Prints the statement of an account for a month (UTC): opening balance, purchases, consumption by country and tier, corrections, closing balance.',
  options: { month: { type: 'string', value: 'YYYY-MM', help: 'the month, such as 2026-11' } },
  run: (call) => {
    const month = requireText(call, 'month');
    return withService(call, createOperatorStatements, async (statements, access) => {
      const account = call.positionals[0]!;
      const read = await statements.read(access, account, month);
      call.print(documentOf(account, read), linesOf(account, read));
      return 0;
    });
  },
};

const euro = (micros: bigint) => formatEuro(micros, 6);
const iso = (ms: number) => new Date(ms).toISOString();

function documentOf(account: string, read: AccountStatement) {
  return {
    account,
    month: read.month,
    from: iso(read.fromMs),
    to: iso(read.toMs),
    complete: read.isComplete,
    opening: euro(read.openingMicros),
    purchases: euro(read.purchasesMicros),
    consumption: euro(-read.consumptionMicros),
    lookups: euro(-read.lookupsMicros),
    corrections: euro(read.correctionsMicros),
    closing: euro(read.closingMicros),
    byCountry: read.consumption.map(({ amountMicros, ...row }) => ({ ...row, price: euro(amountMicros) })),
    movements: read.movements.map(({ id, atMs, amountMicros, orderId, kind, note }) => ({
      entry: id,
      at: iso(atMs),
      kind,
      amount: euro(amountMicros),
      order: orderId,
      note,
    })),
    moreMovements: read.hasMoreMovements,
  };
}

function linesOf(account: string, read: AccountStatement): string[] {
  const line = (name: string, micros: bigint) => `${name.padEnd(44)}${euro(micros).padStart(18)} EUR`;
  return [
    `${account}, ${read.month}${read.isComplete ? '' : ' (the month has not ended)'}`,
    line('opening balance', read.openingMicros),
    line('purchases', read.purchasesMicros),
    ...read.consumption.map((row) =>
      line(
        `messages to ${row.country ?? '?'}, ${row.tier ?? '?'}: ${row.messages} (${row.segments} segments)`,
        -row.amountMicros,
      ),
    ),
    line('number look-ups', -read.lookupsMicros),
    line('corrections', read.correctionsMicros),
    line('closing balance', read.closingMicros),
    ...read.movements.map(
      ({ atMs, amountMicros, note }) => `  ${iso(atMs)}  ${euro(amountMicros).padStart(16)}  ${note ?? ''}`,
    ),
    ...(read.hasMoreMovements ? ['  … more movements; their sums are above'] : []),
  ];
}
