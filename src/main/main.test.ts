// The start and the stop of a process, with a role of the test: one file and one line add a role.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLoop } from '#lib/async/loop.ts';
import { silentLog } from '#lib/observability/log.ts';
import { createSeal } from '#lib/security/sealing.ts';
import { systemClock } from '#lib/time/clock.ts';
import { TestRows } from '../../test/support/rows.ts';
import { allRoles } from './config/roles.ts';
import { type Config, settings } from './config/settings.ts';
import { mayBeSimulated } from './connector-set.ts';
import { knownRoles, startProcess } from './main.ts';
import type { Role } from './role.ts';
import type { Runtime } from './runtime.ts';

const defaults = Object.entries(settings).map(([key, setting]) => [key, setting.read(undefined)]);

/** No listener and no other role than the one of the test. */
function configOf(roles: readonly string[]): Config {
  return {
    ...Object.fromEntries(defaults),
    httpPort: 0,
    httpsPort: 0,
    smtpPort: 0,
    smppPort: 0,
    smppsPort: 0,
    operationsPort: 0,
    roles,
  } as Config;
}

function runtimeOn({ database, ids }: TestRows): Runtime {
  return {
    database,
    clock: systemClock,
    ids,
    log: silentLog,
    seal: createSeal('a secret of the tests'),
    isEmbedded: false,
    version: 'test',
    ensureRunning: async () => {},
    stop: async () => {},
  };
}

function recordingRole(calls: string[], failsAtOpen = false): Role {
  return {
    name: 'recording',
    create({ log }) {
      calls.push('create');
      return {
        onProcesses: async () => void calls.push('processes'),
        startLoops() {
          calls.push('loops');
          const loop = startLoop({ name: 'recording', everyMs: 60_000, work: async () => {}, log });
          return {
            recording: {
              wake: loop.wake,
              async stop() {
                await loop.stop();
                calls.push('loops stopped');
              },
            },
          };
        },
        async open() {
          calls.push('open');
          if (failsAtOpen) throw new Error('the port is in use');
        },
        close: async () => void calls.push('close'),
        finish: async () => void calls.push('finish'),
      };
    },
  };
}

const onFatal = (reason: string) => assert.fail(reason);
const started = ['create', 'processes', 'loops', 'open'];
const stopped = ['close', 'loops stopped', 'finish'];

test('a sixth role is started and stopped in the order of the list', async (t) => {
  const rows = await TestRows.openFor(t);
  const calls: string[] = [];
  const roles = [...knownRoles, recordingRole(calls)];
  const running = await startProcess(configOf(['recording']), runtimeOn(rows), onFatal, { roles });
  assert.deepEqual(calls, started);
  assert.deepEqual([running.httpUrl, running.httpsUrl, running.smtpUrl], [null, null, null]);
  await running.whenBound();
  await Promise.all([running.stop(), running.stop()]);
  assert.deepEqual(calls, [...started, ...stopped]);
});

test('a role that is not configured is not created', async (t) => {
  const rows = await TestRows.openFor(t);
  const calls: string[] = [];
  const roles = [recordingRole(calls)];
  const running = await startProcess(configOf([]), runtimeOn(rows), onFatal, { roles });
  await running.stop();
  assert.deepEqual(calls, []);
});

test('a start that fails in a role undoes the steps before it and marks the process as ended', async (t) => {
  const rows = await TestRows.openFor(t);
  const calls: string[] = [];
  const roles = [recordingRole(calls, true)];
  await assert.rejects(
    startProcess(configOf(['recording']), runtimeOn(rows), onFatal, { roles }),
    /the port is in use/,
  );
  assert.deepEqual(calls, [...started, ...stopped]);
  const live = await rows.query('select id from processes where ended_at is null');
  assert.deepEqual(live, []);
});

test('each role of CHAPPE_ROLES has its file, in the same order', () => {
  assert.deepEqual(
    knownRoles.map(({ name }) => name),
    allRoles,
  );
});

test('the simulated carrier is used with the embedded database, and with another one only when asked for', () => {
  for (const [simulatedCarrier, isEmbedded, isUsed] of [
    [null, true, true],
    [null, false, false],
    [true, false, true],
    [false, true, false],
  ] as const)
    assert.equal(mayBeSimulated({ simulatedCarrier }, { isEmbedded }), isUsed);
});
