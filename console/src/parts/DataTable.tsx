// A table of rows, newest first, with keyset pages: rows beyond 100 are virtual, `j` and `k` move, Enter opens. Below 768 px
// each row is two lines. Used by every list. Never shows a number of pages or a total: both would have to be counted.
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useWords } from '../words/words.ts';
import { useKeys } from './keys.ts';
import { Loading } from './Page.tsx';
import css from './table.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: 'right';
  /** The column takes the remaining width and is cut at one line. */
  readonly clips?: boolean;
  /** On a phone: left half, right half, a whole line, or not shown. */
  readonly phone?: 'first' | 'aside' | 'wide' | 'hide';
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string | number;
  /** The address that a row opens; null: the row opens nothing. */
  readonly rowLink?: (row: Row) => string | null;
  readonly onOpen?: (row: Row) => void;
  readonly isLoading?: boolean;
  /** Old rows stay, dimmed, while others are fetched. */
  readonly isStale?: boolean;
  readonly hasMore?: boolean;
  readonly isLoadingMore?: boolean;
  readonly onMore?: () => void;
  readonly newCount?: number;
  readonly onShowNew?: () => void;
  readonly footer?: ReactNode;
  readonly selected?: string | number | null;
  readonly empty: ReactNode;
}

const virtualAbove = 100;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, columns, label, isLoading, isStale, newCount = 0, onShowNew, empty } = props;
  const { common } = useWords();
  if (isLoading) return <Loading />;
  if (rows.length === 0 && !props.hasMore && !props.isLoadingMore && !props.footer) return <>{empty}</>;
  return (
    <div className={`${css['frame']} ${isStale ? css['stale'] : ''}`}>
      {newCount > 0 ? (
        <div className={css['fresh']}>
          <button type="button" onClick={onShowNew}>
            {common.newRows(newCount)}
          </button>
        </div>
      ) : null}
      <div className={css['scroll']}>
        <table
          className={css['table']}
          data-folds
          aria-label={label}
          aria-rowcount={rows.length > virtualAbove ? rows.length : undefined}
        >
          <thead>
            <tr>
              {columns.map(({ key, name, align }) => (
                <th key={key} scope="col" className={align ? css['right'] : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <Body {...props} />
        </table>
      </div>
      {rows.length === 0 ? empty : null}
      <Footer {...props} />
    </div>
  );
}

function Body<Row>({ rows, columns, rowKey, rowLink, onOpen, selected }: DataTableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const navigate = useNavigate();
  const [focused, setFocused] = useState(-1);
  const isVirtual = rows.length > virtualAbove;
  const height = useRowHeight();
  const virtualizer = useWindowVirtualizer({
    count: isVirtual ? rows.length : 0,
    estimateSize: () => height,
    overscan: 20,
    scrollMargin: body.current?.offsetTop ?? 0,
  });
  const items = virtualizer.getVirtualItems();
  const first = isVirtual ? (items[0]?.index ?? 0) : 0;
  const last = isVirtual ? (items.at(-1)?.index ?? 0) : rows.length - 1;
  const shown = rows.slice(first, last + 1);

  const open = (row: Row) => {
    if (onOpen) return onOpen(row);
    const to = rowLink?.(row);
    if (to) void navigate({ to });
  };
  const focusRow = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setFocused(next);
    if (isVirtual) virtualizer.scrollToIndex(next, { align: 'auto' });
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const isOpenable = rowLink !== undefined || onOpen !== undefined;
  useKeys({
    j: () => focusRow(focused + 1),
    k: () => focusRow(focused < 0 ? 0 : focused - 1),
  });

  const clickRow = (event: React.MouseEvent, row: Row) => {
    if (!isOpenable || (event.target as HTMLElement).closest('a, button, input, label')) return;
    if (window.getSelection()?.toString()) return;
    const to = rowLink?.(row);
    if (to && (event.ctrlKey || event.metaKey)) window.open(`/console${to}`, '_blank', 'noopener');
    else open(row);
  };

  return (
    <tbody ref={body}>
      {isVirtual && first > 0 ? (
        <tr>
          <td colSpan={columns.length} style={{ height: first * height, padding: 0, border: 0 }} />
        </tr>
      ) : null}
      {shown.map((row, offset) => {
        const index = first + offset;
        const key = rowKey(row);
        return (
          <tr
            key={key}
            className={css['row']}
            data-index={index}
            data-opens={isOpenable || undefined}
            data-selected={selected === key || undefined}
            aria-rowindex={isVirtual ? index + 1 : undefined}
            tabIndex={isOpenable ? (index === Math.max(0, focused) ? 0 : -1) : undefined}
            onFocus={() => setFocused(index)}
            onClick={(event) => clickRow(event, row)}
            onKeyDown={(event) => {
              if (event.target !== event.currentTarget) return;
              const to = rowLink?.(row);
              if (event.key === 'Enter' && isOpenable) open(row);
              if (event.key === 'o' && to) window.open(`/console${to}`, '_blank', 'noopener');
            }}
          >
            {columns.map(({ key: column, cell, align, clips, phone }) => (
              <td
                key={column}
                data-phone={phone ?? 'first'}
                className={[align ? css['right'] : '', clips ? css['clip'] : css['nowrap']].join(' ')}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        );
      })}
      {isVirtual && last < rows.length - 1 ? (
        <tr>
          <td
            colSpan={columns.length}
            style={{ height: (rows.length - 1 - last) * height, padding: 0, border: 0 }}
          />
        </tr>
      ) : null}
    </tbody>
  );
}

/** The token `--row`: a density or the width of the window changes it. */
function useRowHeight(): number {
  const [height, setHeight] = useState(37);
  useEffect(() => {
    const read = () => {
      const isPhone = window.matchMedia('(max-width: 767px)').matches;
      setHeight(
        isPhone
          ? 65
          : Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row'), 10) + 1,
      );
    };
    read();
    window.addEventListener('resize', read);
    return () => window.removeEventListener('resize', read);
  }, []);
  return height;
}

function Footer<Row>({ rows, hasMore, isLoadingMore, onMore, footer }: DataTableProps<Row>) {
  const { common } = useWords();
  const end = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  // The next page is fetched before the end comes into sight.
  useEffect(() => {
    if (!hasMore || isLoadingMore || end.current === null) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) more.current?.();
      },
      { rootMargin: '600px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasMore, isLoadingMore]);
  if (rows.length === 0 && !footer && !hasMore) return null;
  return (
    <div className={css['footer']} ref={end} aria-live="polite">
      {rows.length > 0 ? <span>{common.shown(rows.length)}</span> : null}
      {footer}
      {hasMore ? (
        <Button variant="subtle" data-size="xs" loading={isLoadingMore ?? false} onClick={onMore}>
          {common.older}
        </Button>
      ) : null}
    </div>
  );
}
