// Approvals of compositions: asked for, decided, ended. Used by the service of compositions. Each change names the state that it
// ends, so of two members who decide at once one is too late. The recipients of the estimate are kept meanwhile.
import type { AccountKey } from '#domain/account/account.ts';
import type { Approval } from '#domain/campaign/approval.ts';
import { accountParams, valuesOf } from '#store/database/account-key.ts';
import { instant, int4, int8, json, list, text, uuid } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const keyParams = { ...accountParams, id: uuid };

const ask = statement('ask_composition_approval', {
  params: { ...keyParams, version: int4, estimateId: uuid, approval: json<Approval>(), now: instant },
  row: { contentId: uuid },
  text: (p) => `
with asked as (
  update compositions c set approval = ${p.approval}, changed_at = ${p.now}
  from estimates e join contents t on t.bucket = ${p.bucket} and t.id = e.content_id
  where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id} and c.version = ${p.version}
    and c.sent_at is null and c.approval ->> 'state' is distinct from 'waiting'
    and e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = ${p.id}
    and e.id = ${p.estimateId} and e.version = ${p.version}
  returning e.content_id
)
update contents t set is_kept = true from asked where t.bucket = ${p.bucket} and t.id = asked.content_id
returning t.id as "contentId"`,
});

/** The recipients that are kept from now on; null if the composition was changed or sent, or an approval waits. */
export async function askApproval(
  query: Query,
  account: AccountKey,
  order: { readonly id: string; readonly version: number; readonly approval: Approval },
  nowMs: number,
): Promise<string | null> {
  const { estimateId } = order.approval;
  const row = await ask.find(query, { ...valuesOf(account), ...order, estimateId, now: nowMs });
  return row?.contentId ?? null;
}

const decide = statement('decide_composition_approval', {
  params: { ...keyParams, estimateId: uuid, approval: json<Approval>(), now: instant },
  row: { id: uuid },
  text: (p) => `
update compositions c set approval = ${p.approval}, changed_at = ${p.now}
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id} and c.sent_at is null
  and c.approval ->> 'state' = 'waiting' and (c.approval ->> 'estimateId')::uuid = ${p.estimateId}
returning c.id`,
});

/** False: another member was faster, or the question was taken back. */
export async function decideApproval(
  query: Query,
  account: AccountKey,
  id: string,
  approval: Approval,
  nowMs: number,
): Promise<boolean> {
  const { estimateId } = approval;
  return (await decide.find(query, { ...valuesOf(account), id, estimateId, approval, now: nowMs })) !== null;
}

const end = statement('end_composition_approval', {
  params: { ...keyParams, now: instant },
  row: { id: uuid },
  text: (p) => `
update compositions c set approval = null, changed_at = ${p.now}
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.id = ${p.id} and c.sent_at is null
  and c.approval is not null
returning c.id`,
});

/** The content can change again. False: there is no approval, or it was sent. */
export async function endApproval(
  query: Query,
  account: AccountKey,
  id: string,
  nowMs: number,
): Promise<boolean> {
  return (await end.find(query, { ...valuesOf(account), id, now: nowMs })) !== null;
}

const leave = statement('leave_contents_of_composition', {
  params: { ...keyParams, now: instant },
  text: (p) => `
update contents t set is_kept = false, is_left = true, since = ${p.now} from estimates e
where t.bucket = ${p.bucket} and t.is_kept and t.id = e.content_id
  and e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = ${p.id}`,
});

/** Nothing refers to the recipients of the estimates of this composition any more. */
export async function leaveEstimatedContents(
  query: Query,
  account: AccountKey,
  id: string,
  nowMs: number,
): Promise<void> {
  await leave.run(query, { ...valuesOf(account), id, now: nowMs });
}

export interface ListedApproval {
  readonly id: string;
  /** Its name, or the begin of its text. */
  readonly title: string;
  readonly approval: Approval;
  readonly messages: number;
  readonly costMicros: string;
}

const listOpen = statement('list_composition_approvals', {
  params: { ...accountParams, states: list(text), limit: int4 },
  row: {
    id: uuid,
    title: text,
    approval: json<Approval>(),
    messages: int8,
    costMicros: text,
  },
  // Index compositions_with_approval.
  text: (p) => `
select c.id, coalesce(nullif(c.content ->> 'name', ''), left(c.content ->> 'text', 80)) as title, c.approval,
  (e.sums ->> 'messages')::bigint as messages, e.sums ->> 'costMicros' as "costMicros"
from compositions c
join estimates e on e.bucket = ${p.bucket} and e.account_id = ${p.accountId} and e.composition_id = c.id
  and e.id = (c.approval ->> 'estimateId')::uuid
where c.bucket = ${p.bucket} and c.account_id = ${p.accountId} and c.approval is not null and c.sent_at is null
  and c.approval ->> 'state' = any(${p.states})
  and not exists (select 1 from idempotency_keys k where k.bucket = ${p.bucket} and k.account_id = ${p.accountId}
    and k.scope = 2 and k.key = c.campaign_id::text)
order by c.changed_at limit ${p.limit}`,
});

/** Those of compositions that are not sent, the oldest first. */
export function listApprovals(
  query: Query,
  account: AccountKey,
  states: readonly Approval['state'][],
  limit: number,
): Promise<ListedApproval[]> {
  return listOpen.run(query, { ...valuesOf(account), states: [...states], limit });
}
