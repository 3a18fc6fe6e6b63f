// Reads JSON from the API of another platform, politely: few requests at a time, with pauses after 429 and 5xx. Used by the imports.
// Throws OperatorConflict, with a sentence that names the address and the remedy, when the platform does not answer as expected.
import { OperatorConflict } from '#domain/base/operator-refusal.ts';
import { backoffMs } from '#lib/async/backoff.ts';
import { createSemaphore, type Semaphore } from '#lib/async/semaphore.ts';
import type { HttpExchanger } from '#lib/net/http-exchange.ts';
import type { Random } from '#lib/random.ts';

export interface RemoteOptions {
  /** Without a slash at the end. */
  readonly base: string;
  readonly http: HttpExchanger;
  /** The headers of one GET; called again for each attempt, because some are signed with the time. */
  readonly headersOf: (url: string) => Readonly<Record<string, string>>;
  readonly random: Random;
  readonly pause: (ms: number) => Promise<void>;
}

export interface Remote {
  /** Null: 404. */
  read<T>(path: string): Promise<T | null>;
  /** Reads several paths, a few at a time, in their order. */
  readAll<T>(paths: readonly string[]): Promise<(T | null)[]>;
}

const atATime = 4;
/** 1, 2, 4 … 30 s: a platform that restarts is back within about a minute. */
const mostAttempts = 7;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

export function createRemote(options: RemoteOptions): Remote {
  const inTurn: Semaphore = createSemaphore(atATime);
  const read = <T>(path: string) => inTurn(() => readJson<T>(options, path));
  return { read, readAll: <T>(paths: readonly string[]) => Promise.all(paths.map((path) => read<T>(path))) };
}

async function readJson<T>(options: RemoteOptions, path: string): Promise<T | null> {
  const { base, http, headersOf, random, pause } = options;
  const url = base + path;
  for (let attempt = 1; ; attempt++) {
    const answer = await http.send({ method: 'GET', url, headers: headersOf(url), body: null });
    const isTemporary = answer.kind === 'failed' || answer.status === 429 || answer.status >= 500;
    if (!isTemporary) return interpret<T>(url, answer.status, answer.body);
    if (attempt === mostAttempts) {
      const last = answer.kind === 'failed' ? answer.reason : `status ${answer.status}`;
      throw new OperatorConflict(
        `${url} did not answer after ${mostAttempts} attempts (${last}). Nothing was imported. Try again later.`,
      );
    }
    const asked = answer.kind === 'answered' ? Number(answer.headers['retry-after']) * 1_000 : Number.NaN;
    const ours = backoffMs(attempt, firstPauseMs, longestPauseMs, random());
    await pause(asked > 0 ? Math.min(asked, longestPauseMs) : ours);
  }
}

function interpret<T>(url: string, status: number, body: string | null): T | null {
  if (status === 404) return null;
  if (status === 401 || status === 403)
    throw new OperatorConflict(
      `${url} refused the keys (status ${status}). Nothing was imported. Check them, and that they may read the account.`,
    );
  if (status !== 200 || body === null)
    throw new OperatorConflict(`${url} answered with status ${status}. Nothing was imported. Check --api.`);
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new OperatorConflict(
      `${url} answered with something other than JSON. Nothing was imported. Check --api.`,
    );
  }
}
