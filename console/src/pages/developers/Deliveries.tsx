// The delivery log: every attempt to push a callback, all attempts of one, and replay of one or of all that were given up.
import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { type Filter, FilterBar } from '../../parts/FilterBar.tsx';
import { Line } from '../../parts/Line.tsx';
import { type RowOf, useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Loading, Section } from '../../parts/Page.tsx';
import { ReplayAll } from '../../parts/ReplayAll.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';

type Attempt = RowOf<'deliveries.list'>;

const isFailure = ({ error, gaveUp }: Attempt) => error !== null || gaveUp;

/** The reason, the time that it took, and the begin of the answer. */
function sentenceOf({ error, httpStatus, durationMs, answer }: Attempt) {
  const parts = [
    ...(error && error !== `HTTP ${httpStatus}` ? [error] : []),
    ...(durationMs === null ? [] : [format.duration(durationMs)]),
    ...(answer === null ? [] : [answer]),
  ];
  return parts.length === 0 ? {} : { sentence: parts.join(' · ') };
}

function resultOf(row: Attempt, w: Words['developers']): string {
  if (!isFailure(row)) return w.ok(row.httpStatus);
  return row.gaveUp ? w.gaveUp : w.failed(row.error, row.httpStatus);
}

export function Deliveries() {
  const { account, canWrite } = useAccount();
  const { developers: w, common } = useWords();
  const [values, change] = useFilters();
  const [isReplaying, setReplaying] = useState(false);
  const filters: readonly Filter[] = [
    {
      key: 'result',
      name: w.resultFilter,
      choices: Object.entries(w.results).map(([value, label]) => ({ value, label })),
    },
    { key: 'message', name: w.message },
    { key: 'from', name: common.from, kind: 'date' },
    { key: 'to', name: common.to, kind: 'date' },
  ];
  const chosen = Object.fromEntries(filters.flatMap(({ key }) => (values[key] ? [[key, values[key]]] : [])));
  const list = useList('deliveries.list', { account, ...chosen });
  const open = values['open'] === undefined ? null : Number(values['open']);
  return (
    <Section
      title={w.deliveries}
      aside={
        canWrite ? (
          <Button variant="default" onClick={() => setReplaying(true)}>
            {w.replayAll}
          </Button>
        ) : null
      }
    >
      <p className="soft">{w.logLead}</p>
      <FilterBar filters={filters} values={values} onChange={change} />
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.deliveries}
        {...list}
        rowKey={({ id }) => id}
        onOpen={({ callback }) => change({ open: String(callback) })}
        empty={
          list.error ? null : Object.keys(chosen).length > 0 ? (
            <Empty title={common.empty.filtered} />
          ) : (
            <Empty title={w.logEmpty}>{w.logEmptyText}</Empty>
          )
        }
        columns={[
          {
            key: 'result',
            name: w.result,
            cell: (row) => <Chip tone={isFailure(row) ? 'bad' : 'good'}>{resultOf(row, w)}</Chip>,
          },
          { key: 'at', name: w.at, cell: ({ at }) => <Time at={at} />, phone: 'aside' },
          {
            key: 'attempt',
            name: w.attempt,
            align: 'right',
            cell: ({ attempt }) => format.number(attempt),
            phone: 'hide',
          },
          {
            key: 'messages',
            name: w.messages,
            align: 'right',
            cell: ({ delivered, failed }) => format.number(delivered + failed),
            phone: 'hide',
          },
          {
            key: 'duration',
            name: w.duration,
            align: 'right',
            cell: ({ durationMs }) => (durationMs === null ? '–' : format.duration(durationMs)),
            phone: 'hide',
          },
          {
            key: 'error',
            name: '',
            clips: true,
            cell: ({ error, httpStatus, answer }) => (
              <span className="soft">{error === `HTTP ${httpStatus}` ? answer : error}</span>
            ),
            phone: 'wide',
          },
        ]}
      />
      <DeliveryDialog
        account={account}
        callback={open}
        canWrite={canWrite}
        onClose={() => change({ open: undefined })}
      />
      <ReplayAll account={account} opened={isReplaying} onClose={() => setReplaying(false)} />
    </Section>
  );
}

interface DeliveryDialogProps {
  readonly account: string;
  readonly callback: number | null;
  readonly canWrite: boolean;
  readonly onClose: () => void;
}

function DeliveryDialog({ account, callback, canWrite, onClose }: DeliveryDialogProps) {
  const { developers: w, common } = useWords();
  return (
    <Modal
      opened={callback !== null}
      onClose={onClose}
      title={w.oneTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {callback === null ? null : (
        <Delivery account={account} callback={callback} canWrite={canWrite} onClose={onClose} />
      )}
    </Modal>
  );
}

function Delivery({
  account,
  callback,
  canWrite,
  onClose,
}: DeliveryDialogProps & { readonly callback: number }) {
  const { developers: w } = useWords();
  const { base } = useAccount();
  const { data, error } = useQuery(query('deliveries.read', { account, callback }));
  const [failure, setFailure] = useState<unknown>(null);
  if (data === undefined) return error ? <ErrorBox error={error} /> : <Loading rows={3} />;
  const last = data.attempts.at(-1);
  const replay = async () => {
    try {
      const { messages } = await call('deliveries.replay', { account, body: { attempt: last?.id } });
      notifications.show({ message: w.replayed(messages) });
      await queries.invalidateQueries({ queryKey: ['deliveries.list'] });
      onClose();
    } catch (caught) {
      setFailure(caught);
    }
  };
  return (
    <div className="stack">
      <Line
        label={w.oneTitle}
        stations={data.attempts.map((row) => ({
          key: String(row.id),
          tone: isFailure(row) ? 'bad' : 'good',
          title: resultOf(row, w),
          at: row.at,
          ...sentenceOf(row),
        }))}
      />
      <p className="soft">
        {data.nextAttemptAt === null ? w.noNext : w.nextAttempt(format.relative(data.nextAttemptAt))}
      </p>
      <div className="row">
        {data.messages.slice(0, 10).map(({ message, number }) => (
          <Link key={message} to={`${base}/messages/${message}`}>
            <PhoneNumber value={number} />
          </Link>
        ))}
      </div>
      {failure === null ? null : <ErrorBox error={failure} />}
      {canWrite && last !== undefined ? (
        <div>
          <Button onClick={() => void replay()}>{w.replay}</Button>
        </div>
      ) : null}
    </div>
  );
}
