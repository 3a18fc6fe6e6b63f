// Mails that wait to be handed to the operator's relay.
import type { Query } from './database.ts';

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

export interface StoredLetter extends Letter {
  readonly id: number;
  readonly createdAtMs: number;
}

export async function insertLetter(
  query: Query,
  { to, subject, body }: Letter,
  nowMs: number,
): Promise<void> {
  await query(
    `insert into outgoing_mails (mail_to, subject, body, created_at, retry_at)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($4::float8 / 1000))`,
    [to, subject, body, nowMs],
  );
}

/** The oldest that are due, for this process alone until `retryAtMs`. */
export async function claimLetters(
  query: Query,
  nowMs: number,
  retryAtMs: number,
  limit: number,
): Promise<StoredLetter[]> {
  return query<StoredLetter>(
    `update outgoing_mails m set retry_at = to_timestamp($2::float8 / 1000)
     where id in (
       select id from outgoing_mails where retry_at <= to_timestamp($1::float8 / 1000)
       order by retry_at limit $3 for update skip locked)
     returning id, mail_to as "to", subject, body, created_at as "createdAtMs"`,
    [nowMs, retryAtMs, limit],
  );
}

/** It left, or was given up. */
export async function deleteLetter(query: Query, id: number): Promise<void> {
  await query('delete from outgoing_mails where id = $1', [id]);
}

export async function noteLetterError(query: Query, id: number, error: string): Promise<void> {
  await query('update outgoing_mails set error = $2 where id = $1', [id, error]);
}
