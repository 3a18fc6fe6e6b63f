// The event stream of the console: one connection for all tabs of a browser, shared over a BroadcastChannel. Used by the
// parts that show live data. Never hides that it does not live: `connection` is shown in the top bar.
import { useEffect, useSyncExternalStore } from 'react';
import { queries } from './api.ts';

type Connection = 'live' | 'reconnecting' | 'polling' | 'paused';

/** An event of the server: its name and its small content (ids and counts). */
export interface LiveEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Without a `hello` in this time the connection counts as broken. */
const helloWithinMs = 5000;
const pollEveryMs = 10_000;
const closeHiddenAfterMs = 5 * 60_000;
const maxFailures = 3;
/** Names of the server's events, besides `hello` and `reset`. */
const eventNames = [
  'message-step',
  'campaign-progress',
  'reply',
  'balance',
  'callback',
  'carrier',
  'todo',
  'phone',
  'changed',
];

let connection: Connection = 'reconnecting';
let source: EventSource | null = null;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let poll: ReturnType<typeof setInterval> | undefined;
/** Topic to the number of its listeners in this tab. */
const topics = new Map<string, number>();
/** Topics of other tabs, when this tab holds the connection. */
const foreign = new Map<string, { topics: readonly string[]; atMs: number }>();
const listeners = new Set<(event: LiveEvent) => void>();
const watchers = new Set<() => void>();
const tab = crypto.randomUUID();
let isLeader = false;
let opened = '';
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('chappe-console');
/** The build that the server named first; another one later means that a reload brings a new version. */
let firstBuild: string | undefined;
let hasNewBuild = false;

type Shared =
  | { readonly kind: 'topics'; readonly tab: string; readonly topics: readonly string[] }
  | { readonly kind: 'event'; readonly event: LiveEvent }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'ask' };

function setConnection(next: Connection): void {
  if (next === connection) return;
  connection = next;
  if (isLeader) channel?.postMessage({ kind: 'connection', connection: next } satisfies Shared);
  for (const watcher of watchers) watcher();
}

function dispatch(event: LiveEvent): void {
  for (const listener of listeners) listener(event);
}

function wantedTopics(): string {
  const freshAfter = Date.now() - 60_000;
  const others = [...foreign.values()].filter(({ atMs }) => atMs > freshAfter).flatMap((tabs) => tabs.topics);
  return [...new Set([...topics.keys(), ...others])].sort().join(',');
}

function open(): void {
  close();
  opened = wantedTopics();
  if (opened === '' || document.hidden) return;
  source = new EventSource(`/console/api/events?topics=${encodeURIComponent(opened)}`);
  timer = setTimeout(fail, helloWithinMs);
  source.addEventListener('hello', (message) => {
    clearTimeout(timer);
    failures = 0;
    stopPolling();
    setConnection('live');
    const { build } = JSON.parse(message.data) as { build?: string };
    firstBuild ??= build;
    if (build !== firstBuild && !hasNewBuild) {
      hasNewBuild = true;
      for (const watcher of watchers) watcher();
    }
  });
  source.addEventListener('reset', () => void queries.invalidateQueries());
  for (const name of eventNames)
    source.addEventListener(name, (message) => {
      const event = { event: name, data: JSON.parse(message.data) as LiveEvent['data'] };
      channel?.postMessage({ kind: 'event', event } satisfies Shared);
      dispatch(event);
    });
  source.addEventListener('error', fail);
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** After three failures the pages refresh themselves every 10 s; the stream is tried again meanwhile. */
function fail(): void {
  close();
  failures++;
  setConnection(failures >= maxFailures ? 'polling' : 'reconnecting');
  if (failures >= maxFailures) startPolling();
  timer = setTimeout(open, Math.min(30_000, 1000 * 2 ** failures));
}

function startPolling(): void {
  poll ??= setInterval(() => void queries.invalidateQueries({ type: 'active' }), pollEveryMs);
}

function stopPolling(): void {
  clearInterval(poll);
  poll = undefined;
}

function announce(): void {
  if (isLeader) {
    if (wantedTopics() !== opened) open();
  } else channel?.postMessage({ kind: 'topics', tab, topics: [...topics.keys()] } satisfies Shared);
}

function onShared({ data }: MessageEvent<Shared>): void {
  if (data.kind === 'topics' && isLeader) {
    foreign.set(data.tab, { topics: data.topics, atMs: Date.now() });
    channel?.postMessage({ kind: 'connection', connection } satisfies Shared);
    announce();
  }
  if (isLeader) return;
  if (data.kind === 'ask') announce();
  if (data.kind === 'event') dispatch(data.event);
  if (data.kind === 'connection') setConnection(data.connection);
}

/** Starts the stream. The tab that gets the lock holds the connection; the next one follows when it closes. */
export function startStream(): void {
  channel?.addEventListener('message', onShared);
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiddenTimer);
    if (document.hidden)
      hiddenTimer = setTimeout(() => {
        close();
        setConnection('paused');
      }, closeHiddenAfterMs);
    else if (isLeader && source === null) {
      open();
      void queries.invalidateQueries({ type: 'active' });
    }
  });
  setInterval(announce, 30_000);
  const lead = async () => {
    isLeader = true;
    channel?.postMessage({ kind: 'ask' } satisfies Shared);
    open();
    await new Promise(() => {});
  };
  if (navigator.locks && channel) {
    channel.postMessage({ kind: 'topics', tab, topics: [...topics.keys()] } satisfies Shared);
    void navigator.locks.request('chappe-console-stream', lead);
  } else void lead();
}

/** Calls `listener` for the events of these topics while the component is shown. */
export function useLive(wanted: readonly string[], listener?: (event: LiveEvent) => void): void {
  const key = wanted.join(',');
  useEffect(() => {
    const names = key === '' ? [] : key.split(',');
    for (const name of names) topics.set(name, (topics.get(name) ?? 0) + 1);
    announce();
    return () => {
      for (const name of names) {
        const left = (topics.get(name) ?? 1) - 1;
        if (left === 0) topics.delete(name);
        else topics.set(name, left);
      }
    };
  }, [key]);
  useEffect(() => {
    if (!listener) return;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listener]);
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const useConnection = () => useSyncExternalStore(subscribe, () => connection);
export const useNewBuild = () => useSyncExternalStore(subscribe, () => hasNewBuild);
