// The demo account of a first start on a laptop. Its keys are stored unhashed, so that every start can print working
// commands; no other keys are. Used by the commands `serve` and `send`.
import type { Seal } from '#lib/security/sealing.ts';
import type { Context } from '#pipeline/context.ts';
import { findAccount, listAccounts } from '#store/accounts/accounts.ts';
import { insertSender, type NewSender } from '#store/accounts/senders.ts';
import { demoKey, readPlatformSetting, writePlatformSetting } from '#store/platform/platform-settings.ts';
import { createAccount, type OvhKeys, type UserKeys } from './create-account.ts';

export interface Demo {
  readonly login: string;
  readonly apiKey: string;
  /** Absent if the demo account is older than this dialect. */
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
export function readDemo({ database }: Pick<Context, 'database'>): Promise<Demo | null> {
  return readPlatformSetting<Demo>(database.query, demoKey);
}

/**
 * The demo's keys, created if the operator wants them or, with `isWanted` null, if there is no account yet and the database
 * is embedded. Null without a demo account, or if it is blocked (operator/carriers/block-demo.ts).
 */
export async function ensureDemo(
  context: Pick<Context, 'database' | 'clock'> & { readonly seal: Seal; readonly isEmbedded: boolean },
  isWanted: boolean | null,
): Promise<Demo | null> {
  const { query } = context.database;
  const known = await readDemo(context);
  if (known !== null) {
    const isActive = (await findAccount(query, known.login))?.status === 'active';
    return isWanted === false || !isActive ? null : known;
  }
  const isEmpty = (await listAccounts(query)).length === 0;
  if (!(isWanted ?? (isEmpty && context.isEmbedded))) return null;
  const created = await createAccount(context, {
    email: demoLogin,
    name: 'Demo',
    creditMicros: demoCreditMicros,
    callbackUrl: null,
  });
  if (created === null) return null;
  await insertSender(query, created.account, demoSender, context.clock.now());
  const demo = {
    login: created.octopush.userLogin,
    apiKey: created.octopush.apiKey,
    ovh: { ...created.ovh, serviceName: created.account.serviceName },
    user: created.user,
  };
  await writePlatformSetting(query, demoKey, demo);
  return demo;
}
