// The audit trail of the installation: each change with its author, its account and its values before and after.
import { changesOf } from '../../parts/audit.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { type Filter, FilterBar } from '../../parts/FilterBar.tsx';
import { useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Page } from '../../parts/Page.tsx';
import { Time } from '../../parts/values.tsx';
import { useWords } from '../../words/words.ts';
import { SystemTabs } from './tabs.tsx';

export function AuditTrail() {
  const { operator, common } = useWords();
  const { audit: w } = operator;
  const [values, change] = useFilters();
  const filters: readonly Filter[] = [
    { key: 'action', name: w.action, placeholder: w.actionHint },
    { key: 'actor', name: w.actor, placeholder: w.actorHint },
    { key: 'account', name: common.account, placeholder: w.accountHint },
    { key: 'from', name: common.from, kind: 'date' },
    { key: 'to', name: common.to, kind: 'date' },
  ];
  const chosen = Object.fromEntries(filters.flatMap(({ key }) => (values[key] ? [[key, values[key]]] : [])));
  const list = useList('operator.audit.list', chosen);
  return (
    <Page title={w.title} state={w.lead}>
      <SystemTabs />
      <FilterBar filters={filters} values={values} onChange={change} />
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.title}
        {...list}
        rowKey={({ entry }) => entry}
        empty={
          list.error ? null : (
            <Empty title={Object.keys(chosen).length > 0 ? common.empty.filtered : w.empty} />
          )
        }
        columns={[
          { key: 'at', name: common.time, cell: ({ at }) => <Time at={at} />, phone: 'first' },
          { key: 'actor', name: w.actor, cell: ({ actor }) => actor, phone: 'aside' },
          { key: 'action', name: w.action, cell: ({ action }) => <code>{action}</code>, phone: 'wide' },
          {
            key: 'account',
            name: common.account,
            cell: ({ account }) => account ?? <span className="faint">{w.installation}</span>,
            phone: 'hide',
          },
          { key: 'target', name: w.target, cell: ({ target }) => target, phone: 'hide' },
          {
            key: 'changes',
            name: w.changes,
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
    </Page>
  );
}
