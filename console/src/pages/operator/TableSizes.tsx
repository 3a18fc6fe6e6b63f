// Tables of the database with their size: a table of partitions is one row. Used by the system and by retention.
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { ShareBar } from './values.tsx';

type Row = Answer<'operator.system.read'>['database']['tables'][number];

export function TableSizes({ rows }: { readonly rows: readonly Row[] }) {
  const { operator } = useWords();
  const { system: w, overview } = operator;
  const most = Math.max(1, ...rows.map(({ sizeBytes }) => sizeBytes));
  return (
    <DataTable
      label={w.tables}
      rows={rows}
      rowKey={({ table }) => table}
      empty={null}
      columns={[
        { key: 'table', name: w.table, cell: ({ table }) => <code>{table}</code>, phone: 'first' },
        {
          key: 'share',
          name: overview.share,
          clips: true,
          cell: ({ sizeBytes }) => <ShareBar share={sizeBytes / most} />,
          phone: 'hide',
        },
        {
          key: 'size',
          name: w.size,
          align: 'right',
          cell: ({ sizeBytes }) => format.bytes(sizeBytes),
          phone: 'aside',
        },
        {
          key: 'rows',
          name: w.rows,
          align: 'right',
          // Zero: nothing was counted yet.
          cell: ({ rows: count }) => (count === 0 ? '–' : format.number(count)),
          phone: 'hide',
        },
        {
          key: 'partitions',
          name: w.partitions,
          align: 'right',
          cell: ({ partitions }) => (partitions === 0 ? '–' : format.number(partitions)),
          phone: 'hide',
        },
      ]}
    />
  );
}
