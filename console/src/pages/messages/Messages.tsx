// The list of messages of an account: newest first, filtered by the address, with a search that tells how far back it looked.
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { type Filter, FilterBar, type FilterValues } from '../../parts/FilterBar.tsx';
import { type RowOf, useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Page } from '../../parts/Page.tsx';
import { ShowNumbers } from '../../parts/ShowNumbers.tsx';
import { MessageStatusChip } from '../../parts/StatusChip.tsx';
import { Money, PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount, useSession } from '../../session.tsx';
import { type LiveEvent, useLive } from '../../stream.ts';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';

type Row = RowOf<'messages.list'>;

function columnsOf(w: Words['messages'], common: Words['common'], base: string): readonly Column<Row>[] {
  return [
    {
      key: 'status',
      name: common.status,
      cell: ({ status }) => <MessageStatusChip status={status} />,
      phone: 'first',
    },
    {
      key: 'number',
      name: w.recipient,
      cell: ({ message, number, contact }) => (
        <Link
          to={`${base}/messages/${message}`}
          style={{ color: 'inherit', textDecoration: 'none', fontWeight: 500 }}
        >
          <PhoneNumber value={number} name={contact} />
        </Link>
      ),
      phone: 'aside',
    },
    {
      key: 'text',
      name: w.text,
      cell: ({ text }) => <span className="soft">{text}</span>,
      clips: true,
      phone: 'first',
    },
    {
      key: 'sender',
      name: w.sender,
      cell: ({ sender }) => sender ?? <span className="faint">–</span>,
      phone: 'hide',
    },
    {
      key: 'segments',
      name: w.segments,
      align: 'right',
      cell: ({ segments }) => format.number(segments),
      phone: 'hide',
    },
    { key: 'cost', name: w.cost, align: 'right', cell: ({ cost }) => <Money value={cost} />, phone: 'hide' },
    {
      key: 'acceptedAt',
      name: w.accepted,
      align: 'right',
      cell: ({ acceptedAt }) => (
        <span className="soft">
          <Time at={acceptedAt} />
        </span>
      ),
      phone: 'aside',
    },
  ];
}

function useMessageFilters(): readonly Filter[] {
  const { messages: w, states } = useWords();
  const choices = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  return [
    { key: 'status', name: useWords().common.status, choices: choices(states.message) },
    { key: 'sender', name: w.sender },
    { key: 'tag', name: w.tag },
    { key: 'country', name: w.country, placeholder: 'FR' },
    { key: 'dialect', name: w.dialect, choices: choices(states.dialect) },
    { key: 'campaign', name: w.campaign },
    { key: 'carrier', name: w.carrier },
    { key: 'cause', name: w.cause },
    { key: 'from', name: w.from, kind: 'date' },
    { key: 'to', name: w.to, kind: 'date' },
  ];
}

/** The one search field: digits are a number, everything else is text. */
function searchOf(q: string | undefined): { number?: string; text?: string } {
  if (q === undefined) return {};
  const digits = q.replace(/[\s().-]/g, '');
  return /^\+?\d{4,}$/.test(digits) ? { number: digits } : { text: q };
}

export function Messages() {
  return <MessageList />;
}

/** `campaign`: only its messages; the list of one campaign has no filter by campaign. */
export function MessageList({ campaign }: { readonly campaign?: number }) {
  const { messages: w, common } = useWords();
  const { account, base } = useAccount();
  const { installation } = useSession();
  const navigate = useNavigate();
  const [values, change] = useFilters();
  const filters = useMessageFilters().filter(({ key }) => campaign === undefined || key !== 'campaign');
  const chosen = Object.fromEntries(
    filters.map(({ key }) => [key, values[key]]).filter(([, value]) => value),
  ) as FilterValues;
  const args = {
    account,
    ...chosen,
    ...(campaign === undefined ? {} : { campaign }),
    ...searchOf(values['q'] ?? values['number']),
  } as { account: string };
  const list = useList('messages.list', args);
  const [newCount, setNewCount] = useState(0);
  const refetch = list.refetch;
  const onEvent = useCallback(
    ({ event, data }: LiveEvent) => {
      if (event !== 'message-step' || data['account'] !== account) return;
      if (window.scrollY < 40) refetch();
      else if (data['kind'] === 'accepted') setNewCount((count) => count + (Number(data['count']) || 1));
    },
    [account, refetch],
  );
  useLive([`account:${account}`], onEvent);
  const isFiltered =
    Object.keys(chosen).length > 0 || values['q'] !== undefined || values['number'] !== undefined;
  const show = <ShowNumbers numbers={list.rows.map(({ number }) => number)} />;
  const content = (
    <>
      <FilterBar
        filters={filters}
        values={{ ...values, q: values['q'] ?? values['number'] }}
        onChange={(changed, how) => change('q' in changed ? { ...changed, number: undefined } : changed, how)}
        search={{ key: 'q', placeholder: w.searchHint }}
      />
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      {list.error && list.rows.length === 0 ? null : (
        <DataTable
          label={w.title}
          {...list}
          columns={columnsOf(w, common, base)}
          rowKey={({ message }) => message}
          rowLink={({ message }) => `${base}/messages/${message}`}
          newCount={newCount}
          onShowNew={() => {
            setNewCount(0);
            window.scrollTo({ top: 0 });
            list.refetch();
          }}
          footer={
            list.searchedTo ? <span>{common.lookedBackTo(format.dateTime(list.searchedTo))}</span> : null
          }
          empty={
            isFiltered ? (
              <Empty title={common.empty.filtered} />
            ) : (
              <Empty
                title={w.emptyTitle}
                actions={
                  <>
                    {installation.hasPhone ? (
                      <Button onClick={() => void navigate({ to: '/phone' })}>{w.openPhone}</Button>
                    ) : null}
                    <Button variant="default" onClick={() => void navigate({ to: `${base}/developers` })}>
                      {w.showApi}
                    </Button>
                  </>
                }
              >
                {w.emptyText}
              </Empty>
            )
          }
        />
      )}
    </>
  );
  if (campaign !== undefined)
    return (
      <>
        {show}
        {content}
      </>
    );
  return (
    <Page title={w.title} actions={show}>
      {content}
    </Page>
  );
}
