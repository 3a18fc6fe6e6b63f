// One conversation: sent at the right, received at the left, with days between; and the composer. Reading marks it as read.
// An answer leaves from the number that the latest reply came to; its price is computed before it is sent.
import { Button, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries } from '../../api.ts';
import { Counter } from '../../parts/Counter.tsx';
import { useKeys } from '../../parts/keys.ts';
import { Alert, ErrorBox, Loading } from '../../parts/Page.tsx';
import { Bubble } from '../../parts/PhonePreview.tsx';
import { Chip, MessageStatusChip } from '../../parts/StatusChip.tsx';
import { PhoneNumber } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { CannedTexts } from './CannedTexts.tsx';
import css from './inbox.module.css';

type Page = Answer<'inbox.read'>;
type Entry = Page['rows'][number];

const pageSize = 50;
const priceAfterMs = 400;

interface ThreadProps {
  readonly account: string;
  readonly base: string;
  readonly conversation: number;
  readonly onChange: () => void;
}

export function Thread({ account, base, conversation, onChange }: ThreadProps) {
  const { inbox: w } = useWords();
  const navigate = useNavigate();
  const end = useRef<HTMLDivElement>(null);
  const result = useInfiniteQuery({
    queryKey: ['inbox.read', { account, conversation }],
    queryFn: ({ pageParam }) =>
      call('inbox.read', {
        account,
        conversation,
        limit: pageSize,
        ...(pageParam === '' ? {} : { after: pageParam }),
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const first = result.data?.pages[0];
  const rows = result.data?.pages.flatMap((page) => page.rows) ?? [];
  const newest = rows[0]?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls to the newest, and marks as read, when one came.
  useEffect(() => {
    if (newest === undefined) return;
    end.current?.scrollIntoView({ block: 'end' });
    void call('inbox.mark', { account, conversation, body: { isRead: true } }).then(onChange, () => {});
  }, [newest, conversation]);
  const mark = async (isHandled: boolean) => {
    await call('inbox.mark', { account, conversation, body: { isHandled } });
    await queries.invalidateQueries({ queryKey: ['inbox.read', { account, conversation }] });
    onChange();
  };
  useKeys({
    e: () => void mark(!(first?.isHandled ?? false)),
    u: () => void navigate({ to: `${base}/inbox` }),
  });
  if (first === undefined)
    return (
      <div className={css['pad']}>
        {result.error ? <ErrorBox error={result.error} onRetry={() => void result.refetch()} /> : <Loading />}
      </div>
    );
  return (
    <>
      <ThreadHead data={first} base={base} onMark={mark} />
      <div className={css['entries']}>
        {result.hasNextPage ? (
          <Button
            variant="subtle"
            loading={result.isFetchingNextPage}
            onClick={() => void result.fetchNextPage()}
          >
            {w.older}
          </Button>
        ) : null}
        <Entries rows={rows} base={base} />
        <div ref={end} />
      </div>
      <Composer account={account} conversation={conversation} data={first} />
    </>
  );
}

function ThreadHead({
  data,
  base,
  onMark,
}: {
  readonly data: Page;
  readonly base: string;
  readonly onMark: (isHandled: boolean) => Promise<void>;
}) {
  const { inbox: w } = useWords();
  const { canWrite } = useAccount();
  const navigate = useNavigate();
  return (
    <div className={css['threadHead']}>
      <Button
        className={css['onlyPhone']!}
        variant="subtle"
        aria-label={w.back}
        onClick={() => void navigate({ to: `${base}/inbox` })}
      >
        <IconArrowLeft size={18} stroke={1.75} />
      </Button>
      <h2 style={{ flex: 1 }}>{data.contact ?? <PhoneNumber value={data.number} />}</h2>
      {data.isOptedOut ? <Chip tone="warn">{w.stop}</Chip> : null}
      {data.isHandled ? (
        <span className="soft small">
          {data.handledBy === null ? w.isHandled : w.handledBy(data.handledBy)}
        </span>
      ) : null}
      <Link to={`${base}/messages`} search={{ number: data.number } as never} className="small">
        {w.messages}
      </Link>
      {canWrite ? (
        <Button variant="default" data-size="xs" onClick={() => void onMark(!data.isHandled)}>
          {data.isHandled ? w.reopen : w.handled}
        </Button>
      ) : null}
    </div>
  );
}

function Entries({ rows, base }: { readonly rows: readonly Entry[]; readonly base: string }) {
  const { inbox: w } = useWords();
  let day = '';
  return (
    <>
      {rows.toReversed().map((entry) => {
        const date = format.day(entry.at);
        const isNewDay = date !== day;
        day = date;
        const isMine = entry.kind === 'message';
        return (
          <div key={`${entry.kind} ${entry.id}`} className={css['entry']} data-mine={isMine || undefined}>
            {isNewDay ? <div className={css['day']}>{date}</div> : null}
            <Bubble text={entry.text} mine={isMine} />
            <div className={css['note']}>
              <time dateTime={entry.at} title={format.exactTime(entry.at)}>
                {format.hourMinute(entry.at)}
              </time>
              {entry.isOptOut ? <Chip tone="warn">{w.stop}</Chip> : null}
              {entry.status === null ? null : (
                <Link to={`${base}/messages/${entry.id}`}>
                  <MessageStatusChip status={entry.status} bare />
                </Link>
              )}
            </div>
          </div>
        );
      })}
    </>
  );
}

function Composer({
  account,
  conversation,
  data,
}: {
  readonly account: string;
  readonly conversation: number;
  readonly data: Page;
}) {
  const { inbox: w } = useWords();
  const { canWrite } = useAccount();
  const [isAllowed, setAllowed] = useState(false);
  if (!canWrite) return null;
  if (data.isOptedOut && !isAllowed)
    return (
      <div className={css['composer']}>
        <Alert
          tone="warn"
          title={w.optedOut(data.optedOutAt === null ? '–' : format.dateTime(data.optedOutAt))}
          actions={
            <Button variant="default" onClick={() => setAllowed(true)}>
              {w.answerAnyway}
            </Button>
          }
        >
          <p className="soft">{w.optedOutText}</p>
        </Alert>
      </div>
    );
  return <AnswerForm account={account} conversation={conversation} recipient={data.recipient} />;
}

function AnswerForm({
  account,
  conversation,
  recipient,
}: {
  readonly account: string;
  readonly conversation: number;
  readonly recipient: string;
}) {
  const { inbox: w } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [priced, setPriced] = useState('');
  // One key for this text until it was sent: two clicks are one message.
  const [request, setRequest] = useState<string>(() => crypto.randomUUID());
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  useKeys({ r: () => field.current?.focus() });
  useEffect(() => {
    const timer = setTimeout(() => setPriced(text.trim()), priceAfterMs);
    return () => clearTimeout(timer);
  }, [text]);
  const { data: price } = useQuery({
    queryKey: ['inbox.answer', { account, conversation, priced }],
    queryFn: () =>
      call('inbox.answer', {
        account,
        conversation,
        body: { text: priced, request: crypto.randomUUID(), isDryRun: true },
      }),
    enabled: priced !== '',
    retry: false,
  });
  const send = async () => {
    if (text.trim() === '' || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await call('inbox.answer', { account, conversation, body: { text: text.trim(), request } });
      setText('');
      setRequest(crypto.randomUUID());
      notifications.show({ message: w.sent });
      await queries.invalidateQueries({ queryKey: ['inbox.read', { account, conversation }] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={css['composer']}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        ref={field}
        aria-label={w.placeholder}
        placeholder={w.placeholder}
        value={text}
        rows={2}
        maxLength={2000}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      {text === '' ? null : <Counter text={text} onChange={setText} />}
      {error === null ? null : <ErrorBox error={error} />}
      <div className="row">
        <Button type="submit" loading={isBusy} disabled={text.trim() === ''}>
          {price && text.trim() === priced ? w.sendCost(format.money(price.cost)) : w.send}
        </Button>
        <CannedTexts
          account={account}
          text={text}
          onChoose={(chosen) => {
            setText((before) => (before.trim() === '' ? chosen : `${before.trimEnd()} ${chosen}`));
            field.current?.focus();
          }}
        />
        <span className="faint small">{w.from(recipient)}</span>
      </div>
    </form>
  );
}
