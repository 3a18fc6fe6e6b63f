// chappe report: messages, price, cost and margin of a month, by account, country and carrier.
// The rules are in operations/operator/reports.ts.
import { formatEuro } from '#domain/money/micros.ts';
import { createReports, type Report, type ReportSums } from '#operations/operator/reports.ts';
import { type Command, requireText, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

export const report: Command = {
  words: 'report',
  summary:
    'Sums the messages that carriers accepted in a month (UTC): price, cost and margin, by account, country and carrier.',
  options: {
    month: { type: 'string', value: 'YYYY-MM', help: 'the month, such as 2026-11' },
    account: { type: 'string', value: 'SERVICE', help: 'of this account only' },
    csv: { type: 'boolean', help: 'print lines of comma-separated values, for a spreadsheet' },
  },
  run: (call) => {
    const month = requireText(call, 'month');
    if (call.flag('csv') && call.flag('json')) throw new UsageError('choose --csv or --json');
    return withService(call, createReports, async (reports, access) => {
      const read = await reports.read(access, { month, account: call.text('account') });
      if (call.flag('csv')) process.stdout.write(csvOf(read));
      else call.print(documentOf(month, read), linesOf(read));
      return 0;
    });
  },
};

function amountsOf({ priceMicros, costMicros, marginMicros, ...counts }: ReportSums) {
  return {
    messages: counts.messages,
    segments: counts.segments,
    delivered: counts.delivered,
    price: formatEuro(priceMicros, 6),
    cost: formatEuro(costMicros, 6),
    margin: marginMicros === null ? null : formatEuro(marginMicros, 6),
    withoutCost: counts.withoutCost,
    deleted: counts.deleted,
  };
}

function documentOf(month: string, { fromMs, toMs, rows, total }: Report) {
  return {
    month,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    rows: rows.map((row) => ({
      account: row.account,
      country: row.country,
      carrier: row.carrier,
      ...amountsOf(row),
    })),
    total: amountsOf(total),
  };
}

const quoted = (value: string) => (/[",\n\r;]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function csvOf({ rows }: Report): string {
  const header =
    'account,country,carrier,messages,segments,delivered,price_eur,cost_eur,margin_eur,without_cost,deleted';
  const lines = rows.map((row) =>
    [row.account, row.country ?? '', row.carrier ?? '', ...Object.values(amountsOf(row))]
      .map((value) => quoted(String(value ?? '')))
      .join(','),
  );
  return [header, ...lines, ''].join('\n');
}

function linesOf({ rows, total }: Report): string[] {
  if (rows.length === 0) return ['no messages in this month'];
  const cells = (names: readonly string[], sums: ReportSums) => {
    const { withoutCost, deleted, margin, ...amounts } = amountsOf(sums);
    const notes = [
      ...(withoutCost > 0 ? [`${withoutCost} without a known cost`] : []),
      ...(deleted > 0 ? [`${deleted} deleted by retention`] : []),
    ];
    const numbers = [...Object.values(amounts), margin ?? 'unknown'].map(String);
    return [...names, ...numbers, notes.join(', ')];
  };
  const table = [
    ['account', 'country', 'carrier', 'messages', 'segments', 'delivered', 'price', 'cost', 'margin', ''],
    ...rows.map((row) => cells([row.account, row.country ?? 'unknown', row.carrier ?? 'unknown'], row)),
    cells(['total', '', ''], total),
  ];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  return table.map((row) =>
    row
      .map((cell, i) => (i < 3 || i === 9 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
