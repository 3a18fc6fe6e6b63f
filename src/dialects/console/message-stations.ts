// The line of a message: its steps as stations, and the stations that it has not reached, with the end of the wait. Pure.
// Used by messages-routes.ts. The browser has the words; this file has codes and facts only.
import { causeCodeOf } from '#domain/delivery/failure-causes.ts';
import type { ExplainedMessage } from '#operations/reading/messages/timeline.ts';
import type { Answer } from './contract.ts';
import { euros, iso } from './response.ts';

type Station = Answer<'messages.read'>['stations'][number];
type Step = ExplainedMessage['steps'][number];

export function stationsOf(message: ExplainedMessage, receiptWindowMs: number): Station[] {
  return [...message.steps.map((step) => stationOf(step, message)), ...awaited(message, receiptWindowMs)];
}

const kinds: Readonly<Record<Step['step'], Station['kind']>> = {
  accepted: 'accepted',
  noted: 'noted',
  flagged: 'flagged',
  reviewed: 'reviewed',
  'held until': 'due',
  submitted: 'submitted',
  failed: 'resent',
  charged: 'charged',
  released: 'released',
  finished: 'finished',
  'called back': 'callback-attempt',
  'callback failed': 'callback-attempt',
};

function stationOf({ step, atMs, facts }: Step, message: ExplainedMessage): Station {
  const { part, cues, status, error, callbackId, decision, isOpening, ...plain } = facts;
  const station: Station = { kind: kinds[step], state: 'done', at: iso(atMs), until: null, ...plain };
  if (part !== undefined) station.segment = part + 1;
  if (cues !== undefined) station.cues = [...cues];
  if (callbackId !== undefined) station.callback = callbackId;
  if (decision !== undefined) station.decision = decision as NonNullable<Station['decision']>;
  if (isOpening !== undefined) station.isOpening = isOpening;
  if (step === 'accepted' || step === 'charged' || step === 'released')
    station.amount = euros(message.costMicros);
  if (step === 'callback failed') {
    station.state = 'failed';
    station.error = error ?? null;
  }
  if (step === 'held until' && message.waitingReason === 'due') station.state = 'awaited';
  if (status !== undefined) {
    station.status = status;
    const cause = causeCodeOf(status, error ?? null);
    if (cause !== null) {
      station.cause = cause;
      station.state = 'failed';
    }
  }
  return station;
}

/** Stations ahead: at most one that the message waits at, and a callback that is owed. */
function awaited(message: ExplainedMessage, receiptWindowMs: number): Station[] {
  const { status, waitingReason, expiresAtMs, dueAtMs, hasPendingCallback, callbackDueAtMs } = message;
  const ahead = (kind: Station['kind'], untilMs: number | null): Station => ({
    kind,
    state: 'awaited',
    at: null,
    until: untilMs === null ? null : iso(untilMs),
  });
  const stations: Station[] = [];
  if (waitingReason === 'review') stations.push(ahead('held', null));
  else if (waitingReason === 'due') stations.push(ahead('submitted', dueAtMs));
  else if (waitingReason !== null)
    stations.push({
      ...ahead('blocked', waitingReason === 'next-try' ? message.nextTryAtMs : expiresAtMs),
      blocked: waitingReason,
    });
  if (status === 'submitted') stations.push(ahead('receipt', expiresAtMs + receiptWindowMs));
  if (hasPendingCallback) stations.push(ahead('callback', callbackDueAtMs));
  return stations;
}
