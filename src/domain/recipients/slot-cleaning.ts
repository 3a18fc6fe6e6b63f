// The cleaning of a list in a slot, which its customer does not wait for: todo → doing → done, or error when the list went
// out of its slot meanwhile. Serves the store and OVH's dialect, whose words its steps are.
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

/** Look-ups of one order: all between these ids that are for its numbers. */
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
