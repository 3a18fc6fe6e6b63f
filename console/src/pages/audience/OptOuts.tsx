// Opt-outs of the account: since when, by whom, with which words. Adding and removing ask for the reason.
import { Button, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call, queries } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FilterBar } from '../../parts/FilterBar.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { ShowNumbers } from '../../parts/ShowNumbers.tsx';
import { PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

export function OptOuts() {
  const { account, base, canWrite } = useAccount();
  const { audience: w, common } = useWords();
  const [values, change] = useFilters();
  const [isNew, setNew] = useState(false);
  const [removed, setRemoved] = useState<string | null>(null);
  const number = values['number'];
  const list = useList('optOuts.list', { account, ...(number ? { number } : {}) });
  const reload = () => queries.invalidateQueries({ queryKey: ['optOuts.list'] });
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => setNew(true)}>
      {w.addOptOut}
    </Button>
  );
  return (
    <Section
      title={w.optOuts}
      aside={
        <span className="row">
          <ShowNumbers numbers={list.rows.map((row) => row.number)} />
          {canWrite ? add : null}
        </span>
      }
    >
      <p className="soft">{w.optOutsLead}</p>
      <FilterBar
        search={{ key: 'number', placeholder: w.searchOptOuts }}
        filters={[]}
        values={values}
        onChange={change}
      />
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.optOuts}
        {...list}
        rowKey={(row) => row.number}
        empty={
          list.error ? null : number ? (
            <Empty title={common.empty.filtered} />
          ) : (
            <Empty title={w.optOutsEmpty}>{w.optOutsEmptyText}</Empty>
          )
        }
        columns={[
          { key: 'number', name: w.number, cell: (row) => <PhoneNumber value={row.number} /> },
          { key: 'since', name: w.since, cell: ({ at }) => <Time at={at} />, phone: 'aside' },
          { key: 'by', name: w.by, cell: ({ by }) => by ?? w.byReply },
          {
            key: 'reply',
            name: w.reply,
            clips: true,
            cell: ({ reply, reason, campaign }) =>
              campaign === null ? (
                <span className="soft">{reply ?? reason}</span>
              ) : (
                <Link to={`${base}/messages`} search={{ campaign } as never}>
                  {reply ?? reason ?? w.campaign}
                </Link>
              ),
            phone: 'wide',
          },
          {
            key: 'remove',
            name: '',
            align: 'right',
            phone: 'aside',
            cell: (row) =>
              canWrite && !row.number.includes('•') ? (
                <Button variant="subtle" data-size="xs" onClick={() => setRemoved(row.number)}>
                  {common.remove}
                </Button>
              ) : null,
          },
        ]}
      />
      <FormDialog
        opened={isNew}
        onClose={() => setNew(false)}
        title={w.addOptOut}
        action={w.addOptOut}
        submit={async (text) => {
          const numbers = text('numbers')
            .split(/[\n,;]+/)
            .map((one) => one.trim())
            .filter(Boolean);
          const { added, known, invalid } = await call('optOuts.add', {
            account,
            body: { numbers, reason: text('reason') },
          });
          notifications.show({ message: w.added(added, known, invalid) });
          await reload();
        }}
      >
        {(fault) => (
          <>
            <Textarea
              name="numbers"
              label={w.numbers}
              description={w.numbersHint}
              rows={5}
              required
              withAsterisk={false}
              error={fault('numbers')}
              data-autofocus
            />
            <TextInput
              name="reason"
              label={w.reason}
              description={w.reasonHint}
              required
              withAsterisk={false}
              maxLength={200}
              error={fault('reason')}
            />
          </>
        )}
      </FormDialog>
      <FormDialog
        opened={removed !== null}
        onClose={() => setRemoved(null)}
        title={w.removeOptOut(removed === null ? '' : format.phone(removed))}
        action={w.removeOptOutAction}
        submit={async (text) => {
          await call('optOuts.remove', { account, body: { number: removed ?? '', reason: text('reason') } });
          await reload();
        }}
      >
        {(fault) => (
          <>
            <p>{w.removeOptOutText}</p>
            <TextInput
              name="reason"
              label={w.reason}
              required
              withAsterisk={false}
              maxLength={200}
              error={fault('reason')}
              data-autofocus
            />
          </>
        )}
      </FormDialog>
    </Section>
  );
}
