// What the console receives from main: the services and facts of the installation. Used by every file of this family.
import type { Clock } from '#lib/time/clock.ts';
import type { CarrierLinks } from '#operations/operator/carriers/service.ts';
import type { Services } from '#operations/services.ts';

type ConsoleServices = Services;

type Occasion = number | { readonly every: number } | { readonly fromMs: number; readonly untilMs: number };

/** Faults of the simulated carrier (simulator/behaviour.ts). */
interface CarrierBehaviour {
  readonly latencyMs: number;
  readonly throttlePerSecond: number;
  readonly drop: Occasion;
  readonly silent: Occasion;
  readonly malformed: Occasion;
  readonly garbled: Occasion;
  readonly bindStatus: number;
  readonly holdReceipts: boolean;
}

export interface SimulatedCarrier {
  /** Receipts and replies that have not been sent. */
  readonly waiting: number;
  behaviour(): CarrierBehaviour;
  setBehaviour(change: Partial<CarrierBehaviour>): void;
  /** The phone `from` replies to the sender `to`. */
  reply(from: string, to: string, text: string): void;
}

export interface ConsoleOptions {
  readonly services: ConsoleServices;
  readonly clock: Clock;
  /** Address of the APIs, without a final slash. */
  readonly baseUrl: string;
  /** Public addresses, whose origins are ours. */
  readonly publicUrls: readonly string[];
  /** Of the installation, shown in the top bar; null: none. */
  readonly label: string | null;
  readonly hasMail: boolean;
  /** Of Chappe. */
  readonly version: string;
  /** As they were read; null: the value is a secret. */
  readonly settings: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly isDefault: boolean;
    readonly meaning: string;
  }[];
  /** The option tables of the connector kinds. */
  readonly carrierLinks: CarrierLinks;
  /** Days that messages are kept; null: for ever. */
  readonly keepDays: number | null;
  /** Time for a receipt after the end of the validity; then a message is unknown. */
  readonly receiptWindowMs: number;
  /** The campaign of a ticket that a dialect wrote; null: no dialect writes such a ticket. */
  readonly readTicket: (ticket: string) => number | null;
  /** The simulated carrier serves the installation: nothing leaves this machine. */
  readonly isDemo: () => Promise<boolean>;
  /** Null: it does not run in this process. */
  readonly simulatedCarrier: () => SimulatedCarrier | null;
  /** Last digits of numbers and the fate of their messages. */
  readonly fates: Readonly<Record<string, string>>;
}
