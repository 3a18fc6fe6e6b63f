// The period that lists and exports are narrowed to: creationDatetime.from and .to, both included
// (docs/dialects/ovh.md#history).
import type { HistoryFilter } from '#domain/delivery/history.ts';

export interface PeriodInput {
  readonly 'creationDatetime.from'?: number;
  readonly 'creationDatetime.to'?: number;
}

/** Dates of the wire are whole seconds: what was created within the last one is in the period. */
export function readPeriod(input: PeriodInput): Pick<HistoryFilter, 'fromMs' | 'untilMs'> {
  const { 'creationDatetime.from': from, 'creationDatetime.to': to } = input;
  return {
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { untilMs: to + 999 }),
  };
}
