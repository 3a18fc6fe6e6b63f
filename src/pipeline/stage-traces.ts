// The steps of sampled messages, recorded by the stages after their commit or the end of the step: accept, hand-over, outcome,
// receipt, callback. Used by the stages of the pipeline. Costs one comparison for each message while tracing is off.
import type { AttemptResult } from '#domain/delivery/callback.ts';
import type { Outcome } from '#domain/delivery/connector.ts';
import { currentRequest, isTraced, isTracing, recordStep } from '#lib/observability/tracing.ts';

interface AcceptedCampaign {
  readonly campaignId: number;
  readonly accountId: number;
  readonly dialect: string;
  readonly messageIds: Iterable<number>;
  /** Of the submission; an HTTP request begins earlier. */
  readonly startMs: number;
  readonly endMs: number;
}

/** In the request that is answered. */
export function traceAcceptance(of: () => AcceptedCampaign): void {
  if (!isTracing()) return;
  const { campaignId, accountId, dialect, messageIds, startMs, endMs } = of();
  const request = currentRequest();
  const attributes = {
    ...{ campaign: campaignId, account: accountId, dialect },
    'http.route': request?.route ?? null,
  };
  const step = { name: 'accept', startMs: request?.startMs ?? startMs, endMs, attributes };
  for (const id of messageIds) if (isTraced(id)) recordStep(id, step, request);
}

/** From the connector's `submit` to its outcome; a message that is tried again has several. */
export function traceHandOver(
  messageId: number,
  connector: string,
  outcome: Outcome,
  times: { readonly startMs: number; readonly endMs: number },
): void {
  // The words of a carrier can repeat the number: its code is enough.
  const code = 'code' in outcome ? outcome.code : null;
  const error = outcome.kind === 'submitted' ? null : outcome.kind;
  const attributes = { connector, outcome: outcome.kind, code };
  recordStep(messageId, { name: 'hand-over', ...times, attributes, error });
}

interface RecordedOutcome {
  readonly message: { readonly id: number };
  readonly outcome: { readonly kind: string };
  readonly atMs: number;
}

/** From the outcome to its commit: the charge or the release. */
export function traceOutcomes(recorded: readonly RecordedOutcome[], nowMs: number): void {
  if (!isTracing()) return;
  for (const { message, outcome, atMs } of recorded)
    if (isTraced(message.id)) {
      const attributes = { outcome: outcome.kind };
      recordStep(message.id, { name: 'outcome', startMs: atMs, endMs: nowMs, attributes });
    }
}

interface MatchedReceipt {
  readonly receipt: { readonly state: string };
  readonly segment: { readonly messageId: number } | null;
}

/** From the begin of its batch to the commit. */
export function traceReceipts(receipts: readonly MatchedReceipt[], startMs: number, endMs: number): void {
  if (!isTracing()) return;
  for (const { receipt, segment } of receipts)
    if (segment !== null && isTraced(segment.messageId))
      recordStep(segment.messageId, {
        name: 'receipt',
        startMs,
        endMs,
        attributes: { state: receipt.state },
      });
}

/** One attempt. */
export function traceCallback(
  {
    messageId,
    attempt,
    startMs,
    endMs,
  }: {
    readonly messageId: number;
    readonly attempt: number;
    readonly startMs: number;
    readonly endMs: number;
  },
  result: AttemptResult,
): void {
  const attributes = {
    attempt,
    result: result.kind,
    'http.response.status_code': result.kind === 'failed' ? result.status : null,
  };
  const error = result.kind === 'delivered' ? null : result.kind;
  recordStep(messageId, { name: 'callback', startMs, endMs, attributes, error });
}
