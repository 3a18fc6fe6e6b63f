// The environment of a measurement: receiver and load generator for the whole benchmark, a simulated carrier and a system
// under test for each run. Each is a separate process on loopback. Used by bench.ts and measure.ts; stops all of them.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './commands.ts';
import { startKannel } from './kannel.ts';
import { auditLedger, type Installation, install, startChappe } from './platform.ts';
import { freePorts } from './ports.ts';
import { preload } from './preload.ts';
import type { Group } from './processes.ts';
import type { Scenario } from './scenarios.ts';
import type { SystemUnderTest } from './system-under-test.ts';

export interface EnvironmentOptions {
  readonly folder: string;
  readonly binds: number;
  readonly window: number;
  readonly tell: (line: string) => void;
}

/** A system under test with its own carrier. */
export interface Setup {
  readonly system: SystemUnderTest;
  readonly carrier: Child;
  stop(): Promise<void>;
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export class Environment {
  readonly receiver: Child<{ port: number }>;
  readonly load: Child;
  readonly #options: EnvironmentOptions;
  readonly #carrierPort: number;
  readonly #installations = new Map<number, Installation>();
  #nextOffset = 0;

  private constructor(
    options: EnvironmentOptions,
    receiver: Child<{ port: number }>,
    load: Child,
    carrierPort: number,
  ) {
    this.#options = options;
    this.receiver = receiver;
    this.load = load;
    this.#carrierPort = carrierPort;
  }

  static async start(options: EnvironmentOptions): Promise<Environment> {
    mkdirSync(options.folder, { recursive: true });
    const receiver = await Child.start<{ port: number }>('receiver', script('./receiver.ts'), []);
    const load = await Child.start('load', script('./load.ts'), []);
    const [carrierPort] = (await freePorts(1)) as [number];
    return new Environment(options, receiver, load, carrierPort);
  }

  /** Unused numbers: a late receipt of an earlier run is unexpected in a later one. */
  takeOffsets(count: number): number {
    const first = this.#nextOffset;
    this.#nextOffset += count;
    return first;
  }

  dumpFile(name: string): string {
    return join(this.#options.folder, name);
  }

  /** The data folder of Chappe in this scenario. */
  folderOf(scenario: Scenario): string {
    return join(this.#options.folder, `chappe-${scenario.preloaded}`);
  }

  async setUp(name: SystemUnderTest['name'], scenario: Scenario): Promise<Setup> {
    const carrierArguments = ['--port', String(this.#carrierPort), '--control'];
    const installation = name === 'chappe' ? await this.#installed(scenario.preloaded) : null;
    const carrier = await Child.start('carrier', script('../src/simulator/run.ts'), carrierArguments);
    try {
      const system =
        installation === null
          ? await startKannel(this.#settings(`kannel-${performance.now().toFixed(0)}`))
          : await startChappe(installation);
      return {
        system,
        carrier,
        stop: async () => {
          await system.stop();
          await carrier.stop();
        },
      };
    } catch (error) {
      await carrier.stop();
      throw error;
    }
  }

  /** The processes whose CPU time is measured: those of the system and of the harness. */
  groupsOf(setup: Setup): Record<string, Group> {
    return {
      ...setup.system.groups,
      load: harnessGroup(this.load),
      receiver: harnessGroup(this.receiver),
      carrier: harnessGroup(setup.carrier),
    };
  }

  /** Whether the ledger accounts for every message of this benchmark. */
  async auditLedger(): Promise<boolean> {
    const audits = [];
    for (const { settings } of this.#installations.values()) audits.push(await auditLedger(settings));
    return audits.every((isBalanced) => isBalanced);
  }

  async stop(): Promise<void> {
    await this.load.stop();
    await this.receiver.stop();
  }

  /** One data folder for each number of preloaded messages, created at its first use. */
  async #installed(preloaded: number): Promise<Installation> {
    const existing = this.#installations.get(preloaded);
    if (existing !== undefined) return existing;
    const settings = this.#settings(`chappe-${preloaded}`);
    const installation = await install(settings);
    if (preloaded > 0) {
      this.#options.tell(`filling ${preloaded} finished messages`);
      await preload(settings.folder, preloaded, () => {});
    }
    this.#installations.set(preloaded, installation);
    return installation;
  }

  #settings(folder: string) {
    return {
      folder: join(this.#options.folder, folder),
      carrierPort: this.#carrierPort,
      receiverPort: this.receiver.greeting.port,
      binds: this.#options.binds,
      window: this.#options.window,
    };
  }
}

function harnessGroup(child: Child): Group {
  return { pids: () => [child.pid], withEndedChildren: true, memory: 'peak-rss' };
}
