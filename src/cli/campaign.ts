// chappe campaign list | release | refuse: what was sent, and what waits for the operator because it looks like
// advertising.
import type { Account } from '#domain/account/account.ts';
import type { Runtime } from '#main/runtime.ts';
import { releaseCampaign } from '#operations/sending/campaign-reviews.ts';
import { cancelCampaign, refusedByOperator } from '#pipeline/cancel-campaign.ts';
import { readAccount } from '#store/accounts/accounts.ts';
import { findAccountOfCampaign, listCampaigns } from '#store/campaigns/campaign-reviews.ts';
import { type Call, type Command, readNumber, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const campaignList: Command = {
  words: 'campaign list',
  summary: 'Lists the latest campaigns, with those whose text looks like advertising sent as transactional.',
  options: {
    held: { type: 'boolean', help: 'only those that wait to be released or refused' },
    limit: { type: 'string', value: 'N', help: 'at most so many (50)' },
  },
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const limit = readNumber(call, 'limit', 50, 1, 10_000);
      const rows = await listCampaigns(database.query, call.flag('held'), limit);
      call.print(
        rows.map(({ createdAtMs, ...row }) => ({ ...row, createdAt: new Date(createdAtMs).toISOString() })),
        rows.map((row) => {
          const state = row.isCancelled ? 'cancelled' : (row.state ?? '');
          const why =
            row.cues === null ? '' : ` (${row.cues.join(', ')}; ${row.flaggedOfAccount} of the account)`;
          return (
            `${row.campaignId}  ${new Date(row.createdAtMs).toISOString()}  ${row.serviceName}  ` +
            `${String(row.messageCount).padStart(6)}  ${state}${why}`
          );
        }),
      );
      return 0;
    }),
};

async function requireCampaign(
  { database }: Runtime,
  call: Call,
): Promise<{ account: Account; campaignId: number }> {
  const [written] = call.positionals;
  const campaignId = /^\d{1,15}$/.test(written!) ? Number(written) : 0;
  const key = await findAccountOfCampaign(database.query, campaignId);
  if (key === null) throw new UsageError(`there is no campaign ${written}; see chappe campaign list`);
  return { account: (await readAccount(database.query, key.id))!, campaignId };
}

export const campaignRelease: Command = {
  words: 'campaign release',
  positionals: ['CAMPAIGN'],
  summary: 'Lets a held campaign leave, at the time it asked for or now.',
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const { account, campaignId } = await requireCampaign(runtime, call);
      if (!(await releaseCampaign(runtime, account, campaignId)))
        throw new Error(`campaign ${campaignId} is not held; see chappe campaign list --held`);
      call.print({ campaignId, state: 'released' }, [`campaign ${campaignId} released`]);
      return 0;
    }),
};

export const campaignRefuse: Command = {
  words: 'campaign refuse',
  positionals: ['CAMPAIGN'],
  summary: 'Ends a campaign of which nothing has left, held or scheduled; its credit is given back.',
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const { account, campaignId } = await requireCampaign(runtime, call);
      if ((await cancelCampaign(runtime, account, campaignId, refusedByOperator)) === 'too-late')
        throw new Error(`campaign ${campaignId} is leaving or has left`);
      call.print({ campaignId, state: 'refused' }, [`campaign ${campaignId} refused`]);
      return 0;
    }),
};
