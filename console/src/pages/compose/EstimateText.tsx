// An estimate in words and its sums. Used by SendSection.tsx and ApprovalPage.tsx.
import { Alert } from '../../parts/Page.tsx';
import { Facts } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './compose.module.css';
import type { Content, Estimate, Options } from './content.ts';
import { subtract } from './micros.ts';

interface SentenceProps {
  readonly estimate: Estimate;
  readonly content: Content;
  readonly options: Options;
  /** Rows that cannot be sent to. */
  readonly refused: number;
}

/** The estimate as one would read it aloud. */
export function Sentence({ estimate, content, options, refused }: SentenceProps) {
  const { compose, states } = useWords();
  const w = compose.send;
  const where = estimate.countries
    .slice(0, 6)
    .map(({ country, messages }) => `${format.country(country)} (${format.number(messages)})`)
    .join(', ');
  const sender = estimate.sender ?? options.defaultSender ?? compose.from.noSender;
  const optedOut = estimate.failures['recipient-opted-out'] ?? 0;
  const failed = Object.values(estimate.failures).reduce((sum, count) => sum + count, 0) - optedOut;
  const left = w.skipped(optedOut, estimate.duplicates, refused + failed);
  return (
    <div className={css['summary']}>
      <p className={css['sentence']}>
        {w.sentence(estimate.messages, estimate.segments, sender, where, states.purpose[content.purpose])}{' '}
        {leavingOf(estimate, w)}
      </p>
      {left === '' ? null : (
        <p className="soft">
          {w.left}: {left}.
        </p>
      )}
      {estimate.review === null ? null : (
        <Alert tone="warn" title={w[estimate.review]}>
          <p className="soft">{w.cues(estimate.cues)}</p>
        </Alert>
      )}
      <blockquote className={css['quote']}>{estimate.text}</blockquote>
    </div>
  );
}

function leavingOf({ countries }: Estimate, w: ReturnType<typeof useWords>['compose']['send']): string {
  const waiting = countries.flatMap(({ leavesAt }) => (leavesAt === null ? [] : [leavesAt])).sort();
  if (waiting.length === 0) return w.leavesNow;
  const last = waiting.at(-1)!;
  const first = waiting.length === countries.length ? waiting[0]! : null;
  if (first === null) return w.leavesLast(format.dateTime(last));
  return first === last
    ? w.leavesFrom(format.dateTime(first))
    : `${w.leavesFrom(format.dateTime(first))} ${w.leavesLast(format.dateTime(last))}`;
}

export function Money({ estimate }: { readonly estimate: Estimate }) {
  const { compose } = useWords();
  const w = compose.send;
  const { cost, available, bySegments } = estimate;
  return (
    <Facts
      rows={[
        [
          w.segments,
          Object.entries(bySegments)
            .map(([parts, count]) => w.lengths(Number(parts), count))
            .join(' · '),
        ],
        [w.balance, format.money(available)],
        [w.balanceAfter, format.money(subtract(available, cost))],
      ]}
    />
  );
}
