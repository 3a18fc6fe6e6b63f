// How long to wait before the next try to bind. Used by a bind; randomness is an argument.
// A link that was cut comes back within a second; a carrier that refuses the bind is asked less often.

import { commandStatus } from '#smpp/protocol/status.ts';

export interface ReconnectLimits {
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  readonly alreadyBoundMs: number;
  readonly credentialsMs: number;
  readonly unboundMs: number;
}

/**
 * lost           the connection failed or broke
 * refused        the carrier refuses the bind for now
 * already-bound  it still has the session before (Quirk: for its own timer's length after a crash)
 * credentials    it does not know us so; only a person can mend that, and repeats lock accounts
 * unbound        it asked us to leave: a restart of its own
 */
export type LossCause = 'lost' | 'refused' | 'already-bound' | 'credentials' | 'unbound';

const credentialStatuses: ReadonlySet<number> = new Set([
  commandStatus.ESME_RBINDFAIL,
  commandStatus.ESME_RINVPASWD,
  commandStatus.ESME_RINVSYSID,
  commandStatus.ESME_RINVSYSTYP,
]);

export function causeOfRefusal(status: number): LossCause {
  if (status === commandStatus.ESME_RALYBND) return 'already-bound';
  return credentialStatuses.has(status) ? 'credentials' : 'refused';
}

/**
 * `failures` in a row, from 1. Doubles from a quarter of the first delay; a refusal counts for four failures more.
 * `random` in [0, 1) spreads it by a quarter each way, so that binds do not come back all at once.
 */
export function reconnectDelayMs(
  limits: ReconnectLimits,
  failures: number,
  cause: LossCause,
  random: number,
): number {
  return Math.round(baseDelayMs(limits, failures, cause) * (0.75 + random / 2));
}

function baseDelayMs(limits: ReconnectLimits, failures: number, cause: LossCause): number {
  if (cause === 'already-bound') return limits.alreadyBoundMs;
  const doubled = 2 ** Math.min(failures - 1, 30);
  if (cause === 'credentials') return limits.credentialsMs * Math.min(doubled, 10);
  const step = Math.min(failures - 1 + (cause === 'refused' ? 4 : 0), 30);
  const delayMs = Math.min((limits.reconnectFirstMs / 4) * 2 ** step, limits.reconnectMaxMs);
  // The spread takes a quarter away: never less than `unboundMs`.
  return cause === 'unbound' ? Math.max(delayMs, limits.unboundMs / 0.75) : delayMs;
}
