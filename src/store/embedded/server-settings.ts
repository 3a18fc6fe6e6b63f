// The settings of the embedded server, given on its command line at each start, so that a new version of Chappe
// brings its own. They serve one machine that also runs Chappe; figures in docs/decisions/0002-embedded-postgresql.md.
// Must never turn off fsync, synchronous_commit or full_page_writes: accepted means durable.

import { totalmem } from 'node:os';

const mebibyte = 1024 * 1024;

export function serverSettings(memoryBytes: number = totalmem()): Record<string, string> {
  const quarterMb = Math.floor(memoryBytes / 4 / mebibyte);
  return {
    max_connections: '60',
    shared_buffers: `${Math.max(32, Math.min(512, quarterMb))}MB`,
    effective_cache_size: `${Math.max(64, quarterMb * 2)}MB`,
    work_mem: '16MB',
    maintenance_work_mem: '128MB',
    random_page_cost: '1.1',
    // Few checkpoints: after each one every touched page goes to the log whole.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // pglz, the only method in this build, packs some 25 MB/s here: dearer on a small machine than the log it saves.
    wal_compression: 'off',
    // Hot tables change all their rows within minutes: vacuum early and in small bites.
    autovacuum_naptime: '15s',
    autovacuum_vacuum_scale_factor: '0.05',
    autovacuum_analyze_scale_factor: '0.05',
    autovacuum_vacuum_cost_limit: '2000',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Starts, stops and breakdowns. Failed statements are logged by Chappe, without their values: theirs would put
    // texts and numbers into the file.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    lc_messages: 'C',
  };
}
