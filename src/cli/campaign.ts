// chappe campaign list | release | refuse: lists campaigns, and decides those that are held because they look like
// advertising.
import { createOperatorCampaigns } from '#operations/operator/campaigns.ts';
import { type Command, readNumber } from './command.ts';
import { withService } from './with-runtime.ts';

export const campaignList: Command = {
  words: 'campaign list',
  summary: 'Lists the latest campaigns, with those whose text looks like advertising sent as transactional.',
  options: {
    held: { type: 'boolean', help: 'only those that wait to be released or refused' },
    limit: { type: 'string', value: 'N', help: 'at most so many (50)' },
  },
  run: (call) =>
    withService(call, createOperatorCampaigns, async (campaigns, access) => {
      const limit = readNumber(call, 'limit', 50, 1, 10_000);
      const rows = await campaigns.list(access, call.flag('held'), limit);
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

export const campaignRelease: Command = {
  words: 'campaign release',
  positionals: ['CAMPAIGN'],
  summary: 'Lets a held campaign leave, at the time it asked for or now.',
  options: {},
  run: (call) =>
    withService(call, createOperatorCampaigns, async (campaigns, access) => {
      const campaignId = await campaigns.release(access, call.positionals[0]!);
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
    withService(call, createOperatorCampaigns, async (campaigns, access) => {
      const campaignId = await campaigns.refuse(access, call.positionals[0]!);
      call.print({ campaignId, state: 'refused' }, [`campaign ${campaignId} refused`]);
      return 0;
    }),
};
