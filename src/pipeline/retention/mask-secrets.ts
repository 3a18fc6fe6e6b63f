// Texts that hold a secret are forgotten once they have left: a mask takes their place. Serves one-time codes, whose texts
// stand in their campaigns like any other while they wait (docs/decisions/0012-one-time-code-texts.md).

import type { Context } from '#pipeline/context.ts';
import { maskSecretTexts } from '#store/pipeline/secret-texts.ts';

export async function maskSecrets(
  { database }: Pick<Context, 'database'>,
  buckets: readonly number[],
): Promise<void> {
  for (const bucket of buckets) await maskSecretTexts(database.query, bucket);
}
