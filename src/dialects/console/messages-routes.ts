// Handlers of the list of messages and of one message. Used by http-family.ts.
import type { Account } from '#domain/account/account.ts';
import { type MessageStatus, messageStatusCodes } from '#domain/base/message.ts';
import { causeCodeOf } from '#domain/delivery/failure-causes.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { FoundMessage, MessageDetail, MessageFilter } from '#operations/reading/messages/service.ts';
import type { messageCalls } from './contract/messages.ts';
import type { Answer, Parameters } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import { stationsOf } from './message-stations.ts';
import type { ConsoleOptions } from './options.ts';
import { readFrom, readUntil } from './periods.ts';
import type { HandlersOf } from './registration.ts';
import { euros, iso, isoOrNull, phoneNumber, readKey } from './response.ts';

const usualLimit = 50;

export function messageHandlers(options: ConsoleOptions): HandlersOf<typeof messageCalls> {
  const { messages } = options.services;
  return {
    async 'messages.list'({ access, parameters, showsNumbers }) {
      const { limit = usualLimit } = parameters;
      const key = readKey(parameters.after, 2);
      const after = key && { campaignId: key[0]!, messageId: key[1]! };
      const found = await messages.list(access, filterOf(parameters, access.account), { after, limit });
      const { next, searchedToMs } = found;
      return {
        rows: found.messages.map((message) => renderRow(message, showsNumbers)),
        next: next && `${next.campaignId}.${next.messageId}`,
        searchedTo: isoOrNull(searchedToMs),
      };
    },
    async 'messages.read'({ access, parameters, showsNumbers }) {
      const id = await resolveMessage(options, access, parameters.message);
      const detail = id === null ? null : await messages.read(access, id);
      if (detail === null) throw notFound();
      return renderDetail(detail, options.receiptWindowMs, showsNumbers);
    },
  };
}

/** Campaign ids begin here (migration 0001), far above those of messages. */
const firstCampaignId = 110_000_000_000;

/** Null: no message and no campaign has this id or ticket. */
async function resolveMessage(
  { services, readTicket }: ConsoleOptions,
  access: AccountAccess,
  written: string,
): Promise<number | null> {
  const id = /^\d{1,15}$/.test(written) ? Number(written) : readTicket(written);
  if (id === null || id < firstCampaignId) return id;
  const campaign = await services.messages.readCampaign(access, id);
  if (campaign === null || campaign.messageCount === 0) return null;
  if (campaign.messageCount === 1) return campaign.firstMessageId;
  throw new ConsoleRefusal('conflict', {
    detail: 'This is a campaign with several messages.',
    fields: { campaign: String(id) },
  });
}

type Filters = Omit<Parameters<'messages.list'>, 'account' | 'after' | 'limit'>;

function filterOf(filters: Filters, account: Account): MessageFilter {
  const { tag, sender, text, dialect, campaign, cause, carrier, country } = filters;
  return {
    tag: tag ?? null,
    sender: sender ?? null,
    text: text ?? null,
    dialect: dialect ?? null,
    fromMs: readFrom('from', filters.from),
    toMs: readUntil('to', filters.to),
    statuses: readStatuses(filters.status),
    countries: country === undefined ? null : country.toUpperCase().split(','),
    number: filters.number === undefined ? null : readNumberFilter(filters.number, account),
    campaignId: campaign ?? null,
    cause: cause ?? null,
    carrier: carrier ?? null,
  };
}

function readStatuses(status: string | undefined): MessageStatus[] | null {
  if (status === undefined) return null;
  const statuses = status.split(',');
  const unknown = statuses.find((one) => !Object.hasOwn(messageStatusCodes, one));
  if (unknown === undefined) return statuses as MessageStatus[];
  throw new ConsoleRefusal('request-invalid', {
    detail: `There is no status ${unknown}.`,
    fields: { status: 'not-allowed' },
  });
}

const minEnding = 4;
/** Fewer digits are the end of a number, not a whole one. */
const minWhole = 9;

/** A number with its country code or of the account's country; otherwise the last digits of numbers. */
export function readNumberFilter(written: string, { settings }: Account): MessageFilter['number'] {
  const digits = written.replace(/\D/g, '');
  const read = digits.length < minWhole ? null : readMsisdn(written, settings.defaultCountry);
  if (read?.ok) return { msisdn: read.msisdn };
  if (digits.length >= minEnding && digits.length <= 15) return { ending: digits };
  throw new ConsoleRefusal('request-invalid', {
    detail: 'Give a whole number, or at least its last four digits.',
    fields: { number: 'too-short' },
  });
}

function renderRow(message: FoundMessage, isWhole: boolean): Answer<'messages.list'>['rows'][number] {
  const { campaign, status, doneAtMs, submittedAtMs, dueAtMs } = message;
  return {
    message: message.id,
    status,
    number: phoneNumber(message.msisdn, isWhole),
    contact: message.contact,
    text: message.text ?? campaign.text,
    sender: campaign.sender,
    segments: message.segments,
    cost: euros(message.costMicros),
    acceptedAt: iso(campaign.createdAtMs),
    changedAt: iso(doneAtMs ?? submittedAtMs ?? dueAtMs),
    dueAt: iso(dueAtMs),
    finishedAt: isoOrNull(doneAtMs),
    campaign: campaign.id,
    campaignMessages: campaign.messageCount,
    tag: campaign.tag,
    country: message.country,
    dialect: campaign.dialect,
    carrier: message.carrier,
    cause: causeCodeOf(status, message.error),
  };
}

function renderDetail(
  { timeline, traits, older, newer }: MessageDetail,
  receiptWindowMs: number,
  isWhole: boolean,
): Answer<'messages.read'> {
  const { id, status, msisdn, costMicros, segments, campaignId } = timeline;
  return {
    message: id,
    status,
    number: phoneNumber(msisdn, isWhole),
    contact: traits.contact,
    isOptedOut: traits.isOptedOut,
    conversation: traits.firstReplyId,
    country: timeline.country,
    sender: timeline.sender,
    purpose: timeline.purpose,
    tier: timeline.tier,
    messageClass: timeline.messageClass,
    encoding: timeline.encoding,
    text: timeline.text,
    segments,
    cost: euros(costMicros),
    pricePerSegment: euros(segments === 0 ? 0n : costMicros / BigInt(segments)),
    campaign: campaignId,
    campaignMessages: timeline.campaignMessages,
    tag: timeline.tag,
    dialect: timeline.dialect,
    user: timeline.user,
    acceptedAt: iso(timeline.acceptedAtMs),
    dueAt: iso(timeline.dueAtMs),
    expiresAt: iso(timeline.expiresAtMs),
    finishedAt: isoOrNull(timeline.doneAtMs),
    cause: causeCodeOf(status, timeline.error),
    carrier: timeline.carrier,
    stations: stationsOf(timeline, receiptWindowMs),
    older,
    newer,
  };
}
