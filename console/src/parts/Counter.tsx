// The counter of a text: its segments as boxes that fill, the letters that make it longer, and how many letters to remove.
// Used by composers and by the page of a message. The figures are those of the bill (text-measure.ts).
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useWords } from '../words/words.ts';
import css from './counter.module.css';
import { measureText } from './text-measure.ts';

/** More boxes than this are drawn as a number only. */
const maxBoxes = 12;

interface CounterProps {
  readonly text: string;
  /** Puts the shorter text in the place of this one; without it, no change is offered. */
  readonly onChange?: (text: string) => void;
  /** Text that the platform adds, such as the STOP mention: it is measured too. */
  readonly tail?: string;
  /** Septets of a part of a long text, a setting of the account. */
  readonly charsPerSegment?: 153 | 137;
}

export function Counter({ text, onChange, tail = '', charsPerSegment = 153 }: CounterProps) {
  const { counter: w } = useWords();
  const measured = useMemo(() => measureText(text + tail, charsPerSegment), [text, tail, charsPerSegment]);
  // The platform optimizes no tail: only the text of the person can be changed.
  const shorter = useMemo(() => measureText(text, charsPerSegment).optimized, [text, charsPerSegment]);
  const { encoding, units, segments, capacity, outside, doubled, toSaveOne } = measured;
  const perBox = capacity / Math.max(1, segments);
  return (
    <div className={css['counter']} data-encoding={encoding}>
      <div className={css['summary']} aria-live="polite">
        <span className={css['strip']} aria-hidden="true">
          {segments <= maxBoxes
            ? Array.from({ length: Math.max(1, segments) }, (_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the boxes have no identity.
                <span key={index} className={css['box']}>
                  <span
                    className={css['fill']}
                    style={{ width: `${Math.max(0, Math.min(1, (units - index * perBox) / perBox)) * 100}%` }}
                  />
                </span>
              ))
            : null}
        </span>
        <span>{w.of(units, capacity)}</span>
        <span>·</span>
        <strong>{w.segments(segments)}</strong>
        <span>·</span>
        <span>{encoding === 'gsm7' ? 'GSM' : 'UCS-2'}</span>
      </div>
      {outside.length > 0 ? (
        <div className={css['note']}>
          {w.outside(outside.slice(0, 8), outside.length)}{' '}
          {w.gain(shorter === null ? null : gainOf(shorter + tail, segments, charsPerSegment), segments)}{' '}
          {onChange && shorter !== null ? (
            <Button variant="subtle" data-size="xs" onClick={() => onChange(shorter)}>
              {w.replace}
            </Button>
          ) : null}
        </div>
      ) : null}
      {doubled.length > 0 ? <div className="soft">{w.doubled(doubled)}</div> : null}
      {toSaveOne !== null && toSaveOne <= 12 ? <div className="soft">{w.toSaveOne(toSaveOne)}</div> : null}
    </div>
  );
}

/** Segments of the shorter text; null if it takes as many. */
function gainOf(shorter: string, segments: number, charsPerSegment: 153 | 137): number | null {
  const after = measureText(shorter, charsPerSegment).segments;
  return after < segments ? after : null;
}

/** The text with the letters outside the GSM alphabet marked. */
export function MarkedText({ text }: { readonly text: string }) {
  const { encoding, outside } = useMemo(() => measureText(text), [text]);
  if (encoding === 'gsm7') return <span className={css['marked']}>{text}</span>;
  return (
    <span className={css['marked']}>
      {[...text].map((character, index) =>
        outside.includes(character) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: characters have no identity but their position.
          <mark key={index}>{character}</mark>
        ) : (
          character
        ),
      )}
    </span>
  );
}
