// The page of one message: its line with every step, the text as the phone shows it, the facts, and for a failure the cause
// and the remedy. Live: stations appear by events. `[` and `]` open the neighbours.
import { Button, Menu } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft';
import IconDots from '@tabler/icons-react/icons/IconDots';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { queries, query } from '../../api.ts';
import { Counter, MarkedText } from '../../parts/Counter.tsx';
import { useCauses } from '../../parts/causes.ts';
import { useKeys } from '../../parts/keys.ts';
import { Line } from '../../parts/Line.tsx';
import { Alert, ErrorBox, Loading, Page, Section } from '../../parts/Page.tsx';
import { Bubble, PhonePreview } from '../../parts/PhonePreview.tsx';
import { ShowNumbers } from '../../parts/ShowNumbers.tsx';
import { MessageStatusChip } from '../../parts/StatusChip.tsx';
import { Copy, copyText, Facts, Money, PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { type LiveEvent, useConnection, useLive } from '../../stream.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './message.module.css';
import { stationsOf } from './stations.tsx';

type Data = Answer<'messages.read'>;

const failed: readonly Data['status'][] = ['undelivered', 'expired', 'rejected', 'unknown', 'cancelled'];

export function Message() {
  const { account, base } = useAccount();
  const { message } = useParams({ strict: false }) as { message: string };
  const { messages: w } = useWords();
  const { data, error, refetch } = useQuery(query('messages.read', { account, message }));
  if (data === undefined)
    return (
      <Page title={w.one}>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading rows={8} />}
      </Page>
    );
  return <MessagePage key={data.message} data={data} base={base} account={account} />;
}

function MessagePage({
  data,
  base,
  account,
}: {
  readonly data: Data;
  readonly base: string;
  readonly account: string;
}) {
  const words = useWords();
  const { messages: w } = words;
  const navigate = useNavigate();
  const causeOf = useCauses();
  const connection = useConnection();
  const onEvent = useCallback(
    (event: LiveEvent) => {
      if (event.event === 'message-step' || event.event === 'callback')
        void queries.invalidateQueries({
          queryKey: ['messages.read', { account, message: String(data.message) }],
        });
    },
    [account, data.message],
  );
  const isEnded = data.stations.every(({ state }) => state !== 'awaited');
  useLive(isEnded ? [] : [`account:${account}`, `campaign:${data.campaign}`], onEvent);
  const open = (id: number | null) => () => {
    if (id !== null) void navigate({ to: `${base}/messages/${id}` });
  };
  useKeys({
    '[': open(data.newer),
    ']': open(data.older),
    u: () => void navigate({ to: `${base}/messages` }),
  });
  const stations = stationsOf(data.stations, words, causeOf);
  return (
    <Page
      title={w.messageTo(format.phone(data.number))}
      state={
        <>
          <MessageStatusChip status={data.status} />
          {data.contact ? <span>{data.contact}</span> : null}
          <span>
            {w.accepted} <Time at={data.acceptedAt} />
          </span>
        </>
      }
      actions={
        <>
          <Button
            variant="subtle"
            leftSection={<IconArrowLeft size={16} stroke={1.75} />}
            onClick={() => void navigate({ to: `${base}/messages` })}
          >
            {w.back}
          </Button>
          <ShowNumbers numbers={[data.number]} />
          <MoreMenu data={data} base={base} />
        </>
      }
    >
      {data.cause && failed.includes(data.status) ? <WhyBox data={data} /> : null}
      {data.isOptedOut ? <Alert tone="warn" title={w.optedOut} /> : null}
      <div className={css['columns']}>
        <section className={css['line']} aria-label={w.steps}>
          <Line stations={stations} label={w.steps} isLive={connection === 'live'} />
        </section>
        <aside className={css['aside']}>
          <Section title={w.onThePhone}>
            <PhonePreview sender={data.sender ?? w.defaultSender} time={format.dateTime(data.dueAt)}>
              <Bubble text={data.text} showsCuts flash={data.messageClass === 0} />
            </PhonePreview>
            <Counter text={data.text} />
            {data.encoding === 'ucs2' ? <MarkedText text={data.text} /> : null}
          </Section>
          <Section title={w.facts}>
            <FactsOf data={data} base={base} />
          </Section>
        </aside>
      </div>
    </Page>
  );
}

/** Outcome, cause in words, code; and the remedy. */
function WhyBox({ data }: { readonly data: Data }) {
  const { messages: w, states } = useWords();
  const causeOf = useCauses();
  const cause = data.cause!;
  const { says, remedy } = causeOf(cause);
  return (
    <Alert
      tone={data.status === 'unknown' || data.status === 'cancelled' ? 'warn' : 'bad'}
      title={`${states.message[data.status]}: ${says}`}
    >
      <dl className={css['why']}>
        <dt>{w.why}</dt>
        <dd>
          <code>{cause.code}</code>
          {cause.text && cause.text !== cause.code ? ` ${cause.text}` : ''}
        </dd>
        <dt>{w.whatToDo}</dt>
        <dd>{remedy}</dd>
      </dl>
    </Alert>
  );
}

function FactsOf({ data, base }: { readonly data: Data; readonly base: string }) {
  const { messages: w, states } = useWords();
  return (
    <Facts
      rows={[
        [
          w.recipient,
          <>
            <PhoneNumber value={data.number} />
            <Copy text={data.number} name={w.number} />
          </>,
        ],
        [w.country, format.country(data.country)],
        [w.sender, data.sender ?? w.defaultSender],
        [
          w.cost,
          <>
            <Money value={data.cost} />
            {data.segments > 1 ? (
              <span className="faint"> ({w.pricePer(format.money(data.pricePerSegment))})</span>
            ) : null}
          </>,
        ],
        [w.segments, `${format.number(data.segments)} · ${data.encoding === 'gsm7' ? 'GSM' : 'UCS-2'}`],
        [w.purpose, states.purpose[data.purpose]],
        [w.tier, states.tier[data.tier]],
        data.messageClass === null
          ? null
          : [w.messageClass, data.messageClass === 0 ? w.flash : String(data.messageClass)],
        data.campaignMessages > 1 && [
          w.campaign,
          <Link key="campaign" to={`${base}/messages`} search={{ campaign: data.campaign } as never}>
            {w.inCampaign(data.campaignMessages)}
          </Link>,
        ],
        data.tag !== null && [w.tag, data.tag],
        [w.dialect, states.dialect[data.dialect]],
        data.user !== null && [w.user, data.user],
        data.carrier !== null && [w.carrier, data.carrier],
        [w.validity, <Time key="validity" at={data.expiresAt} exact />],
        [
          w.id,
          <>
            <code>{data.message}</code>
            <Copy text={String(data.message)} name={w.id} />
          </>,
        ],
      ]}
    />
  );
}

function MoreMenu({ data, base }: { readonly data: Data; readonly base: string }) {
  const { messages: w } = useWords();
  const navigate = useNavigate();
  const references = data.stations.flatMap(({ reference, at }) =>
    reference === undefined ? [] : [`${reference} ${at ?? ''}`],
  );
  // For a carrier's support: references, times and the last digits, never the text.
  const forCarrier = [`to ...${data.number.slice(-4)}`, `accepted ${data.acceptedAt}`, ...references].join(
    '\n',
  );
  return (
    <Menu position="bottom-end" shadow="md" width={260}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDots size={16} stroke={1.75} />}>
          {w.more}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() => void navigate({ to: `${base}/messages`, search: { number: data.number } as never })}
        >
          {w.messagesToNumber}
        </Menu.Item>
        {data.conversation !== null ? (
          <Menu.Item onClick={() => void navigate({ to: `${base}/inbox/${data.conversation}` })}>
            {w.conversation}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Item onClick={() => void copyText(window.location.href)}>{w.copyLink}</Menu.Item>
        <Menu.Item onClick={() => void copyText(JSON.stringify(data, null, 2))}>{w.copyJson}</Menu.Item>
        <Menu.Item onClick={() => void copyText(forCarrier)}>{w.copyCarrier}</Menu.Item>
        <Menu.Divider />
        <Menu.Item
          disabled={data.newer === null}
          onClick={() => void navigate({ to: `${base}/messages/${data.newer}` })}
        >
          {w.newer}
        </Menu.Item>
        <Menu.Item
          disabled={data.older === null}
          onClick={() => void navigate({ to: `${base}/messages/${data.older}` })}
        >
          {w.older}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
