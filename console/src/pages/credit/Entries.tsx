// Entries of the ledger of the account, newest first: they never change.
import { Link } from '@tanstack/react-router';
import { DataTable } from '../../parts/DataTable.tsx';
import { type Filter, FilterBar } from '../../parts/FilterBar.tsx';
import { type RowOf, useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox } from '../../parts/Page.tsx';
import { Money, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

type Entry = RowOf<'credit.listEntries'>;

export function Entries() {
  const { account, base } = useAccount();
  const { credit: w, common } = useWords();
  const [values, change] = useFilters();
  const filters: readonly Filter[] = [
    {
      key: 'kind',
      name: w.kind,
      choices: Object.entries(w.kinds).map(([value, label]) => ({ value, label })),
    },
    { key: 'from', name: common.from, kind: 'date' },
    { key: 'to', name: common.to, kind: 'date' },
  ];
  const chosen = Object.fromEntries(filters.flatMap(({ key }) => (values[key] ? [[key, values[key]]] : [])));
  const list = useList('credit.listEntries', { account, ...chosen });
  return (
    <>
      <FilterBar filters={filters} values={values} onChange={change} />
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.entries}
        {...list}
        rowKey={({ entry }) => entry}
        empty={
          list.error ? null : Object.keys(chosen).length > 0 ? (
            <Empty title={common.empty.filtered} />
          ) : (
            <Empty title={w.entriesEmpty}>{w.entriesEmptyText}</Empty>
          )
        }
        columns={[
          { key: 'at', name: w.when, cell: ({ at }) => <Time at={at} /> },
          { key: 'kind', name: w.kind, cell: ({ kind }) => w.kinds[kind], phone: 'first' },
          {
            key: 'for',
            name: w.for,
            clips: true,
            cell: (row) => <Reference row={row} base={base} />,
            phone: 'wide',
          },
          {
            key: 'country',
            name: w.country,
            cell: ({ country }) => (country === null ? '' : format.country(country)),
            phone: 'hide',
          },
          {
            key: 'amount',
            name: w.amount,
            align: 'right',
            cell: (row) => <Amount row={row} />,
            phone: 'aside',
          },
        ]}
      />
    </>
  );
}

/** With the sign of its effect on the balance: a hold and a release have none. */
function Amount({ row: { kind, amount } }: { readonly row: Entry }) {
  if (kind === 'charge') return <Money value={`-${amount.replace('-', '')}`} />;
  if (kind === 'hold' || kind === 'release')
    return (
      <span className="faint">
        <Money value={amount} />
      </span>
    );
  return <Money value={amount} sign />;
}

function Reference({ row, base }: { readonly row: Entry; readonly base: string }) {
  const { credit: w, common } = useWords();
  if (row.message !== null)
    return (
      <Link to={`${base}/messages/${row.message}`}>
        {w.messages(row.messages)}
        {row.segments === null ? '' : ` · ${common.segments(row.segments)}`}
      </Link>
    );
  if (row.campaigns.length > 0)
    return (
      <Link to={`${base}/messages`} search={{ campaign: row.campaigns[0] } as never}>
        {w.campaign} {row.campaigns[0]}
      </Link>
    );
  return <span className="soft">{row.note}</span>;
}
