// The list of campaigns of an account: newest first, filtered by the address. The counts of the rows come after the rows, and
// again each 2 s while a shown campaign is under way. Single sends are left out unless the switch asks for them.
import { Button, Switch } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { query } from '../../api.ts';
import { StackedBar } from '../../parts/charts.tsx';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { type Filter, FilterBar, type FilterValues } from '../../parts/FilterBar.tsx';
import { type RowOf, useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Page } from '../../parts/Page.tsx';
import { CampaignStateChip } from '../../parts/StatusChip.tsx';
import { Money, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { useLive } from '../../stream.ts';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import css from './campaigns.module.css';
import { OpenApprovals } from './OpenApprovals.tsx';
import { type Counts, deliveredShareOf, isUnderWay, outcomesOf } from './shares.ts';

type Row = RowOf<'campaigns.list'>;

const liveEveryMs = 2000;
const quietEveryMs = 15_000;
const countedAtOnce = 50;

/** The counts of these campaigns; those that the server had no time for are asked for again. */
function useCounts(account: string, rows: readonly Row[]): ReadonlyMap<number, Counts> {
  const ids = rows
    .slice(-countedAtOnce)
    .map(({ campaign }) => campaign)
    .join(',');
  const first = rows
    .slice(0, countedAtOnce)
    .map(({ campaign }) => campaign)
    .join(',');
  const isRunning = rows.some(({ state }) => isUnderWay(state));
  const options = (asked: string) => ({
    ...query('campaigns.count', { account, ids: asked }),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }: { state: { data?: { rows: readonly unknown[] } | undefined } }) =>
      isRunning || (state.data && state.data.rows.length < asked.split(',').length)
        ? liveEveryMs
        : quietEveryMs,
  });
  const newest = useQuery(options(first));
  const oldest = useQuery({ ...options(ids), enabled: ids !== '' && ids !== first });
  return useMemo(
    () =>
      new Map(
        [...(oldest.data?.rows ?? []), ...(newest.data?.rows ?? [])].map(({ campaign, counts }) => [
          campaign,
          counts,
        ]),
      ),
    [newest.data, oldest.data],
  );
}

function Progress({ row, counts }: { readonly row: Row; readonly counts: Counts | undefined }) {
  const { campaigns: w, states } = useWords();
  if (counts === undefined)
    return <span className={css['pending']} role="img" aria-label={w.counting} title={w.counting} />;
  const parts = outcomesOf(counts, row.state);
  return (
    <span className={css['bar']}>
      <StackedBar parts={parts} label={`${states.campaign[row.state]}, ${w.progress}`} />
    </span>
  );
}

function When({ row, w }: { readonly row: Row; readonly w: Words['campaigns'] }) {
  const waits = row.state === 'scheduled' || row.state === 'waiting';
  return (
    <span className="soft">
      {waits && Date.parse(row.dueAt) > format.nowMs() ? (
        w.leaves(format.dateTime(row.dueAt))
      ) : (
        <Time at={row.createdAt} />
      )}
    </span>
  );
}

function columnsOf(
  { campaigns: w, states }: Words,
  base: string,
  counts: ReadonlyMap<number, Counts>,
): readonly Column<Row>[] {
  return [
    {
      key: 'state',
      name: w.state,
      cell: ({ state }) => <CampaignStateChip state={state} />,
      phone: 'first',
    },
    {
      key: 'text',
      name: w.text,
      cell: ({ campaign, text, tag }) => (
        <Link to={`${base}/campaigns/${campaign}`} className={css['name']!}>
          {tag ? <span className={css['tag']}>{tag}</span> : null}
          {text}
        </Link>
      ),
      clips: true,
      phone: 'wide',
    },
    { key: 'sender', name: w.sender, cell: ({ sender }) => sender ?? '–', phone: 'hide' },
    {
      key: 'messages',
      name: w.recipients,
      align: 'right',
      cell: ({ messages }) => format.number(messages),
      phone: 'aside',
    },
    {
      key: 'progress',
      name: w.progress,
      cell: (row) => <Progress row={row} counts={counts.get(row.campaign)} />,
      phone: 'hide',
    },
    {
      key: 'delivered',
      name: w.delivered,
      align: 'right',
      cell: ({ campaign }) => {
        const known = counts.get(campaign);
        const share = known === undefined ? null : deliveredShareOf(known);
        return share === null ? <span className="faint">–</span> : format.percent(share);
      },
      phone: 'aside',
    },
    { key: 'cost', name: w.cost, align: 'right', cell: ({ cost }) => <Money value={cost} />, phone: 'hide' },
    {
      key: 'dialect',
      name: w.through,
      cell: ({ dialect }) => <span className="soft">{states.dialect[dialect]}</span>,
      phone: 'hide',
    },
    { key: 'when', name: w.when, align: 'right', cell: (row) => <When row={row} w={w} />, phone: 'aside' },
  ];
}

export function Campaigns() {
  const words = useWords();
  const { campaigns: w, common, states } = words;
  const { account, base } = useAccount();
  const navigate = useNavigate();
  const [values, change] = useFilters();
  const choices = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  const filters: readonly Filter[] = [
    { key: 'state', name: w.state, choices: choices(states.campaign) },
    { key: 'dialect', name: w.through, choices: choices(states.dialect) },
    { key: 'sender', name: w.sender },
    { key: 'tag', name: w.tag },
    { key: 'from', name: w.from, kind: 'date' },
    { key: 'to', name: w.to, kind: 'date' },
  ];
  const chosen = Object.fromEntries(
    filters.map(({ key }) => [key, values[key]]).filter(([, value]) => value),
  ) as FilterValues;
  const withSingles = values['singles'] === '1';
  const args = {
    account,
    ...chosen,
    ...(values['q'] ? { text: values['q'] } : {}),
    ...(withSingles ? { singles: true } : {}),
  };
  const list = useList('campaigns.list', args as { account: string });
  useLive([`account:${account}`]);
  const counts = useCounts(account, list.rows);
  const hasRunning = list.rows.some(({ state }) => isUnderWay(state));
  const refetch = list.refetch;
  useEffect(() => {
    if (!hasRunning || list.rows.length > countedAtOnce) return;
    const timer = setInterval(() => {
      if (!document.hidden) refetch();
    }, liveEveryMs);
    return () => clearInterval(timer);
  }, [hasRunning, list.rows.length, refetch]);
  const isFiltered = Object.keys(chosen).length > 0 || values['q'] !== undefined;
  return (
    <Page title={w.title}>
      <OpenApprovals />
      <FilterBar
        filters={filters}
        values={values}
        onChange={change}
        search={{ key: 'q', placeholder: w.searchHint }}
      >
        <Switch
          label={w.singles}
          checked={withSingles}
          onChange={({ currentTarget }) => change({ singles: currentTarget.checked ? '1' : undefined })}
        />
      </FilterBar>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      {list.error && list.rows.length === 0 ? null : (
        <DataTable
          label={w.title}
          {...list}
          columns={columnsOf(words, base, counts)}
          rowKey={({ campaign }) => campaign}
          rowLink={({ campaign }) => `${base}/campaigns/${campaign}`}
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
                  <Button variant="default" onClick={() => void navigate({ to: `${base}/messages` })}>
                    {w.seeMessages}
                  </Button>
                }
              >
                {w.emptyText}
              </Empty>
            )
          }
        />
      )}
    </Page>
  );
}
