// Deliveries of callbacks as deliver_sm over the binds of an account, over any that receives. Used by sessions.ts. A delivery
// without a response is repeated at once over another bind; after three it is reported as failed, and the pusher repeats it
// later. Keeps nothing: a delivery that is not answered is a row of the database.

import {
  type AttemptResult,
  type BindCallback,
  type BindMessage,
  delivered,
} from '#domain/delivery/callback.ts';
import type { Fields, Tlvs } from '#smpp/protocol/commands.ts';
import { commandStatus, statusName } from '#smpp/protocol/status.ts';
import { tlvTags } from '#smpp/protocol/tlvs.ts';
import type { BoundSessions } from '#smpp/server/bound-sessions.ts';
import { repeatedStatuses } from '#smpp/server/delivery-queue.ts';
import type { Delivery } from '#smpp/server/server-session.ts';

/** Longest text in short_message for every version. */
const maxShortMessage = 254;
const maxSilences = 3;

export class SmppDelivery implements Delivery {
  readonly accountId: number;
  readonly tlvs: Tlvs;
  readonly #message: BindMessage;
  readonly #settle: (result: AttemptResult) => void;
  #silences = 0;

  constructor(accountId: number, message: BindMessage, settle: (result: AttemptResult) => void) {
    const { octets, tlvs } = message;
    this.accountId = accountId;
    this.#message = message;
    this.#settle = settle;
    this.tlvs =
      octets.length <= maxShortMessage ? tlvs : new Map([...tlvs, [tlvTags.message_payload, octets]]);
  }

  fields(): Partial<Fields<'deliver_sm'>> {
    const { source, destination, esmClass, dataCoding, octets } = this.#message;
    return {
      source_addr_ton: source[0],
      source_addr_npi: source[1],
      source_addr: source[2],
      dest_addr_ton: destination[0],
      dest_addr_npi: destination[1],
      destination_addr: destination[2],
      esm_class: esmClass,
      data_coding: dataCoding,
      ...(octets.length <= maxShortMessage && { short_message: octets }),
    };
  }

  /** The customer answered with this command_status. Statuses that mean no repetition end the delivery. */
  answered(status: number): void {
    if (status === commandStatus.ESME_ROK || !repeatedStatuses.has(status)) this.#settle(delivered);
    else this.#settle({ kind: 'failed', status, reason: `deliver_sm_resp ${statusName(status)}` });
  }

  /** True: it must be sent again now. */
  wasSilent(): boolean {
    if (++this.#silences < maxSilences) return true;
    this.#settle({ kind: 'failed', status: 0, reason: `no deliver_sm_resp after ${maxSilences} deliveries` });
    return false;
  }

  /** The account has no bind that receives. */
  unbound(): void {
    this.#settle({ kind: 'unreachable', reason: 'no bind receives' });
  }
}

/** Resolves when each message has a response. Of several results the first that needs a repetition counts. */
export async function deliverOver(
  bound: BoundSessions<number, SmppDelivery>,
  { accountId, messages }: BindCallback,
  nowMs: number,
): Promise<AttemptResult> {
  const queue = bound.queueOf(accountId);
  if (!queue.hasReceivers) return { kind: 'unreachable', reason: 'no bind receives' };
  const results = messages.map(
    (message) =>
      new Promise<AttemptResult>((settle) => {
        queue.add(new SmppDelivery(accountId, message, settle));
      }),
  );
  queue.pump(nowMs);
  const settled = await Promise.all(results);
  return settled.find(({ kind }) => kind !== 'delivered') ?? delivered;
}
