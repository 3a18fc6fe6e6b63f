// Months of the account, newest first: each has a statement to print.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { ErrorBox } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

export function Statements() {
  const { account } = useAccount();
  const { credit: w } = useWords();
  const { data, error, refetch } = useQuery(query('account.read', { account }));
  const months = data === undefined ? [] : monthsSince(data.createdAt);
  return (
    <>
      <p className="soft">{w.statement.lead}</p>
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.statements}
        rows={months}
        isLoading={data === undefined && !error}
        rowKey={(month) => month}
        empty={null}
        columns={[
          { key: 'month', name: w.statements, cell: (month) => format.calendar(month) },
          {
            key: 'open',
            name: '',
            align: 'right',
            phone: 'aside',
            cell: (month) => (
              <Link to={`/print/statement/${month}`} search={{ account }} target="_blank">
                {w.open}
              </Link>
            ),
          },
        ]}
      />
    </>
  );
}

/** Months in UTC from the one of this instant to the present one, newest first. */
function monthsSince(instant: string): string[] {
  const months: string[] = [];
  const first = instant.slice(0, 7);
  const now = new Date(format.nowMs());
  for (let i = 0; ; i++) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - i)).toISOString().slice(0, 7);
    if (month < first) return months;
    months.push(month);
  }
}
