// Small values: money, phone numbers, instants, ids, code, figures and facts. Used on every page. Never rounds money.
import { Tooltip } from '@mantine/core';
import IconCheck from '@tabler/icons-react/icons/IconCheck';
import IconCopy from '@tabler/icons-react/icons/IconCopy';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode, useEffect, useState } from 'react';
import * as format from '../words/format.ts';
import { useWords } from '../words/words.ts';
import css from './values.module.css';

/** `value` is the API's decimal string of euros. */
export function Money({ value, sign }: { readonly value: string; readonly sign?: boolean }) {
  return <span className={css['money']}>{format.money(value, sign ? { sign } : {})}</span>;
}

/** Grouped for reading; copied as +33601020304. */
export function PhoneNumber({ value, name }: { readonly value: string; readonly name?: string | null }) {
  const onCopy = (event: React.ClipboardEvent) => {
    if (window.getSelection()?.toString().trim() !== format.phone(value)) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', value);
  };
  return (
    <span className={css['phone']} onCopy={onCopy} title={name ? format.phone(value) : undefined}>
      {name ? name : format.phone(value)}
    </span>
  );
}

/** Re-renders each `everyMs`, for relative times. */
function useNow(everyMs: number): number {
  const [now, setNow] = useState(format.nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(format.nowMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** Relative in lists, with the exact instant on hover and for screen readers; `exact` on detail pages. */
export function Time({ at, exact }: { readonly at: string; readonly exact?: boolean }) {
  const now = useNow(exact ? 3_600_000 : 15_000);
  const full = format.exactTime(at);
  return (
    <time className={css['time']} dateTime={at} title={exact ? undefined : full}>
      {exact ? full : format.relative(at, now)}
    </time>
  );
}

export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain HTTP on an address other than loopback has no clipboard interface.
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function Copy({
  text,
  name,
  className,
}: {
  readonly text: string;
  readonly name: string;
  readonly className?: string;
}) {
  const { common } = useWords();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const label = isCopied ? common.copied : common.copyName(name);
  return (
    <Tooltip label={label}>
      <button
        type="button"
        className={`${css['copy']} ${className ?? ''}`}
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation();
          void copyText(text).then(() => setCopied(true));
        }}
      >
        {isCopied ? <IconCheck size={16} stroke={1.75} /> : <IconCopy size={16} stroke={1.75} />}
      </button>
    </Tooltip>
  );
}

export function CodeBlock({
  code,
  title,
  wrap,
  name,
}: {
  readonly code: string;
  readonly title?: string;
  readonly wrap?: boolean;
  readonly name?: string;
}) {
  const { common } = useWords();
  return (
    <div className={css['code']} data-wrap={wrap || undefined}>
      {title ? <div className={css['codeTitle']}>{title}</div> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
      <Copy text={code} name={name ?? title ?? common.details} className={css['copyCorner']!} />
    </div>
  );
}

/** Pairs of a name and a value; `false` and null leave a pair out. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode] | null | false)[] }) {
  return (
    <dl className={css['facts']}>
      {rows
        .filter((row) => row !== null && row !== false)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}

/** A large number with its name. `to` is the list that it counts. */
export function Figure({
  label,
  value,
  hint,
  to,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly hint?: ReactNode;
  readonly to?: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className={css['figure']}>
      <span className={css['figureLabel']}>{label}</span>
      {to === undefined ? (
        <span className={css['figureValue']}>{value}</span>
      ) : (
        <Link to={to} className={css['figureValue']!}>
          {value}
        </Link>
      )}
      {hint ? <span className={css['figureHint']}>{hint}</span> : null}
      {children}
    </div>
  );
}
