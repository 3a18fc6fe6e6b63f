// The line with stations: each step of a message, its time, the time since the step before, and its details. Used by the page
// of a message and by the simulated phone. A hollow station has not happened; it says what is awaited.
import type { ReactNode } from 'react';
import * as format from '../words/format.ts';
import css from './line.module.css';
import { Shape, type Tone } from './StatusChip.tsx';

export interface Station {
  readonly key: string;
  readonly tone: Tone;
  readonly title: string;
  readonly at: string | null;
  readonly isAwaited?: boolean;
  readonly sentence?: ReactNode;
  /** Name and value of the details, such as the carrier's reference. */
  readonly details?: readonly (readonly [string, ReactNode])[];
}

export function Line({
  stations,
  label,
  isLive,
}: {
  readonly stations: readonly Station[];
  readonly label: string;
  readonly isLive?: boolean;
}) {
  let before: string | null = null;
  return (
    <ol className={css['line']} aria-label={label}>
      {stations.map((station, index) => {
        const sinceMs =
          before !== null && station.at !== null ? Date.parse(station.at) - Date.parse(before) : null;
        if (station.at !== null) before = station.at;
        const next = stations[index + 1];
        return (
          <li
            key={station.key}
            className={css['station']}
            data-awaited={station.isAwaited || undefined}
            data-before-awaited={next?.isAwaited || undefined}
            data-breathes={(station.isAwaited && isLive) || undefined}
          >
            <span className={css['mark']}>
              <Shape tone={station.tone} size={14} />
            </span>
            <div className={css['head']}>
              <span className={css['title']}>{station.title}</span>
              {sinceMs !== null && sinceMs > 0 ? (
                <span className={css['since']}>+ {format.duration(sinceMs)}</span>
              ) : null}
              {station.at ? (
                <time className={css['at']} dateTime={station.at} title={format.exactTime(station.at)}>
                  {format.clockTime(station.at)}
                </time>
              ) : null}
            </div>
            {station.sentence ? <div className={css['sentence']}>{station.sentence}</div> : null}
            {station.details && station.details.length > 0 ? (
              <div className={css['details']}>
                {station.details.map(([name, value]) => (
                  <span key={name}>
                    {name} {value}
                  </span>
                ))}
              </div>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}
