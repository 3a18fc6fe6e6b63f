// The demo account of a first start on a laptop. Its keys are stored unhashed, so that every start can print working
// commands; no other keys are. An installation with its own database gets none unless it is configured.
import { createAccount, type OvhKeys, type UserKeys } from '#operations/operator/accounts/create-account.ts';
import { listAccounts } from '#store/accounts/accounts.ts';
import { insertSender, type NewSender } from '#store/accounts/senders.ts';
import { readPlatformSetting, writePlatformSetting } from '#store/platform/platform-settings.ts';
import type { Config } from './config/settings.ts';
import type { Runtime } from './runtime.ts';

export interface Demo {
  readonly login: string;
  readonly apiKey: string;
  /** Absent if the demo account is older than this listener. */
  readonly ovh?: OvhKeys & { readonly serviceName: string };
  readonly user?: UserKeys;
}

const demoLogin = 'demo@example.com';
const demoCreditMicros = 100_000_000n;
/** For the dialects that require it before its use. */
const demoSender: NewSender = {
  name: 'Chappe',
  type: 'alpha',
  referer: 'custom',
  status: 'enabled',
  description: '',
  reason: '',
  code: null,
  codeTries: 0,
};

/** Null if there is no demo account. */
export function readDemo(runtime: Pick<Runtime, 'database'>): Promise<Demo | null> {
  return readPlatformSetting<Demo>(runtime.database.query, 'demo');
}

/** The demo's keys, created if the database is empty; null without a demo account. */
export async function ensureDemo(config: Config, runtime: Runtime): Promise<Demo | null> {
  const known = await readDemo(runtime);
  if (known !== null) return config.demo === false ? null : known;
  const isEmpty = (await listAccounts(runtime.database.query)).length === 0;
  if (!(config.demo ?? (isEmpty && runtime.isEmbedded))) return null;
  const created = await createAccount(runtime, {
    email: demoLogin,
    name: 'Demo',
    creditMicros: demoCreditMicros,
    callbackUrl: null,
  });
  if (created === null) return null;
  await insertSender(runtime.database.query, created.account, demoSender, runtime.clock.now());
  const demo = {
    login: created.octopush.userLogin,
    apiKey: created.octopush.apiKey,
    ovh: { ...created.ovh, serviceName: created.account.serviceName },
    user: created.user,
  };
  await writePlatformSetting(runtime.database.query, 'demo', demo);
  return demo;
}
