// Small values of the operator's pages: a figure of a card, a value with its bar, secrets that are shown once, the reader's day.
import type { ReactNode } from 'react';
import { Copy } from '../../parts/values.tsx';
import css from './operator.module.css';

export function SmallFigure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <span className={css['small']}>
      <span className={css['smallLabel']}>{label}</span>
      <span className={css['smallValue']}>{children}</span>
    </span>
  );
}

/** `share` 0 to 1 of the row with the most. */
export function ShareBar({ share }: { readonly share: number }) {
  return (
    <span className={css['shareBar']} aria-hidden="true">
      <span style={{ width: `${share * 100}%` }} />
    </span>
  );
}

/** Values that are shown this once, each with its button to copy. */
export function Secrets({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <dl className={css['secret']}>
      {rows.flatMap(([name, value]) => [
        <dt key={`${name}-name`}>{name}</dt>,
        <dd key={`${name}-value`}>
          <code>{value}</code>
        </dd>,
        <Copy key={`${name}-copy`} text={value} name={name} />,
      ])}
    </dl>
  );
}

/** The begin of the day in the zone of the browser. */
export const beginOfToday = () => new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
