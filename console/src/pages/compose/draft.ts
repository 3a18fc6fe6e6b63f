// The draft of a composer: its content, and its saving on the server two seconds after the last change. Used by Composer.tsx.
// Never loses what was typed: a failed save is tried again, and a conflict leaves the content in the page.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { CallError, call } from '../../api.ts';
import { type Content, emptyContent } from './content.ts';

type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

const saveAfterMs = 2000;
const retryAfterMs = 4000;

/** A saved state of the draft: what the server has. */
export interface Saved {
  readonly draft: string;
  readonly version: number;
  readonly content: Content;
}

interface Draft {
  readonly content: Content;
  readonly saved: Saved | null;
  readonly state: SaveState;
  readonly error: unknown;
  change(patch: Partial<Content>): void;
  /** Saves now what is not saved. Resolves with the saved draft; throws the refusal. */
  flush(): Promise<Saved>;
  /** Keeps the content as a new draft, after a conflict. */
  keepAsNew(): void;
}

export function useDraft(account: string, initial: Saved | null, onCreated: (draft: string) => void): Draft {
  const [content, setContent] = useState<Content>(initial?.content ?? emptyContent);
  const [saved, setSaved] = useState<Saved | null>(initial);
  const [state, setState] = useState<SaveState>('saved');
  const [error, setError] = useState<unknown>(null);
  const current = useRef({ content, saved });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** Saves run one after the other: each needs the version of the one before. */
  const running = useRef<Promise<unknown>>(Promise.resolve());

  const save = useCallback(async (): Promise<Saved> => {
    const { content: sent, saved: before } = current.current;
    if (before !== null && before.content === sent) return before;
    setState('saving');
    try {
      const next =
        before === null
          ? await call('compose.create', { account, body: { content: sent } })
          : await call('compose.save', {
              account,
              draft: before.draft,
              body: { version: before.version, content: sent },
            });
      const draft = before?.draft ?? (next as Answer<'compose.create'>).draft;
      const now = { draft, version: next.version, content: sent };
      current.current.saved = now;
      setSaved(now);
      setError(null);
      setState(current.current.content === sent ? 'saved' : 'unsaved');
      if (before === null) onCreated(draft);
      return now;
    } catch (failure) {
      setError(failure);
      const isConflict = failure instanceof CallError && failure.reason === 'conflict';
      setState(isConflict ? 'conflict' : 'failed');
      throw failure;
    }
  }, [account, onCreated]);

  const flush = useCallback((): Promise<Saved> => {
    clearTimeout(timer.current);
    const next = running.current.then(save, save);
    running.current = next.catch(() => {});
    return next;
  }, [save]);

  const schedule = useCallback(
    (afterMs: number) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        flush().catch((failure: unknown) => {
          const isFinal = failure instanceof CallError && failure.status >= 400 && failure.status < 500;
          if (!isFinal || failure.status === 401) schedule(retryAfterMs);
        });
      }, afterMs);
    },
    [flush],
  );

  const change = useCallback(
    (patch: Partial<Content>) => {
      const next = { ...current.current.content, ...patch };
      current.current.content = next;
      setContent(next);
      setState((before) => (before === 'conflict' ? before : 'unsaved'));
      schedule(saveAfterMs);
    },
    [schedule],
  );

  const keepAsNew = useCallback(() => {
    current.current.saved = null;
    setSaved(null);
    setState('unsaved');
    schedule(0);
  }, [schedule]);

  useEffect(() => {
    if (state === 'saved') return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [state]);
  // A page that is left for another one saves at once.
  useEffect(
    () => () => {
      const { content: last, saved: before } = current.current;
      clearTimeout(timer.current);
      if (last !== (before?.content ?? emptyContent)) void flush().catch(() => {});
    },
    [flush],
  );

  return { content, saved, state, error, change, flush, keepAsNew };
}
