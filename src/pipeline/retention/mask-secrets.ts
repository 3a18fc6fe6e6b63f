// Replaces texts with a secret by their mask after they were sent. Used by the role `jobs` for one-time codes, whose texts
// are stored in their campaigns while they wait (docs/decisions/0012-one-time-code-texts.md).

import type { Context } from '#pipeline/context.ts';
import { maskSecretTexts } from '#store/pipeline/secret-texts.ts';

export async function maskSecrets(
  { database }: Pick<Context, 'database'>,
  buckets: readonly number[],
): Promise<void> {
  for (const bucket of buckets) await maskSecretTexts(database.query, bucket);
}
