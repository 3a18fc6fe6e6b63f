// Requests of the account's software that were refused: the reason in words, the detail, and the remedy.

import { useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { RefusedTable } from '../../parts/RefusedTable.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

export function Refused() {
  const { account } = useAccount();
  const { developers: w } = useWords();
  const list = useList('refused.list', { account });
  return (
    <Section title={w.refused}>
      <p className="soft">{w.refusedLead}</p>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <RefusedTable
        list={list}
        empty={list.error ? null : <Empty title={w.refusedEmpty}>{w.refusedEmptyText}</Empty>}
      />
    </Section>
  );
}
