// What a bench measures, seen from outside: started, driven through a door, charged for its processes, stopped.

import type { Group } from './processes.ts';
import type { Target } from './requests.ts';

export interface SubjectSettings {
  /** A folder of its own on a real disk. */
  readonly folder: string;
  readonly carrierPort: number;
  /** Where receipts are to be pushed. */
  readonly receiverPort: number;
  /** How many SMPP binds to the carrier. */
  readonly binds: number;
  /** Most unanswered submit_sm on a bind. */
  readonly window: number;
}

export interface Subject {
  readonly name: 'chappe' | 'kannel';
  readonly version: string;
  readonly groups: Readonly<Record<string, Group>>;
  /** The door for one recipient a request, and the door for many with the number that fits in a request. */
  readonly single: Target;
  readonly bulk: Target;
  readonly bulkThreshold: number;
  stop(): Promise<void>;
}

/** The groups that are ours and not the subject's: charged apart. */
export const gearNames: readonly string[] = ['load', 'receiver', 'carrier'];
