// Reads the period of lists and exports: creationDatetime.from and .to, both included (docs/dialects/ovh.md#history).
// Used by the calls.
import type { HistoryFilter } from '#domain/delivery/history.ts';

export interface PeriodInput {
  readonly 'creationDatetime.from'?: number;
  readonly 'creationDatetime.to'?: number;
}

/** Dates of OVH are whole seconds: the last second is part of the period. */
export function readPeriod(input: PeriodInput): Pick<HistoryFilter, 'fromMs' | 'untilMs'> {
  const { 'creationDatetime.from': from, 'creationDatetime.to': to } = input;
  return {
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { untilMs: to + 999 }),
  };
}
