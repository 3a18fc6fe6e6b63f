// The line of a campaign: accepted, waiting (or held, or paused), with the carrier, finished. Each station has its count, which
// is a link to the messages that it counts, and its first and last time. Used by the page and the printed report.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { Shape, type Tone } from '../../parts/StatusChip.tsx';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import css from './campaigns.module.css';
import { finishedOf } from './shares.ts';

export type CampaignData = Answer<'campaigns.read'>;

interface Stop {
  readonly key: string;
  readonly tone: Tone;
  readonly name: string;
  readonly value: number;
  readonly when: ReactNode;
  readonly note?: ReactNode;
  /** Statuses of the list of messages. */
  readonly status?: string;
  /** Nothing has reached it yet. */
  readonly isHollow: boolean;
}

/** `14:05:09`, with the day if the period has several. */
function periodOf(w: Words['campaigns']['line'], from: string | null, to: string | null): string | null {
  if (from === null) return null;
  const isOneDay = to === null || format.isSameDay(from, to);
  const show = (at: string) => (isOneDay ? format.clockTime(at) : format.dateTime(at));
  return to === null || show(from) === show(to) ? w.at(show(from)) : w.fromTo(show(from), show(to));
}

function waitingOf(data: CampaignData, { campaigns }: Words): Stop {
  const { counts, state, pause, claimed, nextDueAt, review } = data;
  const w = campaigns.line;
  const base = {
    key: 'waiting',
    value: counts.accepted,
    status: 'accepted',
    isHollow: false,
  };
  if (state === 'held')
    return { ...base, tone: 'held', name: w.held, when: review ? w.since(format.dateTime(review.at)) : null };
  if (state === 'paused')
    return {
      ...base,
      tone: 'held',
      name: w.paused,
      when: pause ? w.since(format.dateTime(pause.at)) : null,
      note: pause ? w.byWhom(actorName(pause.by)) : null,
    };
  const isLater = nextDueAt !== null && Date.parse(nextDueAt) > format.nowMs();
  return {
    ...base,
    tone: 'waits',
    name: w.waiting,
    when: counts.accepted === 0 ? null : isLater ? w.next(format.dateTime(nextDueAt)) : w.now,
    note: claimed > 0 && counts.accepted > 0 ? w.claimed(Math.min(claimed, counts.accepted)) : null,
  };
}

/** `member:7` and `cli:alice` as they are in the audit trail; a name where the server gave one. */
export function actorName(actor: string): string {
  return actor.replace(/^(cli|key|member|operator):/, '');
}

function stopsOf(data: CampaignData, words: Words): readonly Stop[] {
  const { counts, messages, createdAt } = data;
  const w = words.campaigns.line;
  const finished = finishedOf(counts);
  return [
    {
      key: 'accepted',
      tone: 'waits',
      name: w.accepted,
      value: messages,
      when: w.at(format.dateTime(createdAt)),
      isHollow: false,
    },
    waitingOf(data, words),
    {
      key: 'submitted',
      tone: 'half',
      name: w.withCarrier,
      value: counts.submitted,
      when: periodOf(w, data.firstSubmittedAt, data.lastSubmittedAt) ?? w.notYet,
      status: 'submitted',
      isHollow: data.firstSubmittedAt === null,
    },
    {
      key: 'finished',
      tone: finished === 0 ? 'waits' : counts.delivered === 0 ? 'bad' : 'good',
      name: w.finished,
      value: finished,
      when: periodOf(w, data.firstFinishedAt, data.lastFinishedAt) ?? w.notYet,
      note: finished === 0 ? null : w.ofThese(counts.delivered),
      status: 'delivered,undelivered,rejected,expired,unknown,cancelled',
      isHollow: finished === 0,
    },
  ];
}

export function CampaignLine({
  data,
  base,
  isLive,
}: {
  readonly data: CampaignData;
  /** Path of the campaign; null: without links, for print. */
  readonly base: string | null;
  readonly isLive?: boolean;
}) {
  const words = useWords();
  const stops = stopsOf(data, words);
  return (
    <ol className={css['stops']} aria-label={words.campaigns.line.label}>
      {stops.map(({ key, tone, name, value, when, note, status, isHollow }) => (
        <li
          key={key}
          className={css['stop']}
          data-hollow={isHollow || undefined}
          data-breathes={(key === 'submitted' && isLive && value > 0) || undefined}
        >
          <span className={css['mark']}>
            <Shape tone={isHollow ? 'waits' : tone} size={16} />
          </span>
          <span className={css['stopName']}>{name}</span>
          <span className={css['stopValue']}>
            {base === null || value === 0 ? (
              format.number(value)
            ) : (
              <Link to={`${base}/messages`} search={(status ? { status } : {}) as never}>
                {format.number(value)}
              </Link>
            )}
          </span>
          <span className={css['stopWhen']}>{when}</span>
          {note ? <span className={css['stopNote']}>{note}</span> : null}
        </li>
      ))}
    </ol>
  );
}
