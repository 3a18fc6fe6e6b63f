// The audit trail of the account: who did what to what, when and from where, with the values before and after.
import { changesOf } from '../../parts/audit.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

export function Audit() {
  const { account } = useAccount();
  const { settings: w } = useWords();
  const list = useList('audit.list', { account });
  return (
    <Section title={w.audit}>
      <p className="soft">{w.auditLead}</p>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.audit}
        {...list}
        rowKey={({ entry }) => entry}
        empty={list.error ? null : <Empty title={w.auditEmpty} />}
        columns={[
          { key: 'at', name: w.at, cell: ({ at }) => <Time at={at} /> },
          { key: 'actor', name: w.actor, cell: ({ actor }) => actor, phone: 'aside' },
          { key: 'action', name: w.action, cell: ({ action }) => <code>{action}</code> },
          { key: 'target', name: w.target, cell: ({ target }) => target, phone: 'aside' },
          {
            key: 'changes',
            name: '',
            clips: true,
            cell: (row) => <span className="soft small">{changesOf(row)}</span>,
            phone: 'wide',
          },
          {
            key: 'address',
            name: w.address,
            align: 'right',
            cell: ({ address }) => <span className="faint">{address}</span>,
            phone: 'hide',
          },
        ]}
      />
    </Section>
  );
}
