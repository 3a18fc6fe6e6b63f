// The inbox: conversations of the account, and one of them open. Unread and handled belong to the account. Live: a reply is
// shown at once.
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import { queries } from '../../api.ts';
import { type RowOf, useFilters, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Loading, Page } from '../../parts/Page.tsx';
import { ShowNumbers } from '../../parts/ShowNumbers.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { type LiveEvent, useLive } from '../../stream.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './inbox.module.css';
import { Thread } from './Thread.tsx';

type Conversation = RowOf<'inbox.list'>;
const tabs = ['unhandled', 'all', 'opt-outs'] as const;

export function Inbox() {
  const { account, base } = useAccount();
  const { inbox: w, common } = useWords();
  const { conversation } = useParams({ strict: false }) as { conversation?: string };
  const [values, change] = useFilters();
  const tab = tabs.find((one) => one === values['tab']) ?? 'all';
  const list = useList('inbox.list', { account, tab });
  const refetch = list.refetch;
  const onEvent = useCallback(
    ({ event }: LiveEvent) => {
      if (event !== 'reply' && event !== 'changed' && event !== 'message-step') return;
      refetch();
      void queries.invalidateQueries({ queryKey: ['inbox.read'] });
    },
    [refetch],
  );
  useLive([`account:${account}`], onEvent);
  const isOpen = conversation !== undefined;
  return (
    <Page title={w.title} actions={<ShowNumbers numbers={list.rows.map(({ number }) => number)} />}>
      <div className="row">
        {tabs.map((one) => (
          <Button
            key={one}
            variant={one === tab ? 'default' : 'subtle'}
            data-size="xs"
            aria-pressed={one === tab}
            onClick={() => change({ tab: one === 'all' ? undefined : one })}
          >
            {w.tabs[one]}
          </Button>
        ))}
      </div>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      {list.isLoading ? <Loading /> : null}
      {!list.isLoading && !list.error && list.rows.length === 0 && !isOpen ? (
        <NoConversation tab={tab} base={base} />
      ) : list.isLoading || list.error ? null : (
        <div className={css['columns']} data-open={isOpen || undefined}>
          <ul className={css['list']} aria-label={w.conversations}>
            {list.rows.map((row) => (
              <Item key={row.conversation} row={row} base={base} />
            ))}
            {list.hasMore ? (
              <li className={css['pad']}>
                <Button variant="subtle" loading={list.isLoadingMore} onClick={list.onMore}>
                  {common.older}
                </Button>
              </li>
            ) : null}
          </ul>
          <div className={css['thread']}>
            {isOpen ? (
              <Thread
                key={conversation}
                account={account}
                base={base}
                conversation={Number(conversation)}
                onChange={refetch}
              />
            ) : (
              <p className={`soft ${css['pad']}`}>{w.choose}</p>
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

function NoConversation({ tab, base }: { readonly tab: (typeof tabs)[number]; readonly base: string }) {
  const { inbox: w } = useWords();
  const navigate = useNavigate();
  if (tab === 'unhandled') return <Empty title={w.emptyUnhandled} />;
  return (
    <Empty
      title={w.empty}
      actions={
        <Button variant="default" onClick={() => void navigate({ to: `${base}/settings/senders` })}>
          {w.seeNumbers}
        </Button>
      }
    >
      {w.emptyText}
    </Empty>
  );
}

function Item({ row, base }: { readonly row: Conversation; readonly base: string }) {
  const { inbox: w } = useWords();
  return (
    <li>
      <Link
        to={`${base}/inbox/${row.conversation}`}
        search={((before: object) => before) as never}
        className={css['item']!}
        data-unread={row.isUnread || undefined}
        activeOptions={{ includeSearch: false }}
        resetScroll={false}
      >
        <span className={css['head']}>
          {row.isUnread ? <span className={css['dot']} role="img" aria-label={w.unread} /> : null}
          <span className={css['name']}>
            <PhoneNumber value={row.number} name={row.contact} />
          </span>
          {row.isOptedOut ? <Chip tone="warn">{w.stop}</Chip> : null}
          <span className="faint small">
            <Time at={row.at} />
          </span>
        </span>
        <span className={css['text']}>{row.text}</span>
        <span className="faint small">
          {w.to(/^\d{6,}$/.test(row.recipient) ? format.phone(row.recipient) : row.recipient)}
        </span>
      </Link>
    </li>
  );
}
