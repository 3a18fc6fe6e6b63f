// The gear around what is measured: receiver and load generator for the whole bench, a simulated carrier and a
// subject for each run. Everything is a process of its own on loopback, and everything is stopped again.

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
import type { Subject } from './system-under-test.ts';

export interface RigOptions {
  readonly folder: string;
  readonly binds: number;
  readonly window: number;
  readonly tell: (line: string) => void;
}

/** A subject with a carrier of its own behind it. */
export interface Setup {
  readonly subject: Subject;
  readonly carrier: Child;
  stop(): Promise<void>;
}

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export class Rig {
  readonly receiver: Child<{ port: number }>;
  readonly load: Child;
  readonly #options: RigOptions;
  readonly #carrierPort: number;
  readonly #installations = new Map<number, Installation>();
  #nextOffset = 0;

  private constructor(
    options: RigOptions,
    receiver: Child<{ port: number }>,
    load: Child,
    carrierPort: number,
  ) {
    this.#options = options;
    this.receiver = receiver;
    this.load = load;
    this.#carrierPort = carrierPort;
  }

  static async start(options: RigOptions): Promise<Rig> {
    mkdirSync(options.folder, { recursive: true });
    const receiver = await Child.start<{ port: number }>('receiver', script('./receiver.ts'), []);
    const load = await Child.start('load', script('./load.ts'), []);
    const [carrierPort] = (await freePorts(1)) as [number];
    return new Rig(options, receiver, load, carrierPort);
  }

  /** Numbers nobody has used in this bench: a straggler of an earlier run is a stranger in a later one. */
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

  async setUp(name: Subject['name'], scenario: Scenario): Promise<Setup> {
    const carrierArguments = ['--port', String(this.#carrierPort), '--control'];
    const installation = name === 'chappe' ? await this.#installed(scenario.preloaded) : null;
    const carrier = await Child.start('carrier', script('../src/simulator/run.ts'), carrierArguments);
    try {
      const subject =
        installation === null
          ? await startKannel(this.#settings(`kannel-${performance.now().toFixed(0)}`))
          : await startChappe(installation);
      return {
        subject,
        carrier,
        stop: async () => {
          await subject.stop();
          await carrier.stop();
        },
      };
    } catch (error) {
      await carrier.stop();
      throw error;
    }
  }

  /** Everything that is charged in a run: the subject's processes, and the gear's own. */
  groupsOf(setup: Setup): Record<string, Group> {
    return {
      ...setup.subject.groups,
      load: gearGroup(this.load),
      receiver: gearGroup(this.receiver),
      carrier: gearGroup(setup.carrier),
    };
  }

  /** Whether the money of every message sent in this bench is accounted for. */
  async auditLedger(): Promise<boolean> {
    const audits = [];
    for (const { settings } of this.#installations.values()) audits.push(await auditLedger(settings));
    return audits.every((isBalanced) => isBalanced);
  }

  async stop(): Promise<void> {
    await this.load.stop();
    await this.receiver.stop();
  }

  /** One data folder for each amount of messages that lie in it beforehand, made when first wanted. */
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

function gearGroup(child: Child): Group {
  return { pids: () => [child.pid], withEndedChildren: true, memory: 'peak-rss' };
}
