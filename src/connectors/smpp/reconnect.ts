// How long to wait before the next try to bind. Serves a bind; randomness is an argument.
// A link that was cut comes back within a second; a carrier that says no to the bind is asked less and less.

export interface ReconnectLimits {
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
}

/**
 * `failures` in a row, from 1. Doubles from a quarter of the first delay; a refusal counts for four failures more.
 * `random` in [0, 1) spreads it by a quarter each way, so that binds do not come back all at once.
 */
export function reconnectDelayMs(
  limits: ReconnectLimits,
  failures: number,
  wasRefused: boolean,
  random: number,
): number {
  const step = Math.min(failures - 1 + (wasRefused ? 4 : 0), 30);
  const delayMs = Math.min((limits.reconnectFirstMs / 4) * 2 ** step, limits.reconnectMaxMs);
  return Math.round(delayMs * (0.75 + random / 2));
}
