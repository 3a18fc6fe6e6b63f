// One measured run: warm up, send, wait until every accepted message has its pushed receipt, account for all of it.
// A message that is missing, refused, failed or undelivered fails the run, and the report states it.

import { readFileSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Environment, Setup } from './environment.ts';
import type { LoadCommand, LoadReport } from './load.ts';
import { firstSilent } from './numbers.ts';
import { waitFor } from './ports.ts';
import { type Cost, Meter } from './processes.ts';
import { type Quantiles, quantilesOf } from './quantiles.ts';
import { type ReadFigures, timeReads } from './reads.ts';
import type { ReceiverReport } from './receiver.ts';
import type { Scenario } from './scenarios.ts';
import { harnessNames } from './system-under-test.ts';

const fillingMs = 600_000;
/** For every scenario: the code is warmed up, which would take minutes over one connection. */
const warmUpConnections = 50;
/** After this time without a receipt, missing ones are given up. */
const quietMs = 30_000;
/** Polls rest longest after some seconds without work. */
const settlingMs = 15_000;

const nothingSent = { accepted: 0, firstSentMs: 0, lastAnswerMs: 0 };

export interface Figures {
  readonly scenario: string;
  readonly system: string;
  readonly sent: number;
  readonly accepted: number;
  readonly pushed: number;
  /** Why the run does not count; empty when everything is accounted for. */
  readonly faults: readonly string[];
  /** Messages a second, from the first request sent to the last receipt pushed. */
  readonly rate: number;
  /** The same over the middle eighty per cent of the receipts: without the ramps. */
  readonly steadyRate: number;
  /** Messages a second by acceptance alone. */
  readonly acceptRate: number;
  /** Milliseconds; by request, from the instant it was meant to leave. */
  readonly acceptance: Quantiles;
  /** Milliseconds from that instant to the pushed receipt; by message. */
  readonly endToEnd: Quantiles;
  /** Open loop: how late the generator was itself, milliseconds. */
  readonly lag: Quantiles;
  /** CPU seconds for 1,000 messages, by group of processes. */
  readonly cpuPer1000: Readonly<Record<string, number>>;
  /** The same, all of the system together: for Chappe server and database. */
  readonly subjectCpuPer1000: number;
  /** Share of one core, by group of processes: what a scenario without messages measures. */
  readonly cores: Readonly<Record<string, number>>;
  readonly memoryMb: Readonly<Record<string, number>>;
  readonly residentMb: Readonly<Record<string, readonly number[]>>;
  /** Cores that other programs, or a hypervisor, took from the run. */
  readonly backgroundCores: number;
  readonly stolenCores: number;
  /** Only in the scenario `reads`. */
  readonly reads?: readonly ReadFigures[];
}

export async function measure(environment: Environment, setup: Setup, scenario: Scenario): Promise<Figures> {
  const connections = scenario.kind === 'bulk' ? scenario.connections : warmUpConnections;
  const warmUp = { ...scenario, messages: scenario.warmUp, rate: null, seconds: null, connections };
  const warm = await sendAll(environment, setup, warmUp);
  if (warm.faults.length > 0) return warm;
  if (scenario.outstanding > 0) await leaveOutstanding(environment, setup, scenario);
  if (scenario.kind === 'idle') return await measureIdle(environment, setup, scenario);
  if (scenario.kind === 'reads') return await measureReads(environment, setup, scenario);
  return await sendAll(environment, setup, scenario);
}

/** Reads while messages are sent; the reads end before the sending, or are part of a run that is reported as too short. */
async function measureReads(environment: Environment, setup: Setup, scenario: Scenario): Promise<Figures> {
  const access = await setup.system.reads!();
  let isSending = true;
  const sending = sendAll(environment, setup, scenario).finally(() => {
    isSending = false;
  });
  const reads = await timeReads(access);
  const hasSentAllAlong = isSending;
  const figures = await sending;
  const faults = hasSentAllAlong
    ? figures.faults
    : [...figures.faults, 'the sending ended before the reads: give more --seconds'];
  return { ...figures, faults, reads };
}

/** What the system costs while nobody sends anything, after the work behind the warm-up. */
async function measureIdle(environment: Environment, setup: Setup, scenario: Scenario): Promise<Figures> {
  await setTimeout(settlingMs);
  const meter = new Meter(environment.groupsOf(setup));
  await setTimeout((scenario.seconds ?? 0) * 1000);
  const nothing = quantilesOf(new Float64Array(0));
  const load = { ...nothingSent, acceptance: nothing, lag: nothing };
  return {
    ...figuresOf(scenario, setup, load, meter.stop()),
    ...{ sent: 0, accepted: 0, pushed: 0, faults: [], rate: 0, steadyRate: 0, endToEnd: nothing },
  };
}

async function sendAll(environment: Environment, setup: Setup, scenario: Scenario): Promise<Figures> {
  const command = loadCommand(environment, setup, scenario, environment.takeOffsets(scenario.messages));
  await environment.receiver.call({ do: 'watch', start: command.start, capacity: scenario.messages });
  const meter = new Meter(environment.groupsOf(setup));
  const load = await environment.load.call<LoadReport>(command);
  const received = await environment.receiver.call<ReceiverReport>({
    do: 'await',
    count: load.accepted,
    quietMs,
  });
  const cost = meter.stop();
  const times = await readTimes(environment, command.dump!);
  return {
    ...figuresOf(scenario, setup, load, cost),
    ...accountFor(load, received),
    rate: perSecond(received.distinct, received.lastMs - load.firstSentMs),
    steadyRate: times.steadyRate,
    endToEnd: times.endToEnd,
  };
}

/** Sends messages to silent numbers and waits until the carrier has them all: their receipts stay outstanding. */
async function leaveOutstanding(environment: Environment, setup: Setup, scenario: Scenario): Promise<void> {
  const before = (await carrierCounters(setup)).submitted;
  const filling = { ...scenario, messages: scenario.outstanding, seconds: null };
  const load = await environment.load.call<LoadReport>(loadCommand(environment, setup, filling, firstSilent));
  if (load.accepted !== scenario.outstanding) {
    throw new Error(`only ${load.accepted} of ${scenario.outstanding} taken: ${load.samples.join('; ')}`);
  }
  await waitFor('the carrier to have all that stays outstanding', fillingMs, async () => {
    const { submitted } = await carrierCounters(setup);
    return submitted - before >= scenario.outstanding ? true : null;
  });
}

async function carrierCounters(setup: Setup): Promise<{ submitted: number }> {
  const reply = await setup.carrier.call<{ counters: { submitted: number } }>({ counters: true });
  return reply.counters;
}

function loadCommand(environment: Environment, setup: Setup, scenario: Scenario, start: number): LoadCommand {
  const { system } = setup;
  const isBulk = scenario.kind === 'bulk';
  return {
    target: isBulk ? system.bulk : system.single,
    connections: scenario.connections,
    start,
    messages: scenario.messages,
    seconds: scenario.seconds,
    batch: isBulk ? system.bulkThreshold : 1,
    rate: scenario.rate,
    dump: environment.dumpFile('sent'),
  };
}

type Accounted = Pick<Figures, 'sent' | 'accepted' | 'pushed' | 'faults'>;

function accountFor(load: LoadReport, received: ReceiverReport): Accounted {
  const faults: string[] = [];
  const fault = (count: number, what: string): void => {
    if (count !== 0) faults.push(`${count} ${what}`);
  };
  fault(load.refused, 'refused');
  fault(load.failed, 'without an answer');
  fault(load.accepted - received.distinct, 'accepted without a pushed receipt');
  fault(received.distinct - received.delivered, 'receipts that do not say delivered');
  fault(received.duplicates, 'receipts pushed twice');
  fault(received.unexpected, 'receipts of no message of this run');
  faults.push(...load.samples);
  return { sent: load.sent, accepted: load.accepted, pushed: received.distinct, faults };
}

type Measured = Omit<Figures, keyof Accounted | 'rate' | 'steadyRate' | 'endToEnd'>;

type Sent = Pick<LoadReport, 'accepted' | 'firstSentMs' | 'lastAnswerMs' | 'acceptance' | 'lag'>;

function figuresOf(scenario: Scenario, setup: Setup, load: Sent, cost: Cost): Measured {
  const cpuPer1000: Record<string, number> = {};
  const cores: Record<string, number> = {};
  let subjectCpuPer1000 = 0;
  for (const [name, seconds] of Object.entries(cost.cpu)) {
    const value = load.accepted === 0 ? 0 : (seconds / load.accepted) * 1000;
    cpuPer1000[name] = value;
    cores[name] = seconds / cost.seconds;
    if (!harnessNames.includes(name)) subjectCpuPer1000 += value;
  }
  return {
    scenario: scenario.name,
    system: setup.system.name,
    acceptRate: perSecond(load.accepted, load.lastAnswerMs - load.firstSentMs),
    acceptance: load.acceptance,
    lag: load.lag,
    cpuPer1000,
    subjectCpuPer1000,
    cores,
    memoryMb: cost.memoryMb,
    residentMb: cost.residentMb,
    backgroundCores: cost.backgroundCores,
    stolenCores: cost.stolenCores,
  };
}

/** Joins the times of sending with those of arrival, message by message. */
async function readTimes(
  environment: Environment,
  sentFile: string,
): Promise<{ endToEnd: Quantiles; steadyRate: number }> {
  const arrivedFile = environment.dumpFile('arrived');
  await environment.receiver.call({ do: 'dump', file: arrivedFile });
  const sentAt = readTimeFile(sentFile);
  const arrivedAt = readTimeFile(arrivedFile);
  const latencies = new Float64Array(sentAt.length);
  const arrivals = new Float64Array(sentAt.length);
  let count = 0;
  for (let i = 0; i < sentAt.length; i++) {
    if (sentAt[i]! === 0 || arrivedAt[i]! === 0) continue;
    latencies[count] = arrivedAt[i]! - sentAt[i]!;
    arrivals[count++] = arrivedAt[i]!;
  }
  return {
    endToEnd: quantilesOf(latencies.slice(0, count)),
    steadyRate: steadyRateOf(arrivals.slice(0, count)),
  };
}

function steadyRateOf(arrivals: Float64Array): number {
  arrivals.sort();
  const first = Math.floor(arrivals.length * 0.1);
  const last = Math.ceil(arrivals.length * 0.9) - 1;
  return last > first ? perSecond(last - first, arrivals[last]! - arrivals[first]!) : 0;
}

function readTimeFile(file: string): Float64Array {
  const bytes = readFileSync(file);
  rmSync(file);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

function perSecond(count: number, ms: number): number {
  return ms > 0 ? (count / ms) * 1000 : 0;
}
