// Recent sign-in attempts by subject: an address or an e-mail. Used by sign-in. Counted for all processes together and
// before a key is compared, so that of concurrent attempts no more than the limit are compared.
import { bytes, instant, int4, nullable } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

const deleteOld = statement('delete_old_sign_in_attempts', {
  params: { since: instant },
  text: (p) => `delete from sign_in_attempts where since < ${p.since}`,
});

const count = statement('take_sign_in_attempt', {
  params: { subjectSha256: bytes, now: instant },
  row: { attempts: int4, blockedUntilMs: nullable(instant) },
  text: (p) => `
insert into sign_in_attempts as a (subject_sha256, attempts, since) values (${p.subjectSha256}, 1, ${p.now})
on conflict (subject_sha256) do update set attempts = a.attempts + 1
returning attempts, blocked_until as "blockedUntilMs"`,
});

export interface Attempts {
  readonly attempts: number;
  readonly blockedUntilMs: number | null;
}

/** Counts an attempt and returns the number of attempts. Deletes counts of all subjects from before `sinceMs` first. */
export async function takeAttempt(
  query: Query,
  subjectSha256: Buffer,
  sinceMs: number,
  nowMs: number,
): Promise<Attempts> {
  await deleteOld.run(query, { since: sinceMs });
  return (await count.find(query, { subjectSha256, now: nowMs }))!;
}

const block = statement('block_sign_in', {
  params: { subjectSha256: bytes, until: instant },
  text: (p) => `
update sign_in_attempts set blocked_until = ${p.until} where subject_sha256 = ${p.subjectSha256}`,
});

/** Refuses further attempts until this instant. */
export async function blockAttempts(query: Query, subjectSha256: Buffer, untilMs: number): Promise<void> {
  await block.run(query, { subjectSha256, until: untilMs });
}

const decrement = statement('give_sign_in_attempt_back', {
  params: { subjectSha256: bytes },
  text: (p) =>
    `update sign_in_attempts set attempts = attempts - 1 where subject_sha256 = ${p.subjectSha256}`,
});

/** Removes a successful attempt from the count. */
export async function giveAttemptBack(query: Query, subjectSha256: Buffer): Promise<void> {
  await decrement.run(query, { subjectSha256 });
}
