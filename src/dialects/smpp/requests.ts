// Answers the requests of a bind: reads, calls one service and responds. Used by sessions.ts. Never throws: a refusal becomes a
// command_status with its reason in additional_status_info_text, a fault ESME_RSYSERR.

import type { SmppSettings } from '#domain/account/account.ts';
import type { Log } from '#domain/base/log-events.ts';
import { measure } from '#gsm/segments.ts';
import { TokenBucket } from '#lib/async/token-bucket.ts';
import { counter } from '#lib/observability/metrics.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Services } from '#operations/services.ts';
import type { Tlvs } from '#smpp/protocol/commands.ts';
import type { RequestPdu } from '#smpp/protocol/session.ts';
import { commandStatus, statusName } from '#smpp/protocol/status.ts';
import { textOctets, tlvTags } from '#smpp/protocol/tlvs.ts';
import type { ServerSession } from '#smpp/server/server-session.ts';
import type { SmppDelivery } from './deliveries.ts';
import { refusedRequestOf, SmppRefusal } from './errors.ts';
import { messageIdOf } from './message-id.ts';
import { readMessage, readSubmission, type SubmitPdu } from './request.ts';

export interface RequestNeeds {
  readonly services: Pick<Services, 'submissions'>;
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
      return submit(needs, rates, pdu, access);
    default:
      throw new SmppRefusal('ESME_RINVCMDID', `${pdu.command} is not served.`);
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
  rates.take(access.account.id, smpp, measure(message.text).segments, steadyClock.now());
  const submission = readSubmission(pdu, message, settings, clock.now());
  const { campaignId } = await services.submissions.submit(access, submission);
  return { status: commandStatus.ESME_ROK, fields: { message_id: messageIdOf(campaignId!) } };
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
