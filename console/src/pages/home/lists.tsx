// The lists of Home: what needs attention, campaigns that run or come next, latest replies, causes of failure.
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { useCauses } from '../../parts/causes.ts';
import { SortedBars, StackedBar } from '../../parts/charts.tsx';
import { Section } from '../../parts/Page.tsx';
import { CampaignStateChip, Chip, Shape, type Tone } from '../../parts/StatusChip.tsx';
import { PhoneNumber, Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import css from './home.module.css';

type Data = Answer<'home.read'>;
type AttentionRow = Data['attention'][number];

const tones: Readonly<Record<AttentionRow['kind'], Tone>> = {
  'callbacks-failing': 'bad',
  'credit-low': 'warn',
  'campaign-held': 'held',
  'sender-waiting': 'waits',
  'template-waiting': 'waits',
  'stop-rate-high': 'warn',
  'refused-rate-high': 'warn',
  'order-open': 'waits',
  'approval-waiting': 'warn',
  'approval-given': 'good',
  'approval-refused': 'bad',
};

function sentenceOf(row: AttentionRow, w: Words['home']): string {
  const name = row.name ?? '';
  const count = row.count ?? 0;
  switch (row.kind) {
    case 'callbacks-failing':
      return name === '' ? w.callbacksFail(count) : w.kinds['callbacks-failing'](count, name);
    case 'credit-low':
      return w.kinds['credit-low'](format.money(row.amount ?? '0'));
    case 'campaign-held':
      return w.kinds['campaign-held'](Math.max(1, count));
    case 'approval-waiting':
      return w.kinds['approval-waiting'](name || w.campaign, count);
    case 'approval-given':
    case 'approval-refused':
      return w.kinds[row.kind](name || w.campaign);
    case 'stop-rate-high':
    case 'refused-rate-high':
      return w.kinds[row.kind](format.percent(row.ratio ?? 0));
    default:
      return name === '' ? w.unnamed[row.kind] : w.kinds[row.kind](name);
  }
}

/** The page where the row can be settled. */
function pathOf(row: AttentionRow, base: string): string {
  switch (row.kind) {
    case 'callbacks-failing':
      return `${base}/developers/callbacks`;
    case 'credit-low':
    case 'order-open':
      return `${base}/credit`;
    case 'approval-waiting':
    case 'approval-given':
    case 'approval-refused':
      return `${base}/compose/${row.draft}`;
    case 'sender-waiting':
      return `${base}/settings/senders`;
    case 'template-waiting':
      return `${base}/settings/templates`;
    default:
      return row.campaign === null ? `${base}/messages` : `${base}/messages?campaign=${row.campaign}`;
  }
}

export function Attention({ rows, base }: { readonly rows: Data['attention']; readonly base: string }) {
  const { home: w } = useWords();
  const navigate = useNavigate();
  return (
    <Section title={w.attention}>
      {rows.length === 0 ? <p className="soft">{w.attentionNone}</p> : null}
      <ul className={css['list']}>
        {rows.map((row) => (
          <li key={`${row.kind} ${row.name} ${row.campaign ?? row.draft}`}>
            <span className={css['mark']}>
              <Shape tone={tones[row.kind]} />
            </span>
            <div className={css['grow']}>
              <span>{sentenceOf(row, w)}</span>
              {row.cues && row.cues.length > 0 ? (
                <span className="soft small">{w.cues(row.cues.join(', '))}</span>
              ) : null}
              {row.since ? <span className="faint small">{w.since(format.dateTime(row.since))}</span> : null}
            </div>
            <Button variant="default" data-size="xs" onClick={() => void navigate({ to: pathOf(row, base) })}>
              {w.look}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Rows({ none, children }: { readonly none: string; readonly children: readonly ReactNode[] }) {
  return children.length === 0 ? <p className="soft">{none}</p> : <ul className={css['list']}>{children}</ul>;
}

export function Running({
  running,
  scheduled,
  base,
}: {
  readonly running: Data['running'];
  readonly scheduled: Data['scheduled'];
  readonly base: string;
}) {
  const { home: w } = useWords();
  return (
    <Section title={w.running}>
      <Rows none={w.runningNone}>
        {[...running, ...scheduled].map((row) => (
          <li key={row.campaign}>
            <div className={css['grow']}>
              <Link
                to={`${base}/messages`}
                search={{ campaign: row.campaign } as never}
                className={css['cut']!}
              >
                {row.text || row.tag}
              </Link>
              <StackedBar
                label={w.finishedOf(row.finished, row.messages)}
                parts={[
                  { key: 'finished', value: row.finished, color: '--chart-delivered' },
                  { key: 'open', value: row.messages - row.finished, color: '--sunken' },
                ]}
              />
              <span className="faint small">
                {row.state === 'scheduled'
                  ? w.leaves(format.dateTime(row.dueAt))
                  : w.finishedOf(row.finished, row.messages)}
              </span>
            </div>
            <CampaignStateChip state={row.state} />
          </li>
        ))}
      </Rows>
    </Section>
  );
}

export function Replies({ rows, base }: { readonly rows: Data['replies']; readonly base: string }) {
  const { home: w } = useWords();
  return (
    <Section title={w.replies}>
      <Rows none={w.repliesNone}>
        {rows.map((row) => (
          <li key={row.reply}>
            <div className={css['grow']}>
              <span className="row">
                <Link to={`${base}/inbox`}>
                  <PhoneNumber value={row.number} name={row.contact} />
                </Link>
                {row.isOptOut ? <Chip tone="warn">{w.stop}</Chip> : null}
              </span>
              <span className={css['cut']}>{row.text}</span>
            </div>
            <span className="faint small">
              <Time at={row.at} />
            </span>
          </li>
        ))}
      </Rows>
    </Section>
  );
}

export function Causes({ rows, base }: { readonly rows: Data['causes']; readonly base: string }) {
  const { home: w } = useWords();
  const causeOf = useCauses();
  return (
    <Section title={w.causes}>
      {rows.length === 0 ? <p className="soft">{w.causesNone}</p> : null}
      <SortedBars
        label={w.causes}
        rows={rows.map(({ cause, messages }) => ({
          key: cause.code,
          name: (
            <Link
              to={`${base}/messages`}
              search={{ cause: cause.code } as never}
              title={cause.code}
              style={{ color: 'inherit', textDecoration: 'none' }}
            >
              {causeOf(cause).says}
            </Link>
          ),
          value: messages,
        }))}
      />
    </Section>
  );
}
