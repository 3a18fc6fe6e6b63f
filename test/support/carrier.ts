// The simulated carrier of a test: the product's simulator, with a list of the segments it accepted. For tests only.

import { silentLog } from '../../src/lib/observability/log.ts';
import type { Clock } from '../../src/lib/time/clock.ts';
import type { Counters, Submitted } from '../../src/simulator/carrier-settings.ts';
import type { ReceivedText } from '../../src/simulator/inbox.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { freePort } from './free-port.ts';

export type CarrierOptions = Partial<
  Pick<SimulatorOptions, 'fates' | 'behaviour' | 'seed' | 'receipts' | 'window' | 'limits'>
>;

export class TestCarrier {
  /** Every accepted segment, in order, over all its starts. */
  readonly taken: Submitted[] = [];
  /** The same after each start; 0 before the first. */
  port = 0;
  /** False after a test has changed the simulator, or stopped it. */
  isUntouched = true;
  /** What the tests before had it do. */
  #textsBefore = 0;
  #countersBefore: Partial<Counters> = {};
  readonly #clock: Clock;
  readonly #options: CarrierOptions;
  #simulator: Simulator | null = null;

  constructor(clock: Clock, options: CarrierOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#simulator !== null;
  }

  /** For changes of its behaviour: the platform is not used again. */
  get simulator(): Simulator {
    this.isUntouched = false;
    return this.#running;
  }

  get #running(): Simulator {
    if (this.#simulator === null) throw new Error('the carrier is down');
    return this.#simulator;
  }

  /** The texts of this test, oldest first. */
  inbox(): ReceivedText[] {
    return this.#running.inbox().slice(this.#textsBefore);
  }

  /** The counts of this test. */
  get counters(): Counters {
    const all = Object.entries(this.#running.counters) as [keyof Counters, number][];
    return Object.fromEntries(
      all.map(([name, count]) => [name, count - (this.#countersBefore[name] ?? 0)]),
    ) as unknown as Counters;
  }

  /** Receipts and replies that have not been sent. */
  get waiting(): number {
    return this.#running.waiting;
  }

  /** A phone replies; `to` is the sender of the message it answers. */
  reply(from: string, to: string, text: string): void {
    this.#running.reply(from, to, text);
  }

  /** Forgets what a test had it do, before the next test. */
  forget(): void {
    this.taken.length = 0;
    this.#textsBefore = this.#running.inbox().length;
    this.#countersBefore = { ...this.#running.counters };
  }

  async up(): Promise<void> {
    // No outgoing connection takes it while the carrier is down.
    this.port ||= await freePort();
    this.#simulator = await startSimulator({
      ...this.#options,
      host: '127.0.0.1',
      port: this.port,
      clock: this.#clock,
      log: silentLog,
      onSubmit: (submitted) => this.taken.push(submitted),
    });
  }

  async down(): Promise<void> {
    this.isUntouched = false;
    const simulator = this.#simulator;
    this.#simulator = null;
    await simulator?.stop();
  }

  takenFor(number: string): number {
    return this.taken.filter(({ to }) => to === number).length;
  }

  /** Numbers that were sent to more than once, for texts of one segment. */
  get duplicates(): string[] {
    const counts = new Map<string, number>();
    for (const { to } of this.taken) counts.set(to, (counts.get(to) ?? 0) + 1);
    return [...counts].filter(([, count]) => count > 1).map(([number]) => number);
  }
}
