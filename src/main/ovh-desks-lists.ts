// What OVH's dialect may ask of the house about lists and files, answered by operations, and the work that nobody waits
// for. Serves the doors.
import type { OvhDesks } from '#dialects/ovh/desks.ts';
import { createDocuments } from '#operations/keep-documents.ts';
import type { Config } from './config.ts';
import type { Engine } from './engine.ts';

export interface ListOfficeOptions {
  readonly config: Config;
  readonly engine: Engine;
  readonly buckets: () => readonly number[];
}

export interface ListOffice {
  readonly desks: Pick<OvhDesks, 'documents'>;
  /** What customers do not wait for: what expired is deleted. */
  work(): Promise<void>;
}

const megabyte = 1024 * 1024;
const dayMs = 86_400_000;

export function openListOffice({ config, engine, buckets }: ListOfficeOptions): ListOffice {
  const documents = createDocuments(engine, {
    maxBytes: config.documentMegabytes * megabyte,
    lifeMs: config.documentDays * dayMs,
  });
  return {
    desks: { documents },
    work: () => documents.clean(buckets()),
  };
}
