// A status as shape, word and colour, in this order of importance: the shape alone tells the states apart. Used in tables, on
// pages and in the line of a message. Never shows a colour without its shape.
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import css from './status.module.css';

/** The eight looks of a state; tokens.css has their colours. */
export type Tone = 'waits' | 'held' | 'half' | 'good' | 'warn' | 'bad' | 'unknown' | 'ended';

const shapes: Readonly<Record<Tone, ReactNode>> = {
  waits: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.75" />,
  held: (
    <>
      <circle cx="6" cy="6" r="5.1" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M4.6 4v4M7.4 4v4" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  half: (
    <>
      <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.4a4.6 4.6 0 0 0 0 9.2z" fill="currentColor" />
    </>
  ),
  good: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  warn: <path d="M6 1.2 11.4 10.8H.6z" fill="currentColor" />,
  bad: <path d="m2 2 8 8M10 2 2 10" stroke="currentColor" strokeWidth="2" />,
  unknown: (
    <path
      d="M3.6 4.2c0-1.5 1-2.4 2.4-2.4s2.4.9 2.4 2.1c0 1.5-2.4 1.8-2.4 3.6M6 9.4v1.4"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
    />
  ),
  ended: <path d="M1.5 6h9" stroke="currentColor" strokeWidth="2" />,
};

export function Shape({ tone, size = 12 }: { readonly tone: Tone; readonly size?: number }) {
  return (
    <svg
      className={css['shape']}
      data-tone={tone}
      viewBox="0 0 12 12"
      width={size}
      height={size}
      aria-hidden="true"
    >
      {shapes[tone]}
    </svg>
  );
}

export function Chip({
  tone,
  children,
  bare,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly bare?: boolean;
}) {
  return (
    <span className={css['chip']} data-tone={tone} data-bare={bare || undefined}>
      <Shape tone={tone} />
      {children}
    </span>
  );
}

export type MessageStatus =
  | 'accepted'
  | 'submitted'
  | 'delivered'
  | 'undelivered'
  | 'expired'
  | 'rejected'
  | 'cancelled'
  | 'unknown';

export const messageTones: Readonly<Record<MessageStatus, Tone>> = {
  accepted: 'waits',
  submitted: 'half',
  delivered: 'good',
  undelivered: 'bad',
  expired: 'bad',
  rejected: 'bad',
  cancelled: 'ended',
  unknown: 'unknown',
};

export function MessageStatusChip({
  status,
  bare,
}: {
  readonly status: MessageStatus;
  readonly bare?: boolean;
}) {
  const { states } = useWords();
  return (
    <Chip tone={messageTones[status]} {...(bare ? { bare } : {})}>
      {states.message[status]}
    </Chip>
  );
}

export type CampaignState =
  | 'held'
  | 'scheduled'
  | 'waiting'
  | 'sending'
  | 'paused'
  | 'sent'
  | 'cancelled'
  | 'refused';

const campaignTones: Readonly<Record<CampaignState, Tone>> = {
  held: 'held',
  scheduled: 'waits',
  waiting: 'waits',
  sending: 'half',
  paused: 'held',
  sent: 'good',
  cancelled: 'ended',
  refused: 'bad',
};

export function CampaignStateChip({ state }: { readonly state: CampaignState }) {
  const { states } = useWords();
  return <Chip tone={campaignTones[state]}>{states.campaign[state]}</Chip>;
}
