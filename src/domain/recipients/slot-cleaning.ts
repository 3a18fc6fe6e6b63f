// Cleaning of the list in a slot, as a job: todo → doing → done, or error if the list left its slot before the end. Used by
// the store and the OVH dialect, which has these names of states.
import type { SlotKey } from './recipient-slot.ts';

export type CleaningStatus = 'todo' | 'doing' | 'done' | 'error';

export type CleaningStep =
  | 'starting'
  | 'checkOrder'
  | 'createHlrs'
  | 'waitForHlrs'
  | 'finishing'
  | 'sendMailReport';

export interface SlotCleaning {
  readonly id: number;
  readonly status: CleaningStatus;
  readonly step: CleaningStep;
}

/** Look-ups of one order: all for its numbers between these ids. */
export interface LookupRange {
  readonly first: number;
  readonly last: number;
}

export interface OpenCleaning extends SlotCleaning {
  readonly slot: SlotKey;
  readonly contentId: string;
  /** Null: numbers are not looked up. */
  readonly lookups: LookupRange | null;
}
