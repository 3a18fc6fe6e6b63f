// Fills a data folder with finished messages, as if it had served for weeks. Serves the scenario `preloaded`.
// Writes the rows of earlier traffic: campaigns of 500, their messages, carrier references and ledger
// entries; the ledger stays consistent. Never runs while the platform does.

import { silentLog } from '../src/lib/observability/log.ts';
import { type Database, openDatabase, type Query } from '../src/store/database/database.ts';
import { ensurePartitions } from '../src/store/database/partitions.ts';
import { startEmbedded } from '../src/store/embedded/embedded.ts';
import { msisdnOf } from './numbers.ts';

/** Messages in one transaction: keeps memory and the log's growth within bounds. */
const perStep = 250_000;
const priceMicros = 45_000;
const usualText = 'Votre commande est arrivee.';

/** Finished messages of one account, in campaigns of one size. */
export interface Stock {
  readonly email: string;
  readonly messages: number;
  readonly perCampaign: number;
  /** Of the campaigns. */
  readonly text?: string;
}

export async function preload(folder: string, stocks: readonly Stock[]): Promise<void> {
  const server = await startEmbedded({ dataDir: folder, log: () => {} });
  const database = openDatabase(server.connection, silentLog);
  try {
    for (const stock of stocks)
      for (let done = 0; done < stock.messages; done += perStep)
        await fillStep(database, { ...stock, messages: Math.min(perStep, stock.messages - done) });
    // The work of autovacuum and the checkpointer, which a database in use has done by then.
    await database.query('vacuum (analyze)');
    await database.query('checkpoint');
  } finally {
    await database.close();
    await server.stop();
  }
}

async function fillStep(
  database: Database,
  { email, messages, perCampaign, text = usualText }: Stock,
): Promise<void> {
  const campaigns = Math.ceil(messages / perCampaign);
  const firstMessage = await takeIds(database, 'message', messages);
  const firstCampaign = await takeIds(database, 'campaign', campaigns);
  await ensurePartitions(database, 'message', firstMessage, firstMessage + messages);
  await ensurePartitions(database, 'campaign', firstCampaign, firstCampaign + campaigns);
  await database.transaction(async (query) => {
    const [account] = await query<{ bucket: number; id: number }>(
      'select bucket, id from accounts where email = $1',
      [email],
    );
    const step: Step = {
      bucket: account!.bucket,
      account: account!.id,
      firstCampaign,
      firstMessage,
      messages,
      perCampaign,
      text,
    };
    await fillCampaigns(query, step);
    await fillMessages(query, step);
    await fillLedger(query, step);
  });
}

async function takeIds(database: Database, sequence: string, count: number): Promise<number> {
  const [row] = await database.query<{ first: number }>(
    'update id_sequences set next = next + $2 where name = $1 returning next - $2 as first',
    [sequence, count],
  );
  return row!.first;
}

/** The rows of one transaction. */
interface Step {
  readonly bucket: number;
  readonly account: number;
  readonly firstCampaign: number;
  readonly firstMessage: number;
  readonly messages: number;
  readonly perCampaign: number;
  readonly text: string;
}

async function fillCampaigns(query: Query, step: Step): Promise<void> {
  const { bucket, account, firstCampaign, firstMessage, messages, perCampaign, text } = step;
  await query(
    `insert into campaigns (bucket, id, account_id, dialect, text, sender, purpose, tier, with_replies,
       first_message_id, message_count, segments, cost_micros, due_at, created_at)
     select $1, $3::bigint + n, $2, 2, $8::text, 'Bench', 1, 1, false,
       $4::bigint + n * $6::int, s.size, s.size, s.size * $7::bigint, now() - interval '1 day', now() - interval '1 day'
     from generate_series(0, ($5::int - 1) / $6::int) n,
       lateral (select least($6::int, $5::int - n * $6::int) as size) s`,
    [bucket, account, firstCampaign, firstMessage, messages, perCampaign, priceMicros, text],
  );
}

async function fillMessages(query: Query, step: Step): Promise<void> {
  const { bucket, account, firstCampaign, firstMessage, messages, perCampaign } = step;
  // Status 2 is `delivered` (src/domain/base/message.ts).
  await query(
    `insert into messages (bucket, id, account_id, campaign_id, dialect, msisdn, country, status, encoding, segments,
       done_segments, connector_id, cost_micros, due_at, expires_at, submitted_at, done_at)
     select $1, $4::bigint + n, $2, $3::bigint + n / $6::int, 2, $8::bigint + n % 20000000, 'FR', 2, 0, 1,
       1, (select min(id) from connectors), $7::bigint, at, at + interval '2 days', at, at + interval '3 seconds'
     from generate_series(0, $5::int - 1) n, (select now() - interval '1 day' as at) t`,
    [bucket, account, firstCampaign, firstMessage, messages, perCampaign, priceMicros, msisdnOf(0)],
  );
  await query(
    `insert into carrier_references (bucket, message_id, part, connector_id, reference, at)
     select $1, $2::bigint + n, 0, (select min(id) from connectors), 'old-' || to_hex($2::bigint + n),
       now() - interval '1 day'
     from generate_series(0, $3::int - 1) n`,
    [bucket, firstMessage, messages],
  );
}

/** A hold and a charge for each campaign, and one top-up that pays for all: the balance does not move. */
async function fillLedger(query: Query, step: Step): Promise<void> {
  const { bucket, account, firstCampaign, firstMessage, messages, perCampaign } = step;
  await query(
    `insert into ledger_entries (bucket, account_id, kind, amount_micros, campaign_ids, message_ids, at)
     select $1, $2, k.kind, s.size * $7::bigint,
       case when k.kind = 'hold' then array[$3::bigint + n] end,
       case when k.kind = 'charge'
         then (select array_agg($4::bigint + n * $6::int + m) from generate_series(0, s.size - 1) m) end,
       now() - interval '1 day'
     from generate_series(0, ($5::int - 1) / $6::int) n,
       lateral (select least($6::int, $5::int - n * $6::int) as size) s,
       (values ('hold'), ('charge')) as k(kind)`,
    [bucket, account, firstCampaign, firstMessage, messages, perCampaign, priceMicros],
  );
  await query(
    `insert into ledger_entries (bucket, account_id, kind, amount_micros, at)
     values ($1, $2, 'top_up', $3::bigint * $4::bigint, now() - interval '1 day')`,
    [bucket, account, messages, priceMicros],
  );
}
