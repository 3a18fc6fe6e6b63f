// How often signing in was tried lately, by subject: an address, an e-mail. Counted for all processes together, and
// before a key is compared, so that of attempts that come at once no more are compared than allowed.
import type { Query } from '#store/database/database.ts';

/** One more, and how many it makes. Those that began before `sinceMs` are forgotten, of whatever subject. */
export async function takeAttempt(
  query: Query,
  subjectSha256: Buffer,
  sinceMs: number,
  nowMs: number,
): Promise<number> {
  await query('delete from sign_in_attempts where since < to_timestamp($1::float8 / 1000)', [sinceMs]);
  const [row] = await query<{ attempts: number }>(
    `insert into sign_in_attempts as a (subject_sha256, attempts, since)
     values ($1, 1, to_timestamp($2::float8 / 1000))
     on conflict (subject_sha256) do update set attempts = a.attempts + 1 returning attempts`,
    [subjectSha256, nowMs],
  );
  return row!.attempts;
}

/** The last one succeeded and does not count. */
export async function giveAttemptBack(query: Query, subjectSha256: Buffer): Promise<void> {
  await query('update sign_in_attempts set attempts = attempts - 1 where subject_sha256 = $1', [
    subjectSha256,
  ]);
}
