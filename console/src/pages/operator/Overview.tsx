// The installation at a glance, the operator's first page: what leaves and what waits, carriers, decisions, the last hour, and the
// accounts with traffic today. Each figure opens the page that it counts.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { type Series, StackedColumns } from '../../parts/charts.tsx';
import { DataTable } from '../../parts/DataTable.tsx';
import { Card, Empty, ErrorBox, Loading, Page, Section } from '../../parts/Page.tsx';
import { Facts, Figure, Money } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './operator.module.css';
import { beginOfToday, ShareBar } from './values.tsx';

type Data = Answer<'operator.overview.read'>;

const refreshMs = 2_000;

export function Overview() {
  const { operator } = useWords();
  const { overview: w } = operator;
  const [today] = useState(beginOfToday);
  const { data, error, refetch } = useQuery({
    ...query('operator.overview.read', { today }),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={w.title}>
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Loading rows={8} /> : null}
      {data === undefined ? null : (
        <>
          <Figures data={data} />
          <div className={css['columns']}>
            <Card>
              <LastHour data={data} />
            </Card>
            <Today today={data.today} />
          </div>
          <Busiest data={data} />
        </>
      )}
    </Page>
  );
}

const ageOf = (at: string | null) =>
  at === null ? null : format.duration(Math.max(0, format.nowMs() - Date.parse(at)));

function Figures({ data: { queues, carriers, todo, lastHour } }: { readonly data: Data }) {
  const { operator } = useWords();
  const { overview: w } = operator;
  const { messagesDue, messagesScheduled, messagesHeld, oldestDueAt, callbacks, oldestCallbackAt } = queues;
  const decisions = todo.campaigns + todo.senders + todo.templates + todo.orders;
  const kinds = (Object.keys(w.todoParts) as (keyof typeof w.todoParts)[]).filter((kind) => todo[kind] > 0);
  const oldest = ageOf(oldestDueAt);
  const late = ageOf(oldestCallbackAt);
  const down = carriers.all - carriers.usable;
  return (
    <div className={css['figures']}>
      <Figure label={w.rate} value={format.number(lastHour.at(-2)?.messages ?? 0)} hint={w.rateHint} />
      <Figure
        label={w.waiting}
        value={format.number(messagesDue)}
        hint={
          <>
            {oldest === null ? null : (
              <>
                {w.oldestDue(oldest)}
                <br />
              </>
            )}
            {w.waitingHint(messagesScheduled, messagesHeld)}
          </>
        }
      />
      <Figure
        label={w.carriers}
        value={w.carriersOf(carriers.usable, carriers.all)}
        hint={
          carriers.isSimulated && carriers.all === 1
            ? w.carriersSimulated
            : down > 0
              ? w.carriersDown(down)
              : w.carriersAll
        }
        to="/operator/carriers"
      />
      <Figure
        label={w.callbacks}
        value={format.number(callbacks)}
        hint={late === null ? w.callbacksNone : w.callbacksSince(late)}
        to="/operator/deliveries"
      />
      <Figure
        label={w.todo}
        value={format.number(decisions)}
        hint={decisions === 0 ? w.todoNone : kinds.map((kind) => w.todoParts[kind](todo[kind])).join(', ')}
        to="/operator/todo"
      />
    </div>
  );
}

function LastHour({ data }: { readonly data: Data }) {
  const { operator } = useWords();
  const series: readonly Series[] = [
    { key: 'messages', name: operator.overview.sent, color: '--chart-delivered' },
  ];
  return (
    <StackedColumns
      title={operator.overview.lastHour}
      points={data.lastHour.map(({ at, messages }) => ({ at, values: { messages } }))}
      series={series}
      labelOf={format.hourMinute}
    />
  );
}

function Today({ today }: { readonly today: Data['today'] }) {
  const { operator } = useWords();
  const { overview: w } = operator;
  return (
    <Section title={w.today}>
      <Facts
        rows={[
          [w.messages, format.number(today.messages)],
          [w.segments, format.number(today.segments)],
          [w.charged, <Money key="price" value={today.price} />],
          [
            w.margin,
            today.margin === null ? (
              <span key="margin" className="soft">
                {w.marginUnknown}
              </span>
            ) : (
              <Money key="margin" value={today.margin} />
            ),
          ],
        ]}
      />
    </Section>
  );
}

function Busiest({ data }: { readonly data: Data }) {
  const { operator, common } = useWords();
  const { overview: w } = operator;
  const most = Math.max(1, ...data.busiest.map(({ today }) => today.messages));
  const pageOf = (account: string) => `/operator/accounts/${encodeURIComponent(account)}`;
  return (
    <Section title={w.busiest} aside={<Link to="/operator/accounts">{w.allAccounts}</Link>}>
      <DataTable
        label={w.busiest}
        rows={data.busiest}
        rowKey={({ account }) => account}
        rowLink={({ account }) => pageOf(account)}
        empty={<Empty title={w.noTraffic}>{w.noTrafficText}</Empty>}
        columns={[
          {
            key: 'name',
            name: common.account,
            cell: ({ account, name }) => (
              <Link
                to={pageOf(account)}
                style={{ color: 'inherit', textDecoration: 'none', fontWeight: 500 }}
              >
                {name}
              </Link>
            ),
          },
          {
            key: 'share',
            name: w.share,
            clips: true,
            cell: ({ today }) => <ShareBar share={today.messages / most} />,
            phone: 'hide',
          },
          {
            key: 'messages',
            name: w.messages,
            align: 'right',
            cell: ({ today }) => format.number(today.messages),
            phone: 'aside',
          },
          {
            key: 'price',
            name: w.charged,
            align: 'right',
            cell: ({ today }) => <Money value={today.price} />,
            phone: 'aside',
          },
          {
            key: 'margin',
            name: w.margin,
            align: 'right',
            cell: ({ today }) =>
              today.margin === null ? <span className="faint">–</span> : <Money value={today.margin} />,
            phone: 'hide',
          },
        ]}
      />
    </Section>
  );
}
