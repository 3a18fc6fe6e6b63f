// Handlers of the inbox: conversations, threads, answers, marks. Used by http-family.ts.
import { type Submission, submissionDefaults } from '#domain/base/submission.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { Conversations } from '#operations/reading/conversations.ts';
import type { inboxCalls } from './contract/inbox.ts';
import type { Answer } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, euros, iso, isoOrNull, phoneNumber, readKey } from './response.ts';

const usualLimit = 50;

export function inboxHandlers({ services }: ConsoleOptions): HandlersOf<typeof inboxCalls> {
  const { conversations, submissions, cannedTexts } = services;
  return {
    async 'cannedTexts.list'({ access }) {
      const rows = await cannedTexts.list(access);
      return { rows: rows.map(({ changedAtMs, ...row }) => ({ ...row, changedAt: iso(changedAtMs) })) };
    },
    async 'cannedTexts.save'({ access, body: { name, text } }) {
      if (await cannedTexts.save(access, name.trim(), text.trim())) return {};
      throw new ConsoleRefusal('conflict', {
        detail: 'The account has 200 canned texts. Remove one first.',
        fields: { name: 'too-many' },
      });
    },
    async 'cannedTexts.remove'({ access, parameters: { name } }) {
      if (!(await cannedTexts.remove(access, name))) throw notFound();
      return {};
    },
    async 'inbox.list'({ access, parameters, showsNumbers }) {
      const { limit = usualLimit, tab = 'unhandled', recipient, campaign } = parameters;
      const filter = { tab, recipient: recipient ?? null, campaignId: campaign ?? null };
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await conversations.list(access, filter, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return { rows: rows.map((row) => renderConversation(row, showsNumbers)), next };
    },
    async 'inbox.read'({ access, parameters, showsNumbers }) {
      const { limit = usualLimit, conversation } = parameters;
      const key = readKey(parameters.after, 2);
      const before = key && { atMicros: key[0]!, id: key[1]! };
      const thread = await conversations.read(access, conversation, { before, limit });
      if (thread === null) throw notFound();
      const { msisdn, contact, recipient, isOptedOut, optedOutAtMs, isHandled, handledBy } =
        thread.conversation;
      return {
        number: phoneNumber(msisdn, showsNumbers),
        contact,
        recipient,
        isOptedOut,
        optedOutAt: isoOrNull(optedOutAtMs),
        isHandled,
        handledBy,
        rows: thread.rows.map(({ atMs, campaignId, ...row }) => ({
          ...row,
          at: iso(atMs),
          campaign: campaignId,
        })),
        next: thread.next && `${thread.next.atMicros}.${thread.next.id}`,
      };
    },
    async 'inbox.answer'({ access, parameters, body: { text, request, isDryRun = false } }) {
      const page = { before: null, limit: 1 };
      const thread = await conversations.read(access, parameters.conversation, page);
      if (thread === null) throw notFound();
      const { msisdn, recipient } = thread.conversation;
      const submission: Submission = {
        ...submissionDefaults,
        dialect: 'console',
        tier: 'premium',
        purpose: 'transactional',
        stopClause: 'none',
        text,
        recipients: [{ number: `+${msisdn}` }],
        // The number that the reply came to: the answer can be replied to again.
        sender: recipient,
        fromOwnNumber: true,
        dryRun: isDryRun,
        idempotencyKey: `inbox ${request}`,
        idempotencyTtlMs: dayMs,
        label: { tag: null, userId: null, batchId: null },
      };
      const { campaignId, plan, availableMicros } = await submissions.submit(access, submission);
      if (!isDryRun)
        await conversations.mark(access, parameters.conversation, { isRead: true, isHandled: true });
      return {
        campaign: campaignId,
        segments: plan.segments,
        cost: euros(plan.costMicros),
        available: euros(availableMicros),
      };
    },
    async 'inbox.mark'({ access, parameters, body: { isRead = null, isHandled = null } }) {
      if (!(await conversations.mark(access, parameters.conversation, { isRead, isHandled })))
        throw notFound();
      return {};
    },
    'inbox.count': async ({ access }) => ({ unhandled: await conversations.countUnhandled(access) }),
  };
}

type Row = Awaited<ReturnType<Conversations['list']>>[number];

function renderConversation(row: Row, isWhole: boolean): Answer<'inbox.list'>['rows'][number] {
  const { conversationId, msisdn, contact, recipient, text, atMs, isUnread, isHandled, isOptedOut } = row;
  return {
    conversation: conversationId,
    number: phoneNumber(msisdn, isWhole),
    contact,
    recipient,
    text,
    at: iso(atMs),
    isUnread,
    isHandled,
    isOptedOut,
  };
}
