// The key of sealed secrets: the operator's, or a random one in the database
// (docs/decisions/0013-sealed-application-secrets.md). A change makes applications of the OVH dialect unusable.
import { createSeal, type Seal } from '#lib/security/sealing.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { Database } from '#store/database/database.ts';
import { ensurePlatformSetting } from '#store/platform/platform-settings.ts';
import type { Config } from './config/settings.ts';

export async function openSeal(config: Pick<Config, 'secretKey'>, database: Database): Promise<Seal> {
  const secret =
    config.secretKey ?? (await ensurePlatformSetting<string>(database.query, 'seal_key', randomToken(43)));
  return createSeal(secret);
}
