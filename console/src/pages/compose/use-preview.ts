// The recipient whose text the preview shows, and the longest and the shortest one. Used by Composer.tsx. The server finds them:
// the page has only the first rows of a file.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call } from '../../api.ts';
import type { Saved } from './draft.ts';
import { fieldsIn } from './merge.ts';

export type PreviewRow = NonNullable<Answer<'compose.preview'>['row']>;
type Which = 'first' | 'longest' | 'shortest' | 'empty' | 'row';

export interface Preview {
  /** Null: none is needed, found or loaded yet. */
  readonly row: PreviewRow | null;
  /** There is no such recipient. */
  readonly isMissing: boolean;
  readonly which: Which;
  choose(which: Which, position?: number): void;
  /** Values of the shortest and the longest recipient. */
  readonly samples: readonly Readonly<Record<string, string>>[];
}

export function usePreview(account: string, saved: Saved | null, isNeeded: boolean): Preview {
  const [choice, setChoice] = useState<{ which: Which; position: number }>({ which: 'first', position: 1 });
  const content = saved?.content;
  const key = content && [content.typed, content.groups, content.file, content.tier, fieldsIn(content.text)];
  const draft = saved?.draft ?? '';
  const options = (which: Which, position: number) => ({
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      call('compose.preview', { account, draft, which, ...(which === 'row' ? { position } : {}) }, signal),
    queryKey: ['compose.preview', account, draft, JSON.stringify(key), which, position],
    enabled: isNeeded && saved !== null,
    staleTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const shown = useQuery(options(choice.which, choice.position));
  const longest = useQuery(options('longest', 1));
  const shortest = useQuery(options('shortest', 1));
  const samples = [shortest.data?.row, longest.data?.row].flatMap((row) => (row ? [row.values] : []));
  return {
    row: isNeeded ? (shown.data?.row ?? null) : null,
    isMissing: shown.data?.row === null,
    which: choice.which,
    choose: (which, position = 1) => setChoice({ which, position }),
    samples,
  };
}
