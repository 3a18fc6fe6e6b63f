// A separate connection that listens for notices and reconnects after a loss. Used by database.ts.
import pg from 'pg';
import type { Log } from '#domain/base/log-events.ts';

/** Calls `onNotice` with null after a lost connection is replaced: notices can be missing. Returns a function that ends it. */
export async function listen(
  config: pg.ClientConfig,
  log: Log,
  channel: string,
  onNotice: (payload: string | null) => void,
): Promise<() => Promise<void>> {
  let client: pg.Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const fresh = new pg.Client(config);
    fresh.on('notification', (notice) => onNotice(notice.payload ?? ''));
    fresh.on('error', () => reconnect(fresh));
    fresh.on('end', () => reconnect(fresh));
    await fresh.connect();
    await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
    client = fresh;
  }

  function reconnect(lost: pg.Client): void {
    if (closed || client !== lost) return;
    client = null;
    log.warn('database.notices_lost');
    const retry = () => {
      connect().then(
        () => onNotice(null),
        () => {
          if (!closed) timer = setTimeout(retry, 1000);
        },
      );
    };
    timer = setTimeout(retry, 200);
  }

  await connect();
  return async () => {
    closed = true;
    clearTimeout(timer);
    const last = client;
    client = null;
    await last?.end().catch(() => {});
  };
}
