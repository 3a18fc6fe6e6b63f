// chappe campaign list | show | release | refuse | pause | resume: lists and shows campaigns, decides those that are held
// because they look like advertising, and stops and continues any.
import { formatEuro } from '#domain/money/micros.ts';
import { readTicket } from '#main/tickets.ts';
import {
  type CampaignOverview,
  type CountedCause,
  createOperatorCampaigns,
} from '#operations/operator/campaigns.ts';
import { type Command, readNumber } from './command.ts';
import { withService } from './with-runtime.ts';

export const campaignList: Command = {
  words: 'campaign list',
  summary:
    'Lists the latest campaigns, and marks transactional ones with a text that looks like advertising.',
  options: {
    held: { type: 'boolean', help: 'only campaigns that wait for a decision' },
    limit: { type: 'string', value: 'N', help: 'maximum number (50)' },
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

export const campaignShow: Command = {
  words: 'campaign show',
  positionals: ['CAMPAIGN'],
  summary:
    'Shows a campaign: messages by status, causes of failures, price and cost. CAMPAIGN is a number, or a ticket.',
  options: {},
  run: (call) =>
    withService(call, createOperatorCampaigns, async (campaigns, access) => {
      const campaign = await campaigns.show(access, idOf(call.positionals[0]!));
      call.print(documentOf(campaign), linesOf(campaign));
      return 0;
    }),
};

const isoOf = (ms: number) => new Date(ms).toISOString();

function documentOf(campaign: CampaignOverview) {
  const { createdAtMs, dueAtMs, lastDueAtMs, cancelledAtMs, costMicros, ...rest } = campaign;
  const { chargedMicros, releasedMicros, heldMicros, carriers, serviceName, ...facts } = rest;
  return {
    ...facts,
    account: serviceName,
    createdAt: isoOf(createdAtMs),
    dueAt: isoOf(dueAtMs),
    lastDueAt: lastDueAtMs === null ? null : isoOf(lastDueAtMs),
    cancelledAt: cancelledAtMs === null ? null : isoOf(cancelledAtMs),
    price: formatEuro(costMicros, 6),
    charged: formatEuro(chargedMicros, 6),
    released: formatEuro(releasedMicros, 6),
    held: formatEuro(heldMicros, 6),
    carriers: carriers.map(({ priceMicros, costMicros: carrierMicros, ...share }) => ({
      ...share,
      price: formatEuro(priceMicros, 6),
      cost: formatEuro(carrierMicros, 6),
    })),
  };
}

function linesOf(campaign: CampaignOverview): string[] {
  const { campaignId, serviceName, dialect, purpose, tier, text, sender, cues, review } = campaign;
  const { createdAtMs, dueAtMs, lastDueAtMs, cancelledAtMs } = campaign;
  const euro = (micros: bigint) => `${formatEuro(micros, 4)} EUR`;
  const causes = (title: string, rows: readonly CountedCause[]) =>
    rows.length === 0
      ? []
      : [
          `  ${title}:`,
          ...rows.map(({ cause, messages }) => `    ${String(messages).padStart(8)}  ${cause}`),
        ];
  const due = lastDueAtMs === null || lastDueAtMs === dueAtMs ? '' : ` to ${isoOf(lastDueAtMs)}`;
  return [
    `campaign ${campaignId} of ${serviceName}, by ${dialect}`,
    `  ${purpose}, ${tier}${sender === null ? '' : `, from ${sender}`}, ${campaign.messageCount} messages, ${campaign.segments} segments`,
    `  ${JSON.stringify(text)}`,
    `  accepted ${isoOf(createdAtMs)}, leaves at ${isoOf(dueAtMs)}${due}` +
      (cancelledAtMs === null ? '' : `, cancelled ${isoOf(cancelledAtMs)}`),
    ...(review === null ? [] : [`  review: ${review} (${(cues ?? []).join(', ')})`]),
    '  messages:',
    ...Object.entries(campaign.counts).map(
      ([status, messages]) => `    ${String(messages).padStart(8)}  ${statusWords[status] ?? status}`,
    ),
    ...causes('causes', campaign.causes),
    ...causes('recipients without a message', campaign.skipped),
    `  price ${euro(campaign.costMicros)}: ${euro(campaign.chargedMicros)} charged, ` +
      `${euro(campaign.releasedMicros)} released, ${euro(campaign.heldMicros)} held`,
    ...campaign.carriers.map(
      (share) =>
        `  ${share.carrier ?? 'unknown carrier'}: ${share.messages} messages, ${share.segments} segments, price ` +
        `${euro(share.priceMicros)}, cost ${euro(share.costMicros)}` +
        (share.withoutCost > 0 ? `, ${share.withoutCost} without a known cost` : ''),
    ),
  ];
}

const statusWords: Readonly<Record<string, string>> = {
  accepted: 'waiting',
  submitted: 'with a carrier, without a receipt',
  unknown: 'without a receipt in time',
};

export const campaignRelease: Command = {
  words: 'campaign release',
  positionals: ['CAMPAIGN'],
  summary: 'Releases a held campaign: it is sent at its requested time, or now.',
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
  summary: 'Ends a held or scheduled campaign without sent messages; its credit is released.',
  options: {},
  run: (call) =>
    withService(call, createOperatorCampaigns, async (campaigns, access) => {
      const campaignId = await campaigns.refuse(access, call.positionals[0]!);
      call.print({ campaignId, state: 'refused' }, [`campaign ${campaignId} refused`]);
      return 0;
    }),
};

export const campaignPause: Command = {
  words: 'campaign pause',
  positionals: ['CAMPAIGN'],
  summary:
    'Stops a campaign: messages that no carrier has wait until it resumes, or until their validity ends.',
  options: {},
  run: (call) =>
    withService(call, createOperatorCampaigns, async (campaigns, access) => {
      const campaignId = await campaigns.pause(access, idOf(call.positionals[0]!));
      call.print({ campaignId, state: 'paused' }, [`campaign ${campaignId} paused`]);
      return 0;
    }),
};

export const campaignResume: Command = {
  words: 'campaign resume',
  positionals: ['CAMPAIGN'],
  summary:
    'Continues a paused campaign: each message leaves at its due time or now, marketing within sending hours.',
  options: {},
  run: (call) =>
    withService(call, createOperatorCampaigns, async (campaigns, access) => {
      const campaignId = await campaigns.resume(access, idOf(call.positionals[0]!));
      call.print({ campaignId, state: 'resumed' }, [`campaign ${campaignId} resumed`]);
      return 0;
    }),
};

/** A number, or a ticket. */
const idOf = (written: string) => String(readTicket(written) ?? written);
