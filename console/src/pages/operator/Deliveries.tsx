// Callbacks that do not arrive, over all accounts, with a replay; and mails that sent nothing.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Page, Section } from '../../parts/Page.tsx';
import { RefusedTable } from '../../parts/RefusedTable.tsx';
import { ReplayAll } from '../../parts/ReplayAll.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { Time } from '../../parts/values.tsx';
import { useWords } from '../../words/words.ts';

type Row = Answer<'operator.deliveries.list'>['rows'][number];

const refreshMs = 10_000;

export function OperatorDeliveries() {
  const { operator } = useWords();
  const { deliveries: w } = operator;
  const { data, error, refetch } = useQuery({
    ...query('operator.deliveries.list'),
    refetchInterval: refreshMs,
  });
  return (
    <Page title={w.title}>
      <Section title={w.failing}>
        <p className="soft">{w.failingLead}</p>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
        <Failing rows={data?.rows ?? []} isLoading={data === undefined && !error} />
      </Section>
      <RefusedOfAll />
      <Mails />
    </Page>
  );
}

function Failing({ rows, isLoading }: { readonly rows: readonly Row[]; readonly isLoading: boolean }) {
  const { operator, common } = useWords();
  const { deliveries: w } = operator;
  const [replaying, setReplaying] = useState<string | null>(null);
  return (
    <>
      <DataTable
        label={w.failing}
        rows={rows}
        isLoading={isLoading}
        rowKey={({ account }) => account}
        empty={<Empty title={w.none}>{w.noneText}</Empty>}
        columns={[
          {
            key: 'account',
            name: common.account,
            cell: ({ account, name }) => (
              <Link
                to={`/a/${encodeURIComponent(account)}/developers/deliveries`}
                search={{ result: 'failed' } as never}
              >
                {name}
              </Link>
            ),
            phone: 'first',
          },
          {
            key: 'state',
            name: w.state,
            cell: ({ failing }) =>
              failing > 0 ? (
                <Chip tone="bad">{w.failingNow(failing)}</Chip>
              ) : (
                <Chip tone="ended">{w.givenUpOnly}</Chip>
              ),
            phone: 'aside',
          },
          {
            key: 'since',
            name: w.since,
            cell: ({ failingSince }) => (failingSince === null ? '–' : <Time at={failingSince} />),
            phone: 'hide',
          },
          {
            key: 'last',
            name: w.last,
            clips: true,
            cell: ({ last, receiptUrl }) => (
              <span>
                {last === null ? '–' : (last.error ?? `HTTP ${last.httpStatus}`)}
                {receiptUrl === null ? null : <span className="faint"> · {receiptUrl}</span>}
              </span>
            ),
            phone: 'wide',
          },
          {
            key: 'next',
            name: w.next,
            cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? '–' : <Time at={nextAttemptAt} />),
            phone: 'hide',
          },
          {
            key: 'givenUp',
            name: w.givenUp,
            align: 'right',
            cell: ({ givenUp }) => (givenUp === 0 ? '–' : w.givenUpMessages(givenUp)),
            phone: 'hide',
          },
          {
            key: 'replay',
            name: '',
            align: 'right',
            cell: ({ account, givenUp }) =>
              givenUp === 0 ? null : (
                <Button variant="default" data-size="xs" onClick={() => setReplaying(account)}>
                  {w.replay}
                </Button>
              ),
            phone: 'aside',
          },
        ]}
      />
      {replaying === null ? null : (
        <ReplayAll account={replaying} opened onClose={() => setReplaying(null)} />
      )}
    </>
  );
}

function RefusedOfAll() {
  const { developers: w, operator } = useWords();
  const list = useList('operator.refused.list', {});
  return (
    <Section title={w.refused}>
      <p className="soft">
        {list.rows.length === 0 && !list.isLoading ? w.refusedEmpty : operator.deliveries.refusedLead}
      </p>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <RefusedTable list={list} empty={null} />
    </Section>
  );
}

function Mails() {
  const { operator, common } = useWords();
  const { deliveries: w } = operator;
  const { data, error, refetch } = useQuery(query('operator.ignoredMails.list'));
  return (
    <Section title={w.mails}>
      <p className="soft">{data?.rows.length === 0 ? w.noMails : w.mailsLead}</p>
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined || data.rows.length === 0 ? null : (
        <DataTable
          label={w.mails}
          rows={data.rows}
          rowKey={({ mail }) => mail}
          empty={null}
          columns={[
            { key: 'at', name: common.time, cell: ({ at }) => <Time at={at} />, phone: 'aside' },
            { key: 'from', name: w.from, cell: ({ from }) => from || '–', phone: 'first' },
            { key: 'account', name: common.account, cell: ({ account }) => account ?? '–', phone: 'hide' },
            { key: 'reason', name: w.reason, cell: ({ reason }) => <code>{reason}</code>, phone: 'wide' },
            {
              key: 'detail',
              name: common.details,
              clips: true,
              cell: ({ detail }) => <span className="soft">{detail}</span>,
              phone: 'wide',
            },
            {
              key: 'address',
              name: operator.audit.address,
              align: 'right',
              cell: ({ address }) => <span className="faint">{address}</span>,
              phone: 'hide',
            },
          ]}
        />
      )}
    </Section>
  );
}
