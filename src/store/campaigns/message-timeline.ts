// The steps of one message, gathered from the tables for people. Used by the message timeline service and `chappe send`. Not
// for the hot path.
import type { AccountKey } from '#domain/account/account.ts';
import { maskedNumber } from '#domain/base/audit.ts';
import type { Encoding, Purpose, Tier } from '#domain/base/campaign.ts';
import { noteText } from '#domain/base/campaign-notes.ts';
import { type MessageStatus, messageStatus } from '#domain/base/message.ts';
import { maxChunkSize } from '#domain/base/priority-classes.ts';
import type { DialectName } from '#domain/base/submission.ts';
import { nextOpening } from '#domain/plan/schedule.ts';
import { dayMs, hourMs, minuteMs } from '#lib/time/duration.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import {
  dialectCodes,
  encodingCodes,
  messageStatuses,
  purposeCodes,
  tierCodes,
} from '#store/database/codes.ts';
import {
  boolean,
  code,
  instant,
  int2,
  int4,
  int8,
  list,
  micros,
  nullable,
  text,
} from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { type RowOf, statement } from '#store/database/statement.ts';

export interface MessageStep {
  readonly atMs: number;
  readonly step:
    | 'accepted'
    | 'noted'
    | 'flagged'
    | 'reviewed'
    | 'held until'
    | 'submitted'
    | 'failed'
    | 'finished'
    | 'charged'
    | 'released'
    | 'called back'
    | 'callback failed';
  readonly detail: string;
  /** The same for programs; each step has those that its detail names. */
  readonly facts: StepFacts;
}

interface StepFacts {
  readonly note?: string;
  readonly cues?: readonly string[];
  readonly decision?: string;
  /** Held until the sending hours open. */
  readonly isOpening?: boolean;
  readonly carrier?: string;
  readonly reference?: string;
  /** The routing rule that chose the carrier. */
  readonly route?: number;
  /** From 0. */
  readonly part?: number;
  readonly status?: MessageStatus;
  readonly error?: string | null;
  readonly callbackId?: number;
  readonly attempt?: number;
  readonly httpStatus?: number | null;
  readonly gaveUp?: boolean;
}

export interface MessageTimeline {
  readonly id: number;
  readonly accountId: number;
  readonly serviceName: string;
  readonly campaignId: number;
  readonly dialect: DialectName;
  readonly status: MessageStatus;
  /** The last two digits only, the rest as dots. */
  readonly recipient: string;
  readonly msisdn: number;
  readonly country: string;
  readonly sender: string | null;
  readonly purpose: Purpose;
  readonly tier: Tier;
  readonly text: string;
  readonly segments: number;
  readonly costMicros: bigint;
  readonly steps: readonly MessageStep[];
  /** True while a callback of it is pending. */
  readonly hasPendingCallback: boolean;
  /** Of the next attempt, if one is pending. */
  readonly callbackDueAtMs: number | null;
  readonly acceptedAtMs: number;
  readonly dueAtMs: number;
  readonly expiresAtMs: number;
  readonly doneAtMs: number | null;
  readonly error: string | null;
  readonly encoding: Encoding;
  readonly messageClass: number | null;
  readonly firstMessageId: number;
  readonly campaignMessages: number;
  readonly tag: string | null;
  /** OVH login that sent it. */
  readonly user: string | null;
  readonly carrier: string | null;
  /** The campaign waits for the decision of an operator. */
  readonly isHeldForReview: boolean;
  /** A member or the operator has paused the campaign. */
  readonly isPaused: boolean;
  /** Later than its due time: no process found a carrier for it, or a process was stopped. Null: no process has it to send. */
  readonly nextTryAtMs: number | null;
  /** Marketing that the sending hours of the country hold until its due time. */
  readonly isHeldByHours: boolean;
}

const findAccount = statement('find_account_of_message', {
  params: { id: int8 },
  row: { bucket: int2, id: int4 },
  // Over all buckets: people ask by the id of a message. The list of buckets lets the primary key serve it.
  text: (p) => `
select bucket, account_id as id from messages where bucket in (select bucket from accounts) and id = ${p.id}`,
});

const messageParams = { ...accountParams, id: int8 };

const readFacts = statement('read_message_facts', {
  params: messageParams,
  row: {
    campaignId: int8,
    serviceName: text,
    dialect: code(dialectCodes),
    status: int2,
    error: nullable(text),
    msisdn: int8,
    country: text,
    sender: nullable(text),
    purpose: code(purposeCodes),
    tier: code(tierCodes),
    text,
    segments: int2,
    costMicros: micros,
    encoding: code(encodingCodes),
    messageClass: nullable(int2),
    firstMessageId: int8,
    campaignMessages: int4,
    tag: nullable(text),
    user: nullable(text),
    expiresAtMs: instant,
    connectorId: nullable(int4),
    acceptedAtMs: instant,
    dueAtMs: instant,

    submittedAtMs: nullable(instant),
    doneAtMs: nullable(instant),
    connector: nullable(text),
    notes: nullable(list(text)),
    cues: nullable(list(text)),
    review: nullable(text),
    flaggedAtMs: nullable(instant),
    reviewedAtMs: nullable(instant),
    accountCountry: nullable(text),
    isPaused: boolean,
    nextTryAtMs: nullable(instant),
  },
  text: (p) => `
select m.campaign_id as "campaignId", a.service_name as "serviceName", m.dialect, m.status, m.error, m.msisdn, m.country,
  c.sender, c.purpose, c.tier, coalesce(m.text, c.text) as text, m.segments, m.cost_micros as "costMicros",
  m.encoding, c.message_class as "messageClass", c.first_message_id as "firstMessageId",
  c.message_count as "campaignMessages", c.tag, u.login as "user", m.expires_at as "expiresAtMs",
  m.connector_id as "connectorId", c.created_at as "acceptedAtMs", m.due_at as "dueAtMs", m.submitted_at as "submittedAtMs", m.done_at as "doneAtMs",
  n.name as connector, c.notes, v.cues, v.state as review, v.at as "flaggedAtMs", v.reviewed_at as "reviewedAtMs",
  a.settings ->> 'defaultCountry' as "accountCountry", s.at is not null as "isPaused",
  (select nullif(k.due_at, 'infinity') from chunks k where k.bucket = ${p.bucket} and k.id <= ${p.id}
    and k.id > ${p.id} - ${maxChunkSize} and ${p.id} < k.id + k.message_count and k.process_id is null) as "nextTryAtMs"
from messages m
join accounts a on a.id = m.account_id
join campaigns c on c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = m.campaign_id
left join connectors n on n.id = m.connector_id
left join users u on u.bucket = ${p.bucket} and u.account_id = ${p.accountId} and u.id = c.user_id
left join campaign_reviews v
  on v.bucket = ${p.bucket} and v.account_id = ${p.accountId} and v.campaign_id = m.campaign_id
left join campaign_pauses s
  on s.bucket = ${p.bucket} and s.account_id = ${p.accountId} and s.campaign_id = m.campaign_id
where m.bucket = ${p.bucket} and m.account_id = ${p.accountId} and m.id = ${p.id}`,
});

const listReferences = statement('list_references_of_message', {
  params: { bucket: int2, id: int8 },
  row: { part: int2, reference: text, atMs: instant, connector: text, routeId: nullable(int4) },
  text: (p) => `
select r.part, r.reference, r.at as "atMs", coalesce(n.name, 'simulator') as connector, r.route_id as "routeId"
from carrier_references r
left join connectors n on n.id = r.connector_id
where r.bucket = ${p.bucket} and r.message_id = ${p.id} order by r.at, r.part`,
});

const listFailures = statement('list_failures_of_message', {
  params: { bucket: int2, id: int8 },
  row: { atMs: instant, connector: text, status: code(messageStatuses), error: nullable(text) },
  text: (p) => `
select r.failed_at as "atMs", coalesce(n.name, 'simulator') as connector, r.status, r.error
from resends r left join connectors n on n.id = r.connector_id
where r.bucket = ${p.bucket} and r.message_id = ${p.id} order by r.number`,
});

const findEntry = statement('find_entry_of_message', {
  params: { ...messageParams, from: instant, to: instant },
  row: { kind: text, atMs: instant },
  // Index ledger_entries_by_time.
  text: (p) => `
select kind, at as "atMs" from ledger_entries
where bucket = ${p.bucket} and account_id = ${p.accountId} and at >= ${p.from} and at <= ${p.to}
  and message_ids @> array[${p.id}] limit 1`,
});

/**
 * An entry is stored after its outcome by milliseconds; by longer while the database is not reached, or by the clock of another
 * process. The ledger grows for ever and has no index by message, so the search begins with the likely minutes.
 */
const entrySearches = [
  { beforeMs: minuteMs, afterMs: 2 * minuteMs },
  { beforeMs: hourMs, afterMs: dayMs },
];

const listAttempts = statement('list_attempts_of_message', {
  params: messageParams,
  row: {
    callbackId: int8,
    atMs: instant,
    attempt: int2,
    httpStatus: nullable(int2),
    error: nullable(text),
    gaveUp: boolean,
    isDone: boolean,
  },
  text: (p) => `
select callback_id as "callbackId", at as "atMs", attempt, http_status as "httpStatus", error, gave_up as "gaveUp", done_ids @> array[${p.id}] as "isDone" from callback_attempts
where bucket = ${p.bucket} and account_id = ${p.accountId} and (done_ids || failed_ids) @> array[${p.id}] order by id`,
});

const findPending = statement('find_pending_callback_of_message', {
  params: messageParams,
  row: { id: int8, dueAtMs: instant },
  text: (p) => `
select id, due_at as "dueAtMs" from callbacks
where bucket = ${p.bucket} and account_id = ${p.accountId} and message_ids @> array[${p.id}] limit 1`,
});

type Facts = RowOf<typeof readFacts.row>;
type Reference = RowOf<typeof listReferences.row>;
type Failure = RowOf<typeof listFailures.row>;
type Entry = RowOf<typeof findEntry.row>;
type Attempt = RowOf<typeof listAttempts.row>;

/** A message of any account, for people; null if there is no such message. */
export async function readMessageFacts(query: Query, id: number): Promise<MessageTimeline | null> {
  const account = await findAccount.find(query, { id });
  return account && readFactsOfMessage(query, account, id);
}

/** Null if the account has no such message. */
export async function readFactsOfMessage(
  query: Query,
  account: AccountKey,
  id: number,
): Promise<MessageTimeline | null> {
  const key = { ...valuesOf(account), id };
  const facts = await readFacts.find(query, key);
  if (facts === null) return null;
  const references = await listReferences.run(query, { bucket: account.bucket, id });
  const failures = await listFailures.run(query, { bucket: account.bucket, id });
  const settledAtMs = references[0]?.atMs ?? facts.submittedAtMs ?? facts.doneAtMs;
  const entry = settledAtMs === null ? null : await findSettlement(query, key, settledAtMs);
  const attempts = await listAttempts.run(query, key);
  const pending = await findPending.find(query, key);
  const stored = messageStatus(facts.status);
  const {
    status: _,
    connector,
    connectorId,
    notes: _n,
    cues: _c,
    accountCountry: _a,
    review,
    ...told
  } = facts;
  const carrier = references.at(-1)?.connector ?? (connectorId === 0 ? 'simulator' : connector);
  return {
    ...told,
    id,
    accountId: account.id,
    carrier,
    status: stored === 'accepted' && references.length > 0 ? 'submitted' : stored,
    recipient: maskedNumber(facts.msisdn),
    steps: stepsOf(facts, { references, failures, entry, attempts }),
    hasPendingCallback: pending !== null,
    callbackDueAtMs: pending?.dueAtMs ?? null,
    isHeldForReview: review === 'held',
    isHeldByHours: isOpening(facts),
  };
}

/** The charge or the release of a message; null: it is older than the ledger, or was not found within a day. */
async function findSettlement(
  query: Query,
  key: { readonly bucket: number; readonly accountId: number; readonly id: number },
  atMs: number,
): Promise<Entry | null> {
  for (const { beforeMs, afterMs } of entrySearches) {
    const entry = await findEntry.find(query, { ...key, from: atMs - beforeMs, to: atMs + afterMs });
    if (entry !== null) return entry;
  }
  return null;
}

/** Marketing that may not leave just before its due time: the sending hours moved it there, or it was requested so. */
function isOpening({ purpose, country, dueAtMs, accountCountry }: Facts): boolean {
  return purpose === 'marketing' && nextOpening(country, dueAtMs - 1, accountCountry) === dueAtMs;
}

/** Rows of other tables about the message. */
interface Traces {
  readonly references: readonly Reference[];
  readonly failures: readonly Failure[];
  readonly entry: Entry | null;
  readonly attempts: readonly Attempt[];
}

function stepsOf(facts: Facts, { references, failures, entry, attempts }: Traces): MessageStep[] {
  const { acceptedAtMs, dueAtMs, notes, cues, flaggedAtMs, review, reviewedAtMs, doneAtMs } = facts;
  const steps: MessageStep[] = [{ atMs: acceptedAtMs, step: 'accepted', detail: 'credit held', facts: {} }];
  for (const note of notes ?? [])
    steps.push({ atMs: acceptedAtMs, step: 'noted', detail: noteText(note), facts: { note } });
  if (dueAtMs > acceptedAtMs + 1000)
    steps.push({
      atMs: dueAtMs,
      step: 'held until',
      detail: isOpening(facts) ? `the sending hours of ${facts.country} open` : 'its sending time',
      facts: { isOpening: isOpening(facts) },
    });
  if (cues !== null && flaggedAtMs !== null)
    steps.push({
      atMs: flaggedAtMs,
      step: 'flagged',
      detail: `reads like advertising (${cues.join(', ')}), sent as transactional`,
      facts: { cues },
    });
  if (reviewedAtMs !== null)
    steps.push({
      atMs: reviewedAtMs,
      step: 'reviewed',
      detail: review ?? '',
      facts: review === null ? {} : { decision: review },
    });
  steps.push(...submissionsOf(facts, references));
  for (const { atMs, connector, status, error } of failures)
    steps.push({
      atMs,
      step: 'failed',
      detail: `${connector} reported ${status}${error ? ` (${error})` : ''}; sent again over another carrier`,
      facts: { carrier: connector, status, error },
    });
  if (entry !== null) {
    const { kind, atMs } = entry;
    steps.push(
      kind === 'charge'
        ? // An early receipt is recorded with its outcome: its time precedes the entry, and the charge precedes both.
          {
            atMs: Math.min(atMs, doneAtMs ?? atMs),
            step: 'charged',
            detail: 'the carrier took it',
            facts: {},
          }
        : { atMs, step: 'released', detail: 'it never left; the credit is given back', facts: {} },
    );
  }
  if (doneAtMs !== null)
    steps.push({
      atMs: doneAtMs,
      step: 'finished',
      detail: messageStatus(facts.status) + (facts.error ? ` (${facts.error})` : ''),
      facts: { status: messageStatus(facts.status), error: facts.error },
    });
  for (const { atMs, callbackId, attempt, httpStatus, error, gaveUp, isDone } of attempts)
    steps.push({
      atMs,
      step: isDone ? 'called back' : 'callback failed',
      detail: isDone ? `attempt ${attempt}` : `attempt ${attempt}: ${error}${gaveUp ? '; given up' : ''}`,
      facts: { callbackId, attempt, httpStatus, error: isDone ? null : error, gaveUp: gaveUp && !isDone },
    });
  return steps.sort((a, b) => a.atMs - b.atMs);
}

function submissionsOf({ submittedAtMs, connector }: Facts, references: readonly Reference[]): MessageStep[] {
  if (references.length > 0)
    return references.map(({ atMs, part, connector, reference, routeId }) => ({
      atMs,
      step: 'submitted',
      detail:
        `part ${part + 1} to ${connector}, carrier reference ${reference}` +
        (routeId === null ? '' : `, by route ${routeId}`),
      facts: { part, carrier: connector, reference, ...(routeId !== null && { route: routeId }) },
    }));
  if (submittedAtMs === null) return [];
  const detail = `to ${connector ?? 'simulator'}; no carrier reference is known (any more)`;
  return [{ atMs: submittedAtMs, step: 'submitted', detail, facts: { carrier: connector ?? 'simulator' } }];
}

const listOfCampaign = statement('list_campaign_messages', {
  params: { ...accountParams, campaignId: int8, limit: int4 },
  row: { id: int8, status: int2 },
  text: (p) => `
select m.id, m.status from campaigns c
join messages m on m.bucket = ${p.bucket} and m.id >= c.first_message_id and m.id < c.first_message_id + c.message_count
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.campaignId} order by m.id limit ${p.limit}`,
});

/** At most `limit` messages of a campaign, ascending. */
export async function listCampaignMessages(
  query: Query,
  account: AccountKey,
  campaignId: number,
  limit: number,
): Promise<{ id: number; status: MessageStatus }[]> {
  const messages = await listOfCampaign.run(query, { ...valuesOf(account), campaignId, limit });
  return messages.map(({ id, status }) => ({ id, status: messageStatus(status) }));
}
