// The environment of a measurement: receiver and load generator for the whole benchmark, a simulated carrier and a system
// under test for each run. Each is a separate process on loopback. Used by bench.ts and measure.ts; stops all of them.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './commands.ts';
import { startKannel } from './kannel.ts';
import { addAccounts, auditLedger, benchEmail, type Installation, install, startChappe } from './platform.ts';
import { freePorts } from './ports.ts';
import { preload, type Stock } from './preload.ts';
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
  /** By data folder. */
  readonly #installations = new Map<string, Installation>();
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
    return join(this.#options.folder, nameOf(scenario));
  }

  async setUp(name: SystemUnderTest['name'], scenario: Scenario): Promise<Setup> {
    const carrierArguments = ['--port', String(this.#carrierPort), '--control'];
    const installation = name === 'chappe' ? await this.#installed(scenario) : null;
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

  /** One data folder for each stock of finished messages, created at its first use. */
  async #installed(scenario: Scenario): Promise<Installation> {
    const name = nameOf(scenario);
    const existing = this.#installations.get(name);
    if (existing !== undefined) return existing;
    const settings = this.#settings(name);
    const installation = await install(settings);
    if (scenario.preloaded > 0) {
      this.#options.tell(`filling ${scenario.preloaded} finished messages`);
      const stocks = stocksOf(scenario);
      await addAccounts(
        settings,
        [...new Set(stocks.map(({ email }) => email))].filter((email) => email !== benchEmail),
      );
      await preload(settings.folder, stocks);
    }
    this.#installations.set(name, installation);
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

/** Of its data folder. */
function nameOf({ kind, preloaded }: Scenario): string {
  return kind === 'reads' ? `chappe-reads-${preloaded}` : `chappe-${preloaded}`;
}

const usualCampaign = 500;
const largeCampaigns = 5;

/**
 * For reads, the account that is read has a fifth of all messages, a quarter of them in large campaigns (100,000 each of
 * ten million), and four others have the rest.
 */
function stocksOf({ kind, preloaded }: Scenario): Stock[] {
  const perCampaign = usualCampaign;
  if (kind !== 'reads') return [{ email: benchEmail, messages: preloaded, perCampaign }];
  const share = Math.floor(preloaded / 5);
  const large = Math.floor(share / 4 / largeCampaigns);
  return [
    ...[1, 2, 3, 4].map((n) => ({ email: `archive-${n}@example.com`, messages: share, perCampaign })),
    ...Array.from({ length: largeCampaigns }, () => ({
      ...{ email: benchEmail, messages: large, perCampaign: large, text: 'Un grand rapport.' },
    })),
    { email: benchEmail, messages: share - large * largeCampaigns, perCampaign },
  ];
}

function harnessGroup(child: Child): Group {
  return { pids: () => [child.pid], withEndedChildren: true, memory: 'peak-rss' };
}
