// Jobs of OVH's API, as a client sends them. For tests only.
import { notify } from '../../src/store/database/notices.ts';
import { replySurchargeKey, writePlatformSetting } from '../../src/store/platform/platform-settings.ts';
import { insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile, sendLegacy } from './clients.ts';
import { type OvhClient, ovhClient } from './ovh.ts';
import { assertAnswer } from './ovh-contract.ts';
import type { TestAccount, TestPlatform } from './platform.ts';
import { until } from './until.ts';

/** sms.SmsSendingReport */
export interface SendingReport {
  readonly totalCreditsRemoved: number;
  readonly invalidReceivers: readonly string[];
  readonly ids: readonly number[];
  readonly validReceivers: readonly string[];
  readonly tag: string;
}

export interface JobClient extends OvhClient {
  /** The path of the account. */
  readonly path: string;
  /** Asserts that the job is taken, and that its report is one. */
  send(job: object, place?: string): Promise<SendingReport>;
}

export function jobClient(platform: TestPlatform, account: TestAccount): JobClient {
  const client = ovhClient(platform.url, account.ovh, () => platform.clock.now());
  const path = `/sms/${account.serviceName}`;
  return {
    ...client,
    path,
    async send(job, place = '') {
      const report = await client.ok<SendingReport>('POST', `${path}${place}/jobs`, job);
      assertAnswer('POST /sms/{serviceName}/jobs', report);
      return report;
    },
  };
}

/** A job that needs only its receivers. */
export const notice = {
  message: 'Votre colis est en route',
  sender: 'Chappe',
  noStopClause: true,
} as const;

/** Advertising: with its clause, in its hours. */
export const advert = { message: 'Soldes', sender: 'Chappe' } as const;

/** A French short code in the pool, known to every process; other dialects pay more for its use. */
export async function withShortCode(platform: TestPlatform, number = '38200'): Promise<void> {
  const { query } = platform;
  const code = { number, kind: 'short-code', countries: ['FR'] } as const;
  await insertReplyNumber(query, code, platform.clock.now());
  await writePlatformSetting(query, replySurchargeKey, 20_000);
  await notify(query, 'rates');
  const account = await platform.anAccount();
  const dryRun = { to: [mobile(999)], withReplies: true, dryRun: true };
  await until('the pool is known', async () => (await sendLegacy(platform.url, account, dryRun)).isAccepted);
}
