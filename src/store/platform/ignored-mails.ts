// Mails that were taken and sent nothing: a journal for the operator that never outgrows its bound, whoever writes mails.
import type { Query } from '#store/database/database.ts';

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
  /** The account's service name. */
  readonly account: string | null;
}

const kept = 10_000;

export async function insertIgnoredMail(query: Query, mail: NewIgnoredMail): Promise<void> {
  await query(
    {
      name: 'insert_ignored_mail',
      // The row that leaves for it is found by the primary key.
      text: `
with noted as (
  insert into ignored_mails (at, remote_address, mail_from, size_bytes, login, account_id, request_id, reason, detail)
  values (to_timestamp($1::float8 / 1000), $2, $3, $4, $5, $6, $7, $8, $9) returning id
)
delete from ignored_mails where id <= (select id from noted) - ${kept}`,
    },
    [
      mail.atMs,
      mail.remoteAddress,
      mail.mailFrom,
      mail.sizeBytes,
      mail.login,
      mail.accountId,
      mail.requestId,
      mail.reason,
      mail.detail,
    ],
  );
}

/** Newest first. */
export async function listIgnoredMails(query: Query, limit: number): Promise<StoredIgnoredMail[]> {
  return query<StoredIgnoredMail>(
    `select m.id, m.at as "atMs", m.remote_address as "remoteAddress", m.mail_from as "mailFrom",
       m.size_bytes as "sizeBytes", m.login, a.service_name as account, m.request_id as "requestId", m.reason, m.detail
     from ignored_mails m left join accounts a on a.id = m.account_id
     order by m.id desc limit $1`,
    [limit],
  );
}
