// Refused requests with the reason in words; a row opens what the request was and what to do. Used by the developers' page of an
// account and by the operator's deliveries.
import { Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Answer } from '../../../src/dialects/console/contract.ts';
import { useWords } from '../words/words.ts';
import { DataTable } from './DataTable.tsx';
import type { List } from './lists.ts';
import { Facts, Time } from './values.tsx';

type Row = Answer<'refused.list'>['rows'][number] & { readonly account?: string | null };

export function RefusedTable<R extends Row>({
  list,
  empty,
}: {
  readonly list: List<R>;
  readonly empty: ReactNode;
}) {
  const { developers: w, common } = useWords();
  const [open, setOpen] = useState<R | null>(null);
  const withAccount = list.rows.some((row) => row.account !== undefined);
  const says = ({ reason }: Row) => (reason === null ? w.ownReason : (w.refusals[reason]?.says ?? reason));
  return (
    <>
      <DataTable
        label={w.refused}
        {...list}
        rowKey={({ refusal }) => refusal}
        onOpen={setOpen}
        empty={empty}
        columns={[
          { key: 'at', name: common.time, cell: ({ at }) => <Time at={at} />, phone: 'first' },
          ...(withAccount
            ? [
                {
                  key: 'account',
                  name: common.account,
                  cell: ({ account, identifier }: R) =>
                    account ?? <span className="faint">{identifier ?? '–'}</span>,
                  phone: 'hide' as const,
                },
              ]
            : []),
          {
            key: 'route',
            name: w.route,
            cell: ({ method, path }) => (
              <code>
                {method} {path}
              </code>
            ),
            phone: 'wide',
          },
          {
            key: 'reason',
            name: w.reason,
            clips: true,
            cell: (row) => (
              <>
                {says(row)} {row.detail ? <span className="soft">{row.detail}</span> : null}
              </>
            ),
            phone: 'wide',
          },
          {
            key: 'times',
            name: '',
            align: 'right',
            cell: ({ times }) => (times > 1 ? w.times(times) : ''),
            phone: 'aside',
          },
        ]}
      />
      <Modal
        opened={open !== null}
        onClose={() => setOpen(null)}
        title={open === null ? '' : says(open)}
        size="lg"
        closeButtonProps={{ 'aria-label': common.close }}
      >
        {open === null ? null : <Details row={open} />}
      </Modal>
    </>
  );
}

function Details({ row }: { readonly row: Row }) {
  const { developers: w, common } = useWords();
  const remedy = row.reason === null ? null : (w.refusals[row.reason]?.remedy ?? null);
  return (
    <Facts
      rows={[
        remedy !== null && [w.remedy, remedy],
        row.detail !== '' && [w.detail, row.detail],
        [
          w.route,
          <code key="route">
            {row.method} {row.path}
          </code>,
        ],
        [w.answered, `HTTP ${row.status}`],
        [w.dialect, row.dialect],
        row.reason !== null && [w.code, <code key="code">{row.reason}</code>],
        row.identifier !== null && [w.login, <code key="login">{row.identifier}</code>],
        [w.fromAddress, row.address],
        [
          common.time,
          <span key="time">
            <Time at={row.at} exact /> {row.times > 1 ? w.times(row.times) : ''}
          </span>,
        ],
      ]}
    />
  );
}
