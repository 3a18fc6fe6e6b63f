// A text as a phone shows it: sender, bubbles, the cuts between segments. Used by the page of a message, by composers and by
// the simulated phone.
import { Fragment, type ReactNode, useMemo } from 'react';
import css from './counter.module.css';
import { segmentsOf } from './text-measure.ts';

interface BubbleProps {
  readonly text: string;
  readonly mine?: boolean;
  readonly flash?: boolean;
  /** Text that the platform added, in grey. */
  readonly tail?: string;
  readonly showsCuts?: boolean;
}

export function Bubble({ text, mine, flash, tail, showsCuts }: BubbleProps) {
  const parts = useMemo(() => (showsCuts ? segmentsOf(text) : [text]), [text, showsCuts]);
  return (
    <div className={css['bubble']} data-mine={mine || undefined} data-flash={flash || undefined}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: segments are their positions.
        <Fragment key={index}>
          {index > 0 ? <span className={css['cut']} aria-hidden="true" /> : null}
          {part}
        </Fragment>
      ))}
      {tail ? <span className={css['tail']}>{tail}</span> : null}
    </div>
  );
}

export function PhonePreview({
  sender,
  time,
  children,
}: {
  readonly sender: string;
  readonly time?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={css['phone']}>
      <div className={css['phoneHead']}>{sender}</div>
      <div className={css['bubbles']}>
        {time ? <div className={css['bubbleTime']}>{time}</div> : null}
        {children}
      </div>
    </div>
  );
}
