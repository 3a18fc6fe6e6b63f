// Home of an account: four figures, the traffic, what needs attention, running campaigns, replies and causes of failure; or
// the three steps of a new account. Live: refetched at most once a second when something changed.
import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { type Series, Spark, StackedColumns } from '../../parts/charts.tsx';
import { useFilters } from '../../parts/lists.ts';
import { Card, ErrorBox, Loading, Page } from '../../parts/Page.tsx';
import { Figure } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { type LiveEvent, useLive } from '../../stream.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { FirstSteps } from './FirstSteps.tsx';
import css from './home.module.css';
import { Attention, Causes, Replies, Running } from './lists.tsx';

type Data = Answer<'home.read'>;
type Period = Data['period'];

const periods: readonly Period[] = ['day', 'week', 'month'];
const minRefetchMs = 1000;
/** A longer time says nothing. */
const maxDaysLeft = 366;

/** Calls `refetch` after an event, at most once a second. */
function useRefetchOnEvents(account: string, refetch: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onEvent = useCallback(
    (_: LiveEvent) => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        refetch();
      }, minRefetchMs);
    },
    [refetch],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  useLive([`account:${account}`], onEvent);
}

export function Home() {
  const { account, base } = useAccount();
  const { home: w } = useWords();
  const [values, change] = useFilters();
  const period = periods.find((one) => one === values['period']) ?? 'day';
  const { data, error, refetch } = useQuery({
    ...query('home.read', { account, period }),
    placeholderData: keepPreviousData,
  });
  useRefetchOnEvents(
    account,
    useCallback(() => void refetch(), [refetch]),
  );
  if (data === undefined)
    return (
      <Page title={w.title}>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading rows={8} />}
      </Page>
    );
  const isNew = !data.firstSteps.hasSent || !data.firstSteps.hasKey;
  return (
    <Page title={w.title}>
      {isNew ? <FirstSteps steps={data.firstSteps} base={base} /> : null}
      {data.firstSteps.hasSent ? (
        <>
          <Figures data={data} base={base} />
          <div className={css['columns']}>
            <Card>
              <Traffic
                data={data}
                onPeriod={(next) => change({ period: next === 'day' ? undefined : next })}
              />
            </Card>
            <Attention rows={data.attention} base={base} />
          </div>
          <div className={css['thirds']}>
            <Running running={data.running} scheduled={data.scheduled} base={base} />
            <Replies rows={data.replies} base={base} />
            <Causes rows={data.causes} base={base} />
          </div>
        </>
      ) : null}
    </Page>
  );
}

type Traffic = NonNullable<Data['traffic']>;

const periodMs: Readonly<Record<Period, number>> = {
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

/** The server leaves out steps without a message: they are zero, and the axis shows them. */
function everyStep({ traffic, stepMs, period }: Data): Traffic {
  const known = new Map((traffic ?? []).map((point) => [Math.floor(Date.parse(point.at) / stepMs), point]));
  const last = Math.floor(format.nowMs() / stepMs);
  const count = Math.ceil(periodMs[period] / stepMs);
  const none = { accepted: 0, delivered: 0, undelivered: 0, rejected: 0, expired: 0, unknown: 0 };
  return Array.from({ length: count }, (_, index) => {
    const step = last - count + 1 + index;
    return known.get(step) ?? { at: new Date(step * stepMs).toISOString(), ...none };
  });
}

function Figures({ data, base }: { readonly data: Data; readonly base: string }) {
  const { home: w } = useWords();
  const { figures, lines } = data;
  const day = new Date(format.nowMs() - 86_400_000).toISOString().slice(0, 16);
  const since = encodeURIComponent(`${day}:00Z`);
  const hasFinished = figures.finished > 0;
  return (
    <div className={css['figures']}>
      <Figure
        label={w.accepted}
        value={format.number(figures.accepted)}
        hint={w.acceptedOfDay}
        to={`${base}/messages?from=${since}`}
      >
        {lines === null ? null : <Spark values={lines.map(({ accepted }) => accepted)} label={w.accepted} />}
      </Figure>
      <Figure
        label={w.deliveredRate}
        value={hasFinished ? format.percent(figures.delivered / figures.finished) : '–'}
        hint={hasFinished ? w.withoutReceipt(figures.withoutReceipt) : w.noneFinished}
        to={`${base}/messages?status=delivered&from=${since}`}
      >
        {lines === null ? null : (
          <Spark values={lines.map(({ delivered }) => delivered)} label={w.deliveredRate} />
        )}
      </Figure>
      <Figure
        label={w.waiting}
        value={format.number(figures.waiting)}
        hint={figures.held > 0 ? w.ofWhichHeld(figures.held) : w.nothingHeld}
        to={`${base}/messages?status=accepted`}
      />
      <Figure
        label={w.balance}
        value={format.money(figures.available)}
        hint={
          <>
            {w.reserved(format.money(figures.reserved))}
            {figures.daysLeft === null || figures.daysLeft > maxDaysLeft ? null : (
              <>
                <br />
                {w.daysLeft(figures.daysLeft)}
              </>
            )}
          </>
        }
        to={`${base}/credit`}
      />
    </div>
  );
}

function Traffic({ data, onPeriod }: { readonly data: Data; readonly onPeriod: (period: Period) => void }) {
  const { home: w } = useWords();
  const series: readonly Series[] = [
    { key: 'delivered', name: w.delivered, color: '--chart-delivered' },
    { key: 'failed', name: w.failed, color: '--chart-failed' },
    { key: 'unknown', name: w.unknown, color: '--chart-unknown' },
    { key: 'open', name: w.open, color: '--chart-waiting' },
  ];
  const points = everyStep(data).map(
    ({ at, accepted, delivered, undelivered, rejected, expired, unknown }) => {
      const failed = undelivered + rejected + expired;
      return {
        at,
        values: { delivered, failed, unknown, open: Math.max(0, accepted - delivered - failed - unknown) },
      };
    },
  );
  const isDays = data.stepMs >= 86_400_000;
  const choice = (
    <SegmentedControl
      size="xs"
      aria-label={w.period.label}
      value={data.period}
      data={periods.map((value) => ({ value, label: w.period[value] }))}
      onChange={(next) => onPeriod(next as Period)}
    />
  );
  if (data.traffic === null)
    return (
      <div className="stack">
        <div className="row">{choice}</div>
        <p className="soft">{w.tooMany}</p>
      </div>
    );
  return (
    <StackedColumns
      title={isDays ? w.trafficPerDay : data.stepMs === 3_600_000 ? w.trafficPerHour : w.traffic}
      points={points}
      series={series}
      labelOf={isDays ? format.day : data.period === 'day' ? format.hourMinute : format.dateTime}
      aside={choice}
    />
  );
}
