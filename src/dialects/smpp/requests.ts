// Answers the requests of a bind: reads, calls one service and responds. Used by sessions.ts. Never throws: a refusal becomes a
// command_status with its reason in additional_status_info_text, a fault ESME_RSYSERR.

import type { SmppSettings } from '#domain/account/account.ts';
import type { Log } from '#domain/base/log-events.ts';
import type { FailedRecipient } from '#domain/plan/plan.ts';
import { measure } from '#gsm/segments.ts';
import { TokenBucket } from '#lib/async/token-bucket.ts';
import { counter } from '#lib/observability/metrics.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Services } from '#operations/services.ts';
import type { FailedDestination, PduOf, Tlvs } from '#smpp/protocol/commands.ts';
import type { RequestPdu } from '#smpp/protocol/session.ts';
import { commandStatus, statusName } from '#smpp/protocol/status.ts';
import { textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';
import type { ServerSession } from '#smpp/server/server-session.ts';
import type { SmppDelivery } from './deliveries.ts';
import { refusedRequestOf, SmppRefusal, statusOf } from './errors.ts';
import { messageIdOf, readMessageId } from './message-id.ts';
import { readAddress, readMessage, readSubmission, type SubmitPdu } from './request.ts';
import { stateOf } from './response.ts';

export interface RequestNeeds {
  readonly services: Pick<Services, 'submissions' | 'submittedMessages'>;
  readonly clock: Clock;
  readonly steadyClock: Clock;
  readonly log: Log;
}

export type AnswerRequest = (
  session: ServerSession<SmppDelivery>,
  pdu: RequestPdu,
  access: AccountAccess,
) => Promise<void>;

interface Answer {
  readonly status: number;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly tlvs?: Tlvs;
}

const requests = counter({
  name: 'chappe_smpp_requests_total',
  help: 'Requests of customers over SMPP, by command and by command_status of the response.',
  labels: ['command', 'status'],
});

/** additional_status_info_text has 256 octets with its NUL (SMPP 3.4 §5.3.2.11). */
const maxInfoLength = 255;

export function createAnswerRequest(needs: RequestNeeds): AnswerRequest {
  const rates = new Rates();
  return async (session, pdu, access) => {
    const answer = await answerOf(needs, rates, pdu, access).catch((error: unknown) =>
      renderError(needs, pdu, access, error),
    );
    requests.add({ command: pdu.command, status: statusName(answer.status) });
    session.answer(pdu, answer.status, answer.fields, answer.tlvs);
  };
}

async function answerOf(
  needs: RequestNeeds,
  rates: Rates,
  pdu: RequestPdu,
  access: AccountAccess,
): Promise<Answer> {
  switch (pdu.command) {
    case 'submit_sm':
    case 'data_sm':
    case 'submit_multi':
      return submit(needs, rates, pdu, access);
    case 'query_sm':
      return query(needs, pdu, access);
    case 'cancel_sm':
      return cancel(needs, pdu, access);
    case 'replace_sm':
      throw new SmppRefusal(
        'ESME_RREPLACEFAIL',
        'A message is not replaced. Cancel it with cancel_sm and submit the new one.',
      );
    case 'deliver_sm':
      throw new SmppRefusal('ESME_RINVCMDID', 'deliver_sm is sent by the platform.');
  }
}

async function submit(
  { services, clock, steadyClock }: RequestNeeds,
  rates: Rates,
  pdu: SubmitPdu,
  access: AccountAccess,
): Promise<Answer> {
  const { settings } = access.account;
  const smpp = settings.smpp!;
  const message = readMessage(pdu, smpp);
  const submission = readSubmission(pdu, message, settings, clock.now());
  const segments = measure(message.text).segments * submission.recipients.length;
  rates.take(access.account.id, smpp, segments, steadyClock.now());
  if (message.place !== null) {
    const partId = await services.submissions.submitPart(access, { place: message.place, submission });
    return accepted(partId);
  }
  const { campaignId, plan } = await services.submissions.submit(access, submission);
  if (pdu.command !== 'submit_multi') return accepted(campaignId!);
  return accepted(campaignId!, { unsuccess_sme: failedDestinations(pdu, plan.failures) });
}

function accepted(id: number, fields: Answer['fields'] = {}): Answer {
  return { status: commandStatus.ESME_ROK, fields: { message_id: messageIdOf(id), ...fields } };
}

/** Destinations without a message, with the status that a submit_sm would have received (SMPP 3.4 §4.5.2.1). */
function failedDestinations(
  { dest_address }: PduOf<'submit_multi'>,
  failures: readonly FailedRecipient[],
): FailedDestination[] {
  const reasons = new Map(failures.map(({ number, refusal }) => [number, refusal.reason]));
  return dest_address.flatMap((destination) => {
    if (destination.dest_flag === 2) return [];
    const { dest_flag: _, ...address } = destination;
    const reason = reasons.get(readAddress(address.dest_addr_ton, address.destination_addr));
    return reason === undefined ? [] : [{ ...address, error_status_code: statusOf(reason) }];
  });
}

async function query(
  { services }: RequestNeeds,
  pdu: PduOf<'query_sm'>,
  access: AccountAccess,
): Promise<Answer> {
  const id = readMessageId(pdu.message_id);
  const found = id === null ? null : await services.submittedMessages.find(access, id, pdu.source_addr);
  if (found === null) throw unknownMessage();
  return { status: commandStatus.ESME_ROK, fields: { message_id: pdu.message_id, ...stateOf(found) } };
}

async function cancel(
  { services }: RequestNeeds,
  pdu: PduOf<'cancel_sm'>,
  access: AccountAccess,
): Promise<Answer> {
  if (pdu.message_id === '') return cancelAll(services, pdu, access);
  const id = readMessageId(pdu.message_id);
  const result =
    id === null ? 'unknown' : await services.submittedMessages.cancel(access, id, pdu.source_addr);
  if (result === 'unknown') throw unknownMessage();
  if (result === 'too-late')
    throw new SmppRefusal('ESME_RCANCELFAIL', 'A carrier has the message, or it has ended.');
  return { status: commandStatus.ESME_ROK };
}

/** Without an id: what is pending between two addresses (SMPP 3.4 §4.9). */
async function cancelAll(
  services: RequestNeeds['services'],
  { source_addr, dest_addr_ton, destination_addr }: PduOf<'cancel_sm'>,
  access: AccountAccess,
): Promise<Answer> {
  if (destination_addr === '')
    throw new SmppRefusal('ESME_RINVDSTADR', 'message_id and destination_addr are empty: give one of them.');
  const number = readAddress(dest_addr_ton, destination_addr);
  const cancelled = await services.submittedMessages.cancelAll(access, source_addr, number);
  if (cancelled === 0)
    throw new SmppRefusal('ESME_RCANCELFAIL', 'No message from this source to this destination is pending.');
  return { status: commandStatus.ESME_ROK };
}

function unknownMessage(): SmppRefusal {
  return new SmppRefusal(
    'ESME_RINVMSGID',
    'The account has no message with this message_id and source_addr. Send both as they were.',
  );
}

function renderError({ log }: RequestNeeds, pdu: RequestPdu, access: AccountAccess, error: unknown): Answer {
  const account = access.account.id;
  const refused = refusedRequestOf(error);
  if (refused === null) {
    log.error('smpp_customer.request_failed', {
      account,
      command: pdu.command,
      err: String((error as Error).message),
    });
    return { status: commandStatus.ESME_RSYSERR };
  }
  const { status, reason, detail } = refused;
  if (status !== commandStatus.ESME_RTHROTTLED)
    log.info('smpp_customer.request_refused', {
      account,
      command: pdu.command,
      status: statusName(status),
      reason,
      remedy: detail,
    });
  return {
    status,
    tlvs: new Map([[tlvTags.additional_status_info_text, textOctets(detail.slice(0, maxInfoLength))]]),
  };
}

/** Segments in a second, for each account in this process; a burst of one second, or of one longest text. */
class Rates {
  readonly #buckets = new Map<number, TokenBucket>();

  take(accountId: number, { segmentsPerSecond }: SmppSettings, segments: number, nowMs: number): void {
    if (segmentsPerSecond === 0) return;
    let bucket = this.#buckets.get(accountId);
    if (bucket?.perSecond !== segmentsPerSecond) {
      bucket = new TokenBucket(
        { perSecond: segmentsPerSecond, burst: Math.max(segmentsPerSecond, segments) },
        nowMs,
      );
      this.#buckets.set(accountId, bucket);
    }
    if (bucket.available(nowMs) < Math.min(segments, segmentsPerSecond))
      throw new SmppRefusal(
        'ESME_RTHROTTLED',
        `The account sends at most ${segmentsPerSecond} segments a second. Send it again later.`,
      );
    for (let i = 0; i < segments; i++) bucket.consumeToken();
  }
}
