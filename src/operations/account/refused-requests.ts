// Requests of customers that were refused, with the reason: for the developers of the account, and for the operator over all
// accounts. Written by the HTTP dialects, off the path of the answer; accepted requests cost nothing. Used by the console.
// Equal refusals of a second are one row with their number, and at most 200 rows are written a second, 20 of one caller: a flood is a sample.

import type { AccountAccess, OperatorAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  findAccountOfCaller,
  insertRefusedRequests,
  listRefusedRequests,
  type NewRefusedRequest,
  type RefusedRequest,
} from '#store/platform/refused-requests.ts';

/** As the request names it, proven or not. */
export interface Caller {
  readonly kind: 'login' | 'application' | 'service';
  readonly name: string;
}

export interface Refused
  extends Pick<
    NewRefusedRequest,
    'dialect' | 'method' | 'path' | 'status' | 'reason' | 'detail' | 'address'
  > {
  /** Null: it names none. */
  readonly caller: Caller | null;
}

interface RefusalPage {
  readonly reason: string | null;
  readonly beforeId: number;
  readonly limit: number;
}

export interface RefusedRequests {
  /** Never throws and never waits. Needs no access: the caller may be unknown. */
  note(refused: Refused): void;
  /** Newest first. */
  list(access: AccountAccess, page: RefusalPage): Promise<readonly RefusedRequest[]>;
  /** Of all accounts, and of requests that name none. */
  listAll(access: OperatorAccess, page: RefusalPage): Promise<readonly RefusedRequest[]>;
}

interface Pending extends Refused {
  atMs: number;
  times: number;
}

const flushAfterMs = 1_000;
const mostPending = 200;
/** Of one caller: no flood hides the refusals of others, or the earlier ones of the caller within seconds. */
const mostOfCaller = 20;
const mostDetail = 300;
const mostName = 100;
const mostPath = 200;

export function createRefusedRequests({
  database: { query },
  clock,
  log,
}: Pick<Context, 'database' | 'clock' | 'log'>): RefusedRequests {
  let pending = new Map<string, Pending>();
  let perCaller = new Map<string, number>();

  async function flush(): Promise<void> {
    const noted = [...pending.values()];
    pending = new Map();
    perCaller = new Map();
    try {
      const accountIds = new Map<string, number | null>();
      const refused: NewRefusedRequest[] = [];
      for (const { caller, ...rest } of noted) {
        const key = callerKey({ caller });
        if (caller !== null && !accountIds.has(key))
          accountIds.set(key, await findAccountOfCaller(query, caller.kind, caller.name));
        refused.push({ ...rest, identifier: caller?.name ?? null, accountId: accountIds.get(key) ?? null });
      }
      await insertRefusedRequests(query, refused);
    } catch (error) {
      log.warn('refusal.record_failed', { refusals: noted.length, err: (error as Error).message });
    }
  }

  return {
    note({ caller, path, detail, ...rest }) {
      const refused: Refused = {
        ...rest,
        path: masked(path).slice(0, mostPath),
        detail: masked(detail).slice(0, mostDetail),
        caller: caller && { ...caller, name: caller.name.replaceAll('\0', '').slice(0, mostName) },
      };
      const key = JSON.stringify(refused);
      const same = pending.get(key);
      if (same !== undefined) {
        same.times++;
        same.atMs = clock.now();
        return;
      }
      const from = callerKey(refused);
      const ofCaller = perCaller.get(from) ?? 0;
      if (pending.size >= mostPending || ofCaller >= mostOfCaller) return;
      perCaller.set(from, ofCaller + 1);
      if (pending.size === 0) setTimeout(() => void flush(), flushAfterMs).unref();
      pending.set(key, { ...refused, atMs: clock.now(), times: 1 });
    },
    async list(access, page) {
      const { id } = authorize(access, 'refused-requests.read');
      return listRefusedRequests(query, { accountId: id, ...page });
    },
    async listAll(access, page) {
      authorize(access, 'operator-callbacks.read');
      return listRefusedRequests(query, { accountId: null, ...page });
    },
  };
}

const callerKey = ({ caller }: Pick<Refused, 'caller'>) => `${caller?.kind} ${caller?.name}`;

/**
 * Numbers of phones, however they are written, are kept with three digits and their last two; of e-mail addresses, the domain.
 * Control characters are removed.
 */
function masked(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
      .replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .replace(/[\w.+-]+@(?=[\w-]+\.)/g, '…@')
      .replace(/\+?\d(?:[\s.()/-]{0,3}\d){6,}/g, (digits) => `${digits.slice(0, 3)}•••${digits.slice(-2)}`)
  );
}
