// The settings of the embedded server, given on its command line at each start, so that each version of Chappe uses its
// own. They fit one machine that also runs Chappe; figures in docs/decisions/0002-embedded-postgresql.md.
// Never turns off fsync, synchronous_commit or full_page_writes: accepted means durable.

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
    // Few checkpoints: after each one every changed page is written to the log whole.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // pglz, the only method in this build, packs some 25 MB/s: on a small machine that costs more than the log it saves.
    wal_compression: 'off',
    // Hot tables change all their rows within minutes: vacuum runs early and in small steps. Not more often: a round costs the
    // start of a process, also when nothing has happened (every 15 s it was 0.9 % of a core, every 30 s 0.35 %).
    autovacuum_naptime: '60s',
    autovacuum_vacuum_scale_factor: '0.05',
    autovacuum_analyze_scale_factor: '0.05',
    autovacuum_vacuum_cost_limit: '2000',
    // Every commit writes the log itself; the writer only wakes for nothing, five times a second by default.
    wal_writer_delay: '1s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Starts, stops and failures of the server. Chappe logs failed statements without their values: the server's entries
    // would contain texts and numbers.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    lc_messages: 'C',
  };
}
