// The page of one campaign: its line with counts and times, one sentence of state, the buttons that its state allows, and tabs
// with an address each. Live: it reads again each 2 s while messages wait or leave.
import { Button } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/icons/IconArrowLeft';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import { queries, query } from '../../api.ts';
import { useKeys } from '../../parts/keys.ts';
import { ErrorBox, Loading, Page, PageTabs } from '../../parts/Page.tsx';
import { CampaignStateChip } from '../../parts/StatusChip.tsx';
import { useAccount } from '../../session.tsx';
import { type LiveEvent, useConnection, useLive } from '../../stream.ts';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import { CampaignActions } from './Actions.tsx';
import { actorName, type CampaignData, CampaignLine } from './CampaignLine.tsx';
import { finishedOf, isLive, isUnderWay, leftOf } from './shares.ts';

const liveEveryMs = 2000;
/** Receipts come for days. */
const receiptsEveryMs = 10_000;

export function useCampaign(account: string, campaign: number) {
  return useQuery({
    ...query('campaigns.read', { account, campaign }),
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined || !isLive(data.state, data.counts)) return false;
      return isUnderWay(data.state) || data.claimed > 0 ? liveEveryMs : receiptsEveryMs;
    },
  });
}

/** Of the address. */
export function useCampaignId(): number {
  const { campaign } = useParams({ strict: false }) as { campaign: string };
  return Number(campaign);
}

export function Campaign() {
  const { account, base } = useAccount();
  const id = useCampaignId();
  const { campaigns: w } = useWords();
  const navigate = useNavigate();
  const { data, error, refetch } = useCampaign(account, id);
  const onEvent = useCallback(
    ({ event }: LiveEvent) => {
      if (event === 'campaign-progress' || event === 'changed')
        void queries.invalidateQueries({ queryKey: ['campaigns.read', { account, campaign: id }] });
    },
    [account, id],
  );
  useLive(data && isLive(data.state, data.counts) ? [`campaign:${id}`] : [], onEvent);
  useKeys({ u: () => void navigate({ to: `${base}/campaigns` }) });
  if (data === undefined)
    return (
      <Page title={w.one}>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading rows={8} />}
      </Page>
    );
  return <CampaignPage data={data} base={`${base}/campaigns/${id}`} list={`${base}/campaigns`} />;
}

function CampaignPage({
  data,
  base,
  list,
}: {
  readonly data: CampaignData;
  readonly base: string;
  readonly list: string;
}) {
  const words = useWords();
  const { campaigns: w } = words;
  const navigate = useNavigate();
  const connection = useConnection();
  return (
    <Page
      title={titleOf(data)}
      state={
        <>
          <CampaignStateChip state={data.state} />
          <span aria-live="polite">{sentenceOf(data, words)}</span>
        </>
      }
      actions={
        <>
          <Button
            variant="subtle"
            leftSection={<IconArrowLeft size={16} stroke={1.75} />}
            onClick={() => void navigate({ to: list })}
          >
            {w.back}
          </Button>
          <CampaignActions data={data} />
        </>
      }
    >
      <CampaignLine data={data} base={base} isLive={connection === 'live'} />
      <PageTabs
        label={w.tabs.label}
        tabs={[
          { to: `${base}/report`, name: w.tabs.report },
          { to: `${base}/messages`, name: w.tabs.messages },
          { to: `${base}/replies`, name: w.tabs.replies },
          { to: `${base}/not-sent`, name: w.tabs.notSent },
          { to: `${base}/settings`, name: w.tabs.settings },
        ]}
      />
      <Outlet />
    </Page>
  );
}

const titleLength = 60;

/** A campaign has no name: its tag, else the begin of its text. */
export function titleOf({ tag, text }: CampaignData): string {
  if (tag) return tag;
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= titleLength ? line : `${line.slice(0, titleLength - 1).trimEnd()}…`;
}

export function sentenceOf(data: CampaignData, { campaigns }: Words): string {
  const w = campaigns.sentence;
  const { state, counts, messages, nextDueAt, pause, review } = data;
  const share = format.percent(leftOf(counts) / Math.max(1, messages), 0);
  const isLater = nextDueAt !== null && Date.parse(nextDueAt) > format.nowMs();
  switch (state) {
    case 'held':
      return review && review.cues.length > 0 ? w.heldCues(review.cues.join(', ')) : w.held;
    case 'refused':
      return w.refused;
    case 'paused':
      return pause ? w.paused(actorName(pause.by), format.dateTime(pause.at)) : campaigns.line.paused;
    case 'scheduled':
      return w.scheduled(format.dateTime(nextDueAt ?? data.dueAt));
    case 'waiting':
      return w.waiting;
    case 'sending':
      return [w.sending(share), isLater ? w.rest(format.dateTime(nextDueAt)) : leftTimeOf(data, w)]
        .filter((part) => part !== null)
        .join(' · ');
    case 'cancelled':
      return w.cancelled(counts.cancelled);
    case 'sent':
      return counts.submitted === 0
        ? w.closed
        : w.ended(format.percent(finishedOf(counts) / Math.max(1, messages)), counts.submitted);
  }
}

/** By the pace so far; null: too early to tell. */
function leftTimeOf(data: CampaignData, w: Words['campaigns']['sentence']): string | null {
  const { counts, firstSubmittedAt } = data;
  if (firstSubmittedAt === null) return null;
  const tookMs = format.nowMs() - Date.parse(firstSubmittedAt);
  const left = leftOf(counts);
  if (tookMs < 3000 || left === 0 || counts.accepted === 0) return null;
  return w.left(
    format.duration(Math.max(1000, Math.round(((tookMs / left) * counts.accepted) / 1000) * 1000)),
  );
}
