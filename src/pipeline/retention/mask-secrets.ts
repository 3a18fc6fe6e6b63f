// Replaces texts with a secret by their mask after they were sent. Used by the role `jobs` for one-time codes, whose texts
// are stored in their campaigns while they wait (docs/decisions/0012-one-time-code-texts.md).

import type { Context } from '#pipeline/context.ts';
import { maskSecretTexts } from '#store/pipeline/secret-texts.ts';
import { readLongestResend } from '#store/platform/carriers.ts';

/** A code is rarely valid for longer. */
const longestMs = 600_000;

export async function maskSecrets(
  { database, clock }: Pick<Context, 'database' | 'clock'>,
  buckets: readonly number[],
): Promise<void> {
  const resendMs = (await readLongestResend(database.query)) * 1000;
  const beforeMs = clock.now() - Math.min(resendMs, longestMs);
  for (const bucket of buckets) await maskSecretTexts(database.query, bucket, beforeMs);
}
