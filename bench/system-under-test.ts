// The system under test: the benchmark starts it, sends requests to it, measures it and stops it. Used by platform.ts and kannel.ts.

import type { Group } from './processes.ts';
import type { ReadAccess } from './reads.ts';
import type { Target } from './requests.ts';

export interface SystemSettings {
  /** A dedicated folder on a real disk. */
  readonly folder: string;
  readonly carrierPort: number;
  /** Port of the receiver of pushed receipts. */
  readonly receiverPort: number;
  /** SMPP binds to the carrier. */
  readonly binds: number;
  /** Unanswered submit_sm on a bind, at most. */
  readonly window: number;
}

export interface SystemUnderTest {
  readonly name: 'chappe' | 'kannel';
  readonly version: string;
  readonly groups: Readonly<Record<string, Group>>;
  /** The dialect for requests with one recipient; that for many recipients, and their number in a request. */
  readonly single: Target;
  readonly bulk: Target;
  readonly bulkThreshold: number;
  /** Access for reading; null: the system keeps nothing that can be read. */
  readonly reads: (() => Promise<ReadAccess>) | null;
  stop(): Promise<void>;
}

/** Groups of the harness, whose cost is reported separately. */
export const harnessNames: readonly string[] = ['load', 'receiver', 'carrier'];
