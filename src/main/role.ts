// The contract between a process and its roles. A role is one file of src/main/roles that creates its part of the process.
// Used by main.ts, which starts and stops the parts in one order. A role imports no other role: they meet through ports.
import type { Loop } from '#lib/async/loop.ts';
import type { Jobs } from '#operations/jobs.ts';
import type { Services } from '#operations/services.ts';
import type { ProcessContext } from '#pipeline/context.ts';
import type { JoinSubmittedParts } from '#pipeline/join-submitted-parts.ts';
import type { Ports } from '#pipeline/ports.ts';
import type { LiveProcess } from '#pipeline/reclaim-work.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import type { Config } from './config/settings.ts';
import type { ConnectorSet } from './connector-set.ts';
import type { Intervals } from './intervals.ts';
import type { Runtime } from './runtime.ts';

/** Ends the process immediately: its lease may have expired, and other processes reclaim its work. */
export type OnFatal = (reason: string) => void;

export interface RoleContext extends ProcessContext {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly intervals: Intervals;
  readonly ports: Ports;
  readonly connectorSet: ConnectorSet;
  readonly submit: SubmitCampaign;
  readonly joinParts: JoinSubmittedParts;
  readonly services: Services;
  readonly jobs: Jobs;
  /** Wakes a loop of this process; does nothing if no role of it has the loop. */
  readonly wake: (loop: string) => void;
  /** A sentence about the missing condition of a role or of the database; null if the process can work. */
  readonly readiness: () => Promise<string | null>;
  readonly onFatal: OnFatal;
}

/** Without a slash at the end; null if the listener is closed. */
export interface ListenerUrls {
  readonly httpUrl: string | null;
  readonly httpsUrl: string | null;
  readonly smtpUrl: string | null;
  readonly smppUrl: string | null;
  readonly smppsUrl: string | null;
}

/** The members are called in this order; those of the stop also after a failed start. */
export interface RunningRole {
  /** Called when live processes were listed: before the loops start, and periodically. */
  onProcesses?(live: readonly LiveProcess[]): Promise<void>;
  startLoops?(): Readonly<Record<string, Loop>>;
  /** Accepts work from outside. All loops run. */
  open?(): Promise<void>;
  urls?(): ListenerUrls;
  /** A sentence about the missing condition; null if the role can work. */
  missing?(): string | null;
  /** The lease is overdue (true) or renewed (false). */
  pause?(isPaused: boolean): void;
  /** Ends the work from outside, and the loops that submit campaigns. */
  close?(): Promise<void>;
  /** Completes the work in progress, after all loops and connectors have stopped. */
  finish?(): Promise<void>;
}

export interface Role {
  /** As in CHAPPE_ROLES. */
  readonly name: string;
  create(context: RoleContext): RunningRole;
}
