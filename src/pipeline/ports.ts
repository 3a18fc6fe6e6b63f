// Typed connections between stages of the pipeline. `createPorts()` runs before the stages; each stage receives the ports
// that it needs and connects itself to those that it consumes, so the order of construction does not matter.
// A call through a port is synchronous and costs one function call. A stage never imports another stage.
import type { CarrierReply, Receipt } from '#domain/delivery/connector.ts';
import type { ChunkWithMessages } from '#domain/delivery/dispatch-item.ts';
import type { DispatchChunk, RecordedOutcome } from '#domain/delivery/dispatch-state.ts';
import type { WaitingReceipt } from '#domain/delivery/recent-segments.ts';
import { assert } from '#lib/assert.ts';
import { dialectsOverBinds } from '#store/database/codes.ts';
import type { FinishedMessage } from '#store/pipeline/messages.ts';

/** From submit-campaign to the dispatcher. */
export interface AcceptedChunks {
  /** Claims the chunks that fit into `capacity`; null if this process does not dispatch. */
  readonly processId: number | null;
  /** Messages that can be added now. */
  capacity(): number;
  /** Adds a committed chunk that names this process. */
  add(chunk: ChunkWithMessages): void;
}

/** From the dispatcher to the outcome recorder. */
export interface SettledOutcomes {
  record(outcome: RecordedOutcome): void;
  /** Finishes a chunk that has no message left. */
  finishEmpty(chunk: DispatchChunk): void;
  /** Outcomes that are not durable. After a crash their messages are sent again. */
  readonly pending: number;
  /** Age of the oldest pending outcome; 0 if none is pending. */
  oldestPendingMs(): number;
}

/** From the outcome recorder to the dispatcher. */
export interface FinishedChunks {
  /** Called after each batch, with the chunks whose last outcome is now durable. */
  finish(chunks: readonly DispatchChunk[]): void;
}

/** From the outcome recorder to the receipt recorder. */
export interface DurableReferences {
  /** Records receipts that waited for their carrier reference. */
  recordWaiting(receipts: readonly WaitingReceipt[]): void;
}

/** From the outcome recorder, the receipt recorder and the receipt windows to the callback pusher. */
export interface FinishedMessages {
  /** The process that claims callback rows as they are inserted; null if it has no capacity for them. */
  processForNewRows(): number | null;
  /** Adds messages whose callback rows were committed with the process of `processForNewRows`. */
  add(bucket: number, finished: readonly FinishedMessage[]): void;
}

/** From the connectors to the receipt recorder. `saved` is called once, after the commit (true) or its failure (false). */
export interface CarrierReceipts {
  record(connectorId: number, receipt: Receipt, saved: (ok: boolean) => void): void;
}

/** From the connectors to the reply recorder. `saved` is called once, after the commit (true) or its failure (false). */
export interface CarrierReplies {
  record(connectorId: number, reply: CarrierReply, saved: (ok: boolean) => void): void;
}

/** From the connectors to the dispatcher. */
export interface ConnectorChanges {
  /** The connector became available or unavailable, or has capacity again. */
  onConnectorChange(connectorId: number): void;
}

/** Connects producers to one consumer. */
export class Port<Consumer> {
  #consumer: Consumer | null;
  #isConnected = false;

  /** `absent` is the consumer while this process has none. Without `absent`, a call is a programming error. */
  constructor(absent: Consumer | null = null) {
    this.#consumer = absent;
  }

  connect(consumer: Consumer): void {
    assert(!this.#isConnected, 'a port has one consumer');
    this.#isConnected = true;
    this.#consumer = consumer;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get consumer(): Consumer {
    if (this.#consumer === null) throw new Error('assertion failed: no stage is connected to this port');
    return this.#consumer;
  }
}

/** Wakes the consumers of other processes, or a loop of this process. */
export interface PortNotices {
  /** Chunks without a process were committed: a dispatching process claims them. */
  chunksAdded(): void;
  /** Callback rows without a process are about to be committed: a process that pushes callbacks claims them. */
  callbacksAdded(): void;
}

export interface Ports {
  readonly acceptedChunks: Port<AcceptedChunks>;
  readonly settledOutcomes: Port<SettledOutcomes>;
  readonly finishedChunks: Port<FinishedChunks>;
  readonly durableReferences: Port<DurableReferences>;
  readonly finishedMessages: Port<FinishedMessages>;
  readonly carrierReceipts: Port<CarrierReceipts>;
  readonly carrierReplies: Port<CarrierReplies>;
  readonly connectorChanges: Port<ConnectorChanges>;
  readonly notices: PortNotices;
}

/** A dispatcher of another process claims the chunks. */
const elsewhere: AcceptedChunks = {
  processId: null,
  capacity: () => 0,
  add: () => assert(false, 'a chunk without a process was handed over'),
};

/** A callback pusher of another process claims the rows. */
const pushedElsewhere: FinishedMessages = {
  processForNewRows: () => null,
  add: () => assert(false, 'finished messages without a process were handed over'),
};

export function createPorts(notices: PortNotices): Ports {
  return {
    acceptedChunks: new Port(elsewhere),
    settledOutcomes: new Port(),
    finishedChunks: new Port(),
    durableReferences: new Port(),
    finishedMessages: new Port(pushedElsewhere),
    carrierReceipts: new Port(),
    carrierReplies: new Port(),
    connectorChanges: new Port(),
    notices,
  };
}

/** Wakes the processes with binds if one of these messages is reported over a bind. */
export function announceBinds(
  { notices }: Pick<Ports, 'notices'>,
  finished: readonly FinishedMessage[],
): void {
  if (finished.some(({ dialect }) => dialectsOverBinds.has(dialect))) notices.callbacksAdded();
}

/** The process of callback rows that are about to be inserted. Null, and a notice, if another process claims them. */
export function processForNewRows(ports: Pick<Ports, 'finishedMessages' | 'notices'>): number | null {
  const processId = ports.finishedMessages.consumer.processForNewRows();
  if (processId === null) ports.notices.callbacksAdded();
  return processId;
}
