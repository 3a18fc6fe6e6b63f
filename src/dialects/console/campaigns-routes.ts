// Handlers of the list of campaigns, of one campaign and of its report. Used by http-family.ts.
import { maskedNumber } from '#domain/base/audit.ts';
import type { CampaignState } from '#domain/campaign/campaign-state.ts';
import type { CampaignReports, StatedCampaign } from '#operations/reading/campaigns/service.ts';
import { sendExport } from './campaign-export.ts';
import { renderPage, renderReport } from './campaign-response.ts';
import type { campaignCalls } from './contract/campaigns.ts';
import type { Answer, Parameters } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import { readFrom, readUntil } from './periods.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, euros, iso, isoOrNull, phoneNumber, readKey } from './response.ts';

const usualLimit = 50;

export function campaignHandlers({ services }: ConsoleOptions): HandlersOf<typeof campaignCalls> {
  const { campaignReports, campaigns } = services;
  return {
    ...readHandlers(campaignReports),
    async 'campaigns.pause'({ access, parameters }) {
      const result = await campaigns.pause(access, parameters.campaign);
      if (result === 'unknown') throw notFound();
      if (result === 'held')
        throw new ConsoleRefusal('conflict', {
          detail: 'The campaign is held for a decision of the operator: nothing leaves before.',
        });
      if (result === 'nothing-waits')
        throw new ConsoleRefusal('conflict', { detail: 'Every message of the campaign has left.' });
      return {};
    },
    async 'campaigns.resume'({ access, parameters }) {
      const result = await campaigns.resume(access, parameters.campaign);
      if (result === 'unknown') throw notFound();
      if (result === 'not-paused')
        throw new ConsoleRefusal('conflict', { detail: 'The campaign is not paused. Reload the page.' });
      return {};
    },
    async 'campaigns.cancel'({ access, parameters }) {
      const rest = await campaigns.cancelRest(access, parameters.campaign);
      if (rest === null) throw notFound();
      const { cancelled, releasedMicros, claimed } = rest;
      return { cancelled, released: euros(releasedMicros), claimed };
    },
    async 'campaigns.export'({ access, parameters, showsNumbers, reply }) {
      await sendExport(campaignReports, access, { ...parameters, showsNumbers }, reply);
      return {};
    },
  };
}

type Reads = Omit<
  HandlersOf<typeof campaignCalls>,
  'campaigns.pause' | 'campaigns.resume' | 'campaigns.cancel' | 'campaigns.export'
>;

function readHandlers(campaignReports: CampaignReports): Reads {
  return {
    async 'campaigns.list'({ access, parameters }) {
      const { limit = usualLimit } = parameters;
      const afterId = readKey(parameters.after, 1)?.[0] ?? null;
      const found = await campaignReports.list(access, filterOf(parameters), { afterId, limit });
      const { next, searchedToMs } = found;
      return {
        rows: found.campaigns.map(renderRow),
        next: next === null ? null : String(next),
        searchedTo: isoOrNull(searchedToMs),
      };
    },
    async 'campaigns.count'({ access, parameters }) {
      const counted = await campaignReports.count(access, parameters.ids.split(',').map(Number));
      return { rows: counted.map(({ campaignId, counts }) => ({ campaign: campaignId, counts })) };
    },
    async 'campaigns.read'({ access, parameters }) {
      const page = await campaignReports.read(access, parameters.campaign);
      if (page === null) throw notFound();
      return { ...renderRow(page), ...renderPage(page) };
    },
    async 'campaigns.report'({ access, parameters }) {
      const report = await campaignReports.report(access, parameters.campaign);
      if (report === null) throw notFound();
      return renderReport(report);
    },
    async 'campaigns.listReplies'({ access, parameters, showsNumbers }) {
      const { limit = usualLimit, campaign } = parameters;
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const replies = await campaignReports.listReplies(access, campaign, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(replies, limit, ({ id }) => id);
      return {
        rows: rows.map(({ id, msisdn, text, isOptOut, messageId, atMs }) => ({
          reply: id,
          number: msisdn === null ? null : phoneNumber(msisdn, showsNumbers),
          text,
          isOptOut,
          message: messageId,
          at: iso(atMs),
        })),
        next,
      };
    },
    async 'campaigns.listSkipped'({ access, parameters, showsNumbers }) {
      const { limit = usualLimit, campaign, reason = null } = parameters;
      const offset = readKey(parameters.after, 1)?.[0] ?? 0;
      const reasons = offset === 0 ? await campaignReports.countSkipped(access, campaign) : [];
      const page = { offset, limit: limit + 1, reason };
      const skipped = await campaignReports.listSkipped(access, campaign, page);
      const { rows, next } = cutPage(skipped, limit, ({ place }) => place);
      const causeOf = (code: string) => ({ code: `refused:${code}`, text: null });
      return {
        reasons: reasons.map((row) => ({ cause: causeOf(row.reason), recipients: row.recipients })),
        rows: rows.map((row) => ({
          place: row.place,
          number: showsNumbers ? row.number : maskedNumber(row.number.replace(/^\+/, '')),
          cause: causeOf(row.reason),
        })),
        next,
      };
    },
  };
}

const states: readonly CampaignState[] = [
  'held',
  'scheduled',
  'waiting',
  'sending',
  'paused',
  'sent',
  'cancelled',
  'refused',
];

function filterOf(parameters: Parameters<'campaigns.list'>) {
  const { dialect, tag, sender, text, from, to, singles, state } = parameters;
  return {
    dialect: dialect ?? null,
    tag: tag ?? null,
    sender: sender ?? null,
    part: text ?? null,
    fromMs: readFrom('from', from),
    toMs: readUntil('to', to),
    withSingles: singles === true,
    states: state === undefined ? null : state.split(',').map(readState),
  };
}

function readState(written: string): CampaignState {
  const state = states.find((one) => one === written);
  if (state !== undefined) return state;
  throw new ConsoleRefusal('request-invalid', {
    detail: `There is no state ${written}.`,
    fields: { state: 'not-allowed' },
  });
}

function renderRow(campaign: StatedCampaign): Answer<'campaigns.list'>['rows'][number] {
  const { campaignId, messageCount, costMicros, createdAtMs, dueAtMs, lastDueAtMs } = campaign;
  const { state, text, sender, tag, dialect, purpose, segments, skipped } = campaign;
  return {
    campaign: campaignId,
    messages: messageCount,
    cost: euros(costMicros),
    createdAt: iso(createdAtMs),
    dueAt: iso(dueAtMs),
    lastDueAt: isoOrNull(lastDueAtMs),
    ...{ state, text, sender, tag, dialect, purpose, segments, skipped },
  };
}
