// What an account has received: the replies to its campaigns, newest first, with how those are filed.
import type { HistoryFilter, ReceivedReply } from '#domain/delivery/history.ts';
import type { Query } from '#store/database/database.ts';

interface Owner {
  readonly bucket: number;
  readonly id: number;
}

const columns = `r.id, r.msisdn, r.recipient, r.text, r.at as "atMs", c.tag, c.user_id as "userId"`;

const withCampaign = `replies r
left join campaigns c on c.bucket = r.bucket and c.account_id = r.account_id and c.id = r.campaign_id`;

/** Carriers write the number that was answered in any of these ways. */
const waysToWrite = (digits: string) => [digits, `+${digits}`, `00${digits}`];

/**
 * The next replies before this one, newest first; from the newest on when it is null. `sender` is the number that was
 * answered, as foldAddress writes it.
 */
export function listRepliesBefore(
  query: Query,
  owner: Owner,
  filter: HistoryFilter,
  page: { readonly beforeId: number | null; readonly limit: number },
): Promise<ReceivedReply[]> {
  const { tag, userId, batchId, msisdn, sender, fromMs, untilMs } = filter;
  const values: unknown[] = [owner.bucket, owner.id, page.limit];
  const conditions: string[] = [];
  const narrow = (value: unknown, condition: (place: string) => string) => {
    if (value === undefined || value === null) return;
    values.push(value);
    conditions.push(`and ${condition(`$${values.length}`)}`);
  };
  narrow(page.beforeId, (place) => `r.id < ${place}`);
  narrow(tag, (place) => `c.tag = ${place}`);
  narrow(userId, (place) => `c.user_id = ${place}`);
  narrow(batchId, (place) => `c.batch_id = ${place}`);
  narrow(msisdn, (place) => `r.msisdn = ${place}`);
  narrow(sender && waysToWrite(sender), (place) => `r.recipient = any(${place}::text[])`);
  narrow(fromMs, (place) => `r.at >= to_timestamp(${place}::float8 / 1000)`);
  narrow(untilMs, (place) => `r.at <= to_timestamp(${place}::float8 / 1000)`);
  return query<ReceivedReply>(
    `select ${columns} from ${withCampaign}
     where r.bucket = $1 and r.account_id = $2 and r.hidden_at is null ${conditions.join(' ')}
     order by r.id desc limit $3`,
    values,
  );
}

/** Null too when it was put away. */
export async function readReceivedReply(
  query: Query,
  owner: Owner,
  id: number,
): Promise<ReceivedReply | null> {
  const [row] = await query<ReceivedReply>(
    `select ${columns} from ${withCampaign}
     where r.bucket = $1 and r.account_id = $2 and r.id = $3 and r.hidden_at is null`,
    [owner.bucket, owner.id, id],
  );
  return row ?? null;
}

export async function hideReply(query: Query, owner: Owner, id: number, nowMs: number): Promise<void> {
  await query(
    `update replies set hidden_at = to_timestamp($4::float8 / 1000)
     where bucket = $1 and account_id = $2 and id = $3 and hidden_at is null`,
    [owner.bucket, owner.id, id, nowMs],
  );
}
