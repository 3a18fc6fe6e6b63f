// Orders of credit: packs with their discounts, the orders of the account, and the form of each.
import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox } from '../../parts/Page.tsx';
import { Chip, type Tone } from '../../parts/StatusChip.tsx';
import { Money, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

const tones: Readonly<Record<'open' | 'paid' | 'cancelled', Tone>> = {
  open: 'waits',
  paid: 'good',
  cancelled: 'ended',
};

export function Orders() {
  const { account, canOwn } = useAccount();
  const { credit: w } = useWords();
  const [values, change] = useFilters();
  const list = useList('credit.listOrders', { account });
  return (
    <>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.orders}
        {...list}
        rowKey={({ order }) => order}
        empty={
          list.error ? null : (
            <Empty
              title={w.ordersEmpty}
              actions={canOwn ? <Button onClick={() => change({ new: '1' })}>{w.order}</Button> : null}
            >
              {w.ordersEmptyText}
            </Empty>
          )
        }
        columns={[
          {
            key: 'status',
            name: w.status,
            cell: ({ status }) => <Chip tone={tones[status]}>{w.statuses[status]}</Chip>,
          },
          { key: 'at', name: w.when, cell: ({ orderedAt }) => <Time at={orderedAt} />, phone: 'aside' },
          {
            key: 'quantity',
            name: w.quantity,
            cell: ({ quantity, isAutomatic }) => (
              <>
                {w.credits(quantity)} {isAutomatic ? <span className="faint">({w.automatic})</span> : null}
              </>
            ),
          },
          {
            key: 'credit',
            name: w.title,
            align: 'right',
            cell: ({ credit }) => <Money value={credit} />,
            phone: 'hide',
          },
          {
            key: 'withTax',
            name: w.withTax,
            align: 'right',
            cell: ({ withTax }) => <Money value={withTax} />,
            phone: 'aside',
          },
          {
            key: 'form',
            name: '',
            align: 'right',
            phone: 'wide',
            cell: ({ form }) => (
              <a href={form} target="_blank" rel="noopener">
                {w.form}
              </a>
            ),
          },
        ]}
      />
      <OrderDialog
        account={account}
        opened={'new' in values}
        onClose={() => change({ new: undefined }, 'replace')}
      />
    </>
  );
}

function OrderDialog({
  account,
  opened,
  onClose,
}: {
  readonly account: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { credit: w, common } = useWords();
  const { data } = useQuery({ ...query('credit.read', { account }), enabled: opened });
  const [error, setError] = useState<unknown>(null);
  const order = async (quantity: number) => {
    setError(null);
    try {
      await call('credit.order', { account, body: { quantity } });
      notifications.show({ message: w.ordered });
      await queries.invalidateQueries({ queryKey: ['credit.listOrders'] });
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  const vat = data?.packs[0]?.vatPercent;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={w.orderTitle}
      size="xl"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      <div className="stack">
        {error === null ? null : <ErrorBox error={error} />}
        <DataTable
          label={w.orderTitle}
          rows={data?.packs ?? []}
          isLoading={data === undefined}
          rowKey={({ quantity }) => quantity}
          empty={null}
          columns={[
            { key: 'quantity', name: w.pack, cell: ({ quantity }) => w.credits(quantity) },
            {
              key: 'discount',
              name: w.discount,
              align: 'right',
              cell: ({ discountPercent }) => format.percent(discountPercent / 100),
              phone: 'hide',
            },
            {
              key: 'withoutTax',
              name: w.withoutTax,
              align: 'right',
              cell: ({ withoutTax }) => <Money value={withoutTax} />,
              phone: 'hide',
            },
            {
              key: 'tax',
              name: w.tax(vat === undefined ? '' : format.percent(vat / 100)),
              align: 'right',
              cell: ({ tax }) => <Money value={tax} />,
              phone: 'hide',
            },
            {
              key: 'withTax',
              name: w.withTax,
              align: 'right',
              cell: ({ withTax }) => <Money value={withTax} />,
              phone: 'aside',
            },
            {
              key: 'order',
              name: '',
              align: 'right',
              phone: 'aside',
              cell: ({ quantity }) => (
                <Button variant="default" data-size="xs" onClick={() => void order(quantity)}>
                  {w.chosen}
                </Button>
              ),
            },
          ]}
        />
      </div>
    </Modal>
  );
}
