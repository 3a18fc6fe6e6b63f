// Handlers of the home page, of showing whole numbers, and of the search over everything. Used by http-family.ts.
import { readMsisdn } from '#gsm/msisdn.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { Overview, Traffic } from '#operations/reading/overview.ts';
import type { OpenApproval } from '#operations/sending/compositions/approvals.ts';
import { readContactQuery } from './audience-routes.ts';
import type { homeCalls } from './contract/home.ts';
import type { Answer } from './contract.ts';
import { notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import { type HandlersOf, showsNumbers as mayShowNumbers } from './registration.ts';
import { euros, iso, isoOrNull, phoneNumber } from './response.ts';

const mostFound = 8;

export function homeHandlers(options: ConsoleOptions): HandlersOf<typeof homeCalls> {
  const { overviews, accounts, compositions, conversations, profile, sessions, messages, contactPages } =
    options.services;
  return {
    async 'home.read'({ access, parameters: { period = 'day' }, showsNumbers }) {
      const overview = await overviews.read(access, period);
      const { account } = await accounts.read(access);
      const page = { beforeId: Number.MAX_SAFE_INTEGER, limit: 5 };
      const filter = { tab: 'all', recipient: null, campaignId: null } as const;
      const replies = await conversations.list(access, filter, page);
      const { callbacks } = account.settings;
      const approvals = await compositions.listApprovals(access);
      return {
        figures: figuresOf(overview),
        lines: renderTraffic(overview.lastDay),
        period,
        stepMs: overview.period.stepMs,
        traffic: renderTraffic(overview.period),
        isIncomplete: overview.lastDay.steps === null || overview.period.steps === null,
        attention: [
          ...approvalsOf(approvals, access.role !== 'viewer'),
          ...attentionOf(overview, account.settings.creditAlert !== null && isCreditLow(overview)),
        ],
        running: overview.running.map((campaign) => renderCampaign(campaign, 'sending')),
        scheduled: overview.scheduled.map((campaign) =>
          renderCampaign(campaign, campaign.review === 'held' ? 'held' : 'scheduled'),
        ),
        replies: replies.map(({ id, msisdn, contact, text, isOptedOut, atMs }) => ({
          reply: id,
          number: phoneNumber(msisdn, showsNumbers),
          contact,
          text,
          isOptOut: isOptedOut,
          at: iso(atMs),
        })),
        causes: [...overview.period.causes],
        firstSteps: {
          hasSent: overview.steps.hasSent,
          hasKey: overview.steps.hasKey,
          hasCallback: callbacks.receiptUrl !== null || callbacks.replyUrl !== null,
        },
      };
    },
    async 'account.showNumbers'({ me, access }) {
      await profile.showNumbers(me, access);
      return {};
    },
    async search({ me, parameters: { q, account } }) {
      const accountsFound = await sessions.listAccounts(me, mostFound, q.trim());
      const found = accountsFound.map(({ serviceName, name }) => ({ account: serviceName, name }));
      if (account === undefined)
        return { accounts: found, messages: [], campaigns: [], contacts: [], number: null };
      const access = await sessions.openAccount(me, account);
      if (access === null) throw notFound();
      const isWhole = mayShowNumbers(me, access);
      const number = readSearchedNumber(q, access);
      const { range, name } = readContactQuery(q);
      const [byText, byId, contacts, traits] = await Promise.all([
        messages.list(access, { ...anyMessage, ...searchOf(q, number) }, { after: null, limit: mostFound }),
        findById(options, access, q),
        contactPages.list(access, { range, name, group: null }, { after: 0, limit: mostFound }),
        number === null ? null : messages.readNumber(access, number),
      ]);
      return {
        accounts: found,
        messages: [...byId.messages, ...byText.messages]
          .slice(0, mostFound)
          .map(({ id, status, msisdn, text, campaign }) => ({
            message: id,
            status,
            number: phoneNumber(msisdn, isWhole),
            text: text ?? campaign.text,
            acceptedAt: iso(campaign.createdAtMs),
          })),
        campaigns: campaignsOf([...byId.messages, ...byText.messages]),
        contacts: contacts.map(({ msisdn, firstName, lastName }) => ({
          number: phoneNumber(msisdn, isWhole),
          name: `${firstName} ${lastName}`.trim(),
        })),
        number:
          traits &&
          ({
            number: phoneNumber(number!, isWhole),
            isOptedOut: traits.isOptedOut,
            conversation: traits.firstReplyId,
          } satisfies Answer<'search'>['number']),
      };
    },
  };
}

const anyMessage = {
  tag: null,
  sender: null,
  text: null,
  dialect: null,
  fromMs: null,
  toMs: null,
  statuses: null,
  countries: null,
  number: null,
  campaignId: null,
  cause: null,
  carrier: null,
};

function readSearchedNumber(q: string, { account }: AccountAccess): number | null {
  if (q.replace(/\D/g, '').length < 9 || !/^[\s\d().+-]+$/.test(q)) return null;
  const read = readMsisdn(q, account.settings.defaultCountry);
  return read.ok ? read.msisdn : null;
}

function searchOf(q: string, number: number | null) {
  if (number !== null) return { number: { msisdn: number } };
  return /^\d{4,8}$/.test(q.trim()) ? { number: { ending: q.trim() } } : { text: q.trim() };
}

/** The message or the campaign with this id or ticket. */
async function findById({ services, readTicket }: ConsoleOptions, access: AccountAccess, q: string) {
  const written = q.trim();
  const id = /^\d{1,15}$/.test(written) ? Number(written) : readTicket(written);
  const campaign = id === null ? null : await services.messages.readCampaign(access, id);
  if (campaign === null) return { messages: [] };
  return services.messages.list(
    access,
    { ...anyMessage, campaignId: campaign.id },
    { after: null, limit: 1 },
  );
}

function campaignsOf(
  found: readonly {
    readonly id: number;
    readonly campaign: {
      readonly id: number;
      readonly text: string;
      readonly sender: string | null;
      readonly tag: string | null;
      readonly messageCount: number;
      readonly createdAtMs: number;
    };
  }[],
): Answer<'search'>['campaigns'] {
  const byId = new Map(found.map(({ id, campaign }) => [campaign.id, { id, campaign }]));
  return [...byId.values()].slice(0, mostFound).map(({ id, campaign }) => ({
    campaign: campaign.id,
    text: campaign.text,
    sender: campaign.sender,
    tag: campaign.tag,
    messages: campaign.messageCount,
    message: campaign.messageCount === 1 ? id : null,
    createdAt: iso(campaign.createdAtMs),
  }));
}

type Home = Answer<'home.read'>;

function figuresOf({ lastDay, balance, spentMicros, held, scheduled }: Overview): Home['figures'] {
  const sum = (...statuses: readonly (keyof NonNullable<Traffic['steps']>[number]['counts'])[]) =>
    (lastDay.steps ?? []).reduce(
      (all, { counts }) => all + statuses.reduce((some, status) => some + (counts[status] ?? 0), 0),
      0,
    );
  const finished = sum('delivered', 'undelivered', 'rejected', 'expired', 'unknown');
  const perDay = spentMicros / 7n;
  const heldMessages = held.reduce((all, { messages }) => all + messages, 0);
  const later = scheduled.reduce((all, { waiting }) => all + waiting, 0);
  return {
    accepted: finished + sum('accepted', 'submitted', 'cancelled'),
    finished,
    delivered: sum('delivered'),
    withoutReceipt: sum('submitted'),
    waiting: Math.max(sum('accepted'), later),
    held: heldMessages,
    available: euros(balance.availableMicros),
    reserved: euros(balance.heldMicros),
    spentPerDay: euros(perDay),
    daysLeft: perDay === 0n ? null : Number(balance.availableMicros) / Number(perDay),
  };
}

function renderTraffic({ steps }: Traffic): Home['lines'] {
  return (steps ?? []).map(({ atMs, counts }) => ({
    at: iso(atMs),
    accepted: Object.values(counts).reduce((all, some) => all + some, 0),
    delivered: counts.delivered ?? 0,
    undelivered: counts.undelivered ?? 0,
    rejected: counts.rejected ?? 0,
    expired: counts.expired ?? 0,
    unknown: counts.unknown ?? 0,
  }));
}

/** Less than three days at the pace of the week. */
function isCreditLow({ balance, spentMicros }: Overview): boolean {
  return spentMicros > 0n && balance.availableMicros * 7n < spentMicros * 3n;
}

const nothing = {
  since: null,
  count: null,
  name: null,
  campaign: null,
  draft: null,
  ratio: null,
  amount: null,
};

/** Questions of others, which the reader can answer, and the answers to the reader's own. */
function approvalsOf(approvals: readonly OpenApproval[], mayDecide: boolean): Home['attention'] {
  const kinds = { waiting: null, approved: 'approval-given', refused: 'approval-refused' } as const;
  return approvals.flatMap(({ id, title, messages, costMicros, approval, isOwn }) => {
    const { state, askedAtMs, decidedAtMs } = approval;
    const kind = isOwn ? kinds[state] : state === 'waiting' && mayDecide ? 'approval-waiting' : null;
    if (kind === null) return [];
    const facts = { draft: id, name: title, count: messages, amount: euros(BigInt(costMicros)) };
    return [{ ...nothing, kind, ...facts, since: iso(decidedAtMs ?? askedAtMs) }];
  });
}

function attentionOf(overview: Overview, isLow: boolean): Home['attention'] {
  const { pending, held, steps, balance } = overview;
  const list: Home['attention'] = [];
  if (pending.failing > 0)
    list.push({
      ...nothing,
      kind: 'callbacks-failing',
      since: isoOrNull(pending.failingSinceMs),
      count: pending.failing,
    });
  if (isLow) list.push({ ...nothing, kind: 'credit-low', amount: euros(balance.availableMicros) });
  for (const { id, atMs, cues, messages } of held)
    list.push({
      ...nothing,
      kind: 'campaign-held',
      since: iso(atMs),
      campaign: id,
      count: messages,
      cues: [...cues],
    });
  if (steps.waitingSenders > 0)
    list.push({ ...nothing, kind: 'sender-waiting', count: steps.waitingSenders });
  if (steps.waitingTemplates > 0)
    list.push({ ...nothing, kind: 'template-waiting', count: steps.waitingTemplates });
  if (steps.openOrders > 0) list.push({ ...nothing, kind: 'order-open', count: steps.openOrders });
  return list;
}

function renderCampaign(
  campaign: Overview['running'][number],
  state: Home['running'][number]['state'],
): Home['running'][number] {
  const { id, text, sender, tag, messages, waiting, createdAtMs, dueAtMs } = campaign;
  return {
    campaign: id,
    state,
    text,
    sender,
    tag,
    messages,
    finished: messages - waiting,
    createdAt: iso(createdAtMs),
    dueAt: iso(dueAtMs),
  };
}
