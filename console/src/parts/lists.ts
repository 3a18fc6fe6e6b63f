// Lists of the server in the browser: filters of the address, and keyset pages joined. Used by the pages with lists.
// Never asks for a total. A progressive search goes on by itself while the page is visible.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import type { Answer, CallName } from '../../../src/dialects/console/contract.ts';
import { type Arguments, call } from '../api.ts';
import type { FilterValues } from './FilterBar.tsx';

/** The filters of the address, and a function that changes some of them. */
export function useFilters(): readonly [
  FilterValues,
  (changed: FilterValues, how?: 'push' | 'replace') => void,
] {
  const values = useSearch({ strict: false }) as FilterValues;
  const navigate = useNavigate();
  const change = useCallback(
    (changed: FilterValues, how: 'push' | 'replace' = 'push') =>
      void navigate({
        to: '.',
        search: ((now: FilterValues) => ({ ...now, ...changed })) as never,
        replace: how === 'replace',
        resetScroll: false,
      }),
    [navigate],
  );
  return [values, change];
}

/** Names of calls whose answer is a page of rows. */
type ListName = {
  [C in CallName]: Answer<C> extends { readonly rows: readonly unknown[]; readonly next: string | null }
    ? C
    : never;
}[CallName];

export type RowOf<C extends ListName> =
  Answer<C> extends { readonly rows: readonly (infer Row)[] } ? Row : never;

const pageSize = 50;
const maxPages = 40;

export interface List<Row> {
  readonly rows: readonly Row[];
  readonly isLoading: boolean;
  readonly isStale: boolean;
  readonly error: unknown;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly onMore: () => void;
  /** How far back a progressive search has looked; null: to the end, or no such search. */
  readonly searchedTo: string | null;
  readonly refetch: () => void;
}

/** `args` without `after` and `limit`. */
export function useList<C extends ListName>(name: C, args: Arguments<C>): List<RowOf<C>> {
  const result = useInfiniteQuery({
    queryKey: [name, args] as const,
    queryFn: ({ pageParam, signal }) =>
      (call as (name: string, args: object, signal: AbortSignal) => Promise<ListPage<RowOf<C>>>)(
        name,
        { limit: pageSize, ...args, ...(pageParam === '' ? {} : { after: pageParam }) },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    maxPages,
    placeholderData: (before) => before,
  });
  const pages = result.data?.pages ?? [];
  const last = pages.at(-1);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = result;
  // A page that is shorter than it may be was cut by time: the search goes on.
  const isCut = hasNextPage && last !== undefined && last.rows.length < pageSize;
  useEffect(() => {
    if (isCut && !isFetchingNextPage && !isPlaceholderData && !document.hidden) void fetchNextPage();
  }, [isCut, isFetchingNextPage, isPlaceholderData, fetchNextPage]);
  return {
    rows: pages.flatMap(({ rows }) => rows),
    isLoading: result.isPending,
    isStale: isPlaceholderData,
    error: result.error,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    onMore: () => void fetchNextPage(),
    searchedTo: hasNextPage ? (last?.searchedTo ?? null) : null,
    refetch: () => void result.refetch(),
  };
}

interface ListPage<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly searchedTo?: string | null;
}
