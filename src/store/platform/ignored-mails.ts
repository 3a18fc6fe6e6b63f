// Mails that were received and sent no message, for the operator. Used by mail-to-SMS and `chappe mail list`. The table has
// no bucket and at most 10,000 rows, because every host can write mails.
import { instant, int4, int8, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface NewIgnoredMail {
  readonly atMs: number;
  readonly remoteAddress: string;
  readonly mailFrom: string;
  readonly sizeBytes: number;
  readonly login: string | null;
  readonly accountId: number | null;
  readonly requestId: string | null;
  readonly reason: string;
  readonly detail: string;
}

export interface StoredIgnoredMail extends Omit<NewIgnoredMail, 'accountId'> {
  readonly id: number;
  /** The service name of the account. */
  readonly account: string | null;
}

const maxRows = 10_000;

const insert = statement('insert_ignored_mail', {
  params: {
    atMs: instant,
    remoteAddress: text,
    mailFrom: text,
    sizeBytes: int4,
    login: nullable(text),
    accountId: nullable(int4),
    requestId: nullable(text),
    reason: text,
    detail: text,
  },
  // The oldest row is found by the primary key.
  text: (p) => `
with inserted as (
  insert into ignored_mails (at, remote_address, mail_from, size_bytes, login, account_id, request_id, reason, detail)
  values (${p.atMs}, ${p.remoteAddress}, ${p.mailFrom}, ${p.sizeBytes}, ${p.login}, ${p.accountId}, ${p.requestId},
    ${p.reason}, ${p.detail})
  returning id
)
delete from ignored_mails where id <= (select id from inserted) - ${maxRows}`,
});

export async function insertIgnoredMail(query: Query, mail: NewIgnoredMail): Promise<void> {
  await insert.run(query, { ...mail });
}

const list = statement('list_ignored_mails', {
  params: { limit: int4 },
  row: {
    id: int8,
    atMs: instant,
    remoteAddress: text,
    mailFrom: text,
    sizeBytes: int4,
    login: nullable(text),
    account: nullable(text),
    requestId: nullable(text),
    reason: text,
    detail: text,
  },
  text: (p) => `
select m.id, m.at as "atMs", m.remote_address as "remoteAddress", m.mail_from as "mailFrom",
  m.size_bytes as "sizeBytes", m.login, a.service_name as account, m.request_id as "requestId", m.reason, m.detail
from ignored_mails m left join accounts a on a.id = m.account_id
order by m.id desc limit ${p.limit}`,
});

/** Newest first. */
export function listIgnoredMails(query: Query, limit: number): Promise<StoredIgnoredMail[]> {
  return list.run(query, { limit });
}
