// The delay before the next attempt to bind. Used by a bind; randomness is an argument.
// A lost connection is repeated within a second; a refused bind is repeated less often.

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
 * already-bound  the carrier still holds the previous session (Quirk: after a crash until its own timer ends)
 * credentials    the carrier rejects the credentials; an operator must correct them, and repeats lock accounts
 * unbound        the carrier unbound, for example before its restart
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
 * `failures` counts consecutive failures from 1. The delay doubles from a quarter of the first delay; a refusal counts
 * for four failures more. `random` in [0, 1) spreads it by a quarter both ways, so that binds do not reconnect together.
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
  // The spread subtracts up to a quarter: the delay is never less than `unboundMs`.
  return cause === 'unbound' ? Math.max(delayMs, limits.unboundMs / 0.75) : delayMs;
}
