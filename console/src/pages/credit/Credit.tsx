// The frame of the credit: its figures, and tabs with addresses.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { query } from '../../api.ts';
import { ErrorBox, Page, PageTabs } from '../../parts/Page.tsx';
import { Figure } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { type LiveEvent, useLive } from '../../stream.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './credit.module.css';

export function Credit() {
  const { account, base, canOwn } = useAccount();
  const { credit: w } = useWords();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(query('credit.read', { account }));
  const onEvent = useCallback(
    ({ event }: LiveEvent) => {
      if (event === 'balance') void refetch();
    },
    [refetch],
  );
  useLive([`account:${account}`], onEvent);
  return (
    <Page
      title={w.title}
      actions={
        canOwn && data && data.packs.length > 0 ? (
          <Button onClick={() => void navigate({ to: `${base}/credit/orders?new=1` })}>{w.order}</Button>
        ) : null
      }
    >
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <div className={css['figures']}>
          <Figure label={w.available} value={format.money(data.available)} />
          <Figure label={w.reserved} value={format.money(data.reserved)} hint={w.reservedHint} />
          <Figure label={w.balance} value={format.money(data.balance)} />
          <Figure label={w.spent} value={format.money(data.spentThisMonth)} />
        </div>
      ) : null}
      <PageTabs
        label={w.title}
        tabs={(['entries', 'orders', 'invoices', 'statements', 'prices', 'alerts'] as const).map((tab) => ({
          to: `${base}/credit/${tab}`,
          name: w[tab],
        }))}
      />
      <Outlet />
    </Page>
  );
}
