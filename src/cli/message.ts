// chappe message list | show: finds messages, and shows each step of one with its time.

import { messageStatusCodes } from '#domain/base/message.ts';
import { formatEuro } from '#domain/money/micros.ts';
import { readTicket } from '#main/tickets.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { createOperatorMessages, type OperatorMessages } from '#operations/operator/messages.ts';
import { createMessageTimelines, type MessageTimelines } from '#operations/reading/messages/timeline.ts';
import { type Call, type Command, readInstant, readNumber, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

const mostOfCampaign = 1000;

export const messageList: Command = {
  words: 'message list',
  summary: 'Lists the latest messages, newest first.',
  options: {
    number: { type: 'string', value: 'NUMBER', help: 'to this recipient, as +33601020304' },
    account: { type: 'string', value: 'SERVICE', help: 'of this account' },
    from: { type: 'string', value: 'INSTANT', help: 'accepted at this time or later' },
    to: { type: 'string', value: 'INSTANT', help: 'accepted before this time' },
    status: { type: 'string', value: 'STATUS', help: Object.keys(messageStatusCodes).join(', ') },
    tag: { type: 'string', value: 'TAG', help: 'of campaigns with this tag' },
    limit: { type: 'string', value: 'N', help: 'maximum number (20)' },
    imported: {
      type: 'boolean',
      help: 'messages that the account sent over another platform (chappe import ovh --history-days)',
    },
    'show-numbers': { type: 'boolean', help: 'print whole numbers; the audit trail records it' },
  },
  run: (call) =>
    withService(call, createOperatorMessages, async (service, access) => {
      const question = {
        number: call.text('number'),
        account: call.text('account'),
        fromMs: readInstant(call, 'from'),
        toMs: readInstant(call, 'to'),
        status: call.text('status'),
        tag: call.text('tag'),
        limit: readNumber(call, 'limit', 20, 1, 10_000),
        isWhole: call.flag('show-numbers'),
      };
      if (call.flag('imported')) printImported(call, await service.listImported(access, question));
      else printList(call, await service.list(access, question));
      return 0;
    }),
};

export const messageShow: Command = {
  words: 'message show',
  positionals: ['ID'],
  summary:
    'Shows each step of a message with its time. ID is the number of a message, or the ticket of a campaign.',
  options: {},
  run: (call) =>
    withService(call, createBoth, async ({ messages, timelines }, access) => {
      const written = call.positionals[0]!;
      const campaignId = readTicket(written);
      if (campaignId === null) return showMessage(call, timelines, access, Number(written));
      const found = await messages.listOfCampaign(access, campaignId, mostOfCampaign);
      if (found.length === 0) throw new UsageError(`there is no message of ${written}`);
      if (found.length === 1) return showMessage(call, timelines, access, found[0]!.id);
      printList(call, found);
      return 0;
    }),
};

type ListedMessage = Awaited<ReturnType<OperatorMessages['list']>>[number];

function createBoth(runtime: Parameters<typeof createOperatorMessages>[0]) {
  return { messages: createOperatorMessages(runtime), timelines: createMessageTimelines(runtime) };
}

function printList(call: Call, messages: readonly ListedMessage[]): void {
  const rows = messages.map(({ acceptedAtMs, serviceName, ...rest }) => ({
    ...rest,
    account: serviceName,
    acceptedAt: new Date(acceptedAtMs).toISOString(),
  }));
  call.print(
    rows,
    rows.length === 0
      ? ['no messages']
      : rows.map(
          (r) => `${r.acceptedAt}  ${String(r.id).padStart(8)}  ${r.recipient}  ${r.account}  ${r.status}`,
        ),
  );
}

function printImported(call: Call, messages: Awaited<ReturnType<OperatorMessages['listImported']>>): void {
  const rows = messages.map(({ sentAtMs, foreignId, ...rest }) => ({
    ...rest,
    id: foreignId,
    sentAt: new Date(sentAtMs).toISOString(),
  }));
  call.print(
    rows,
    rows.length === 0
      ? ['no imported messages']
      : rows.map((r) => `${r.sentAt}  ${r.source} ${String(r.id).padStart(10)}  ${r.recipient}  ${r.status}`),
  );
}

async function showMessage(
  call: Call,
  timelines: MessageTimelines,
  access: OperatorAccess,
  id: number,
): Promise<number> {
  if (!Number.isSafeInteger(id) || id <= 0)
    throw new UsageError(
      'give the number of a message, or the ticket of a campaign; see chappe message list',
    );
  const message = await timelines.read(access, id);
  if (message === null) throw new UsageError(`there is no message ${id}; see chappe message list`);
  const { costMicros, steps, dueAtMs: _due, isHeldForReview: _held, isPaused: _paused, ...told } = message;
  const { isHeldByHours: _hours, nextTryAtMs: _next, ...rest } = told;
  call.print(
    {
      ...rest,
      cost: formatEuro(costMicros, 6),
      steps: steps.map((s) => ({ at: new Date(s.atMs).toISOString(), step: s.step, detail: s.detail })),
    },
    [
      `message ${id}: ${message.status}`,
      `  to ${message.recipient} (${message.country})${message.sender ? ` from ${message.sender}` : ''}, ` +
        `${message.purpose}, ${message.tier}, ${message.segments} segment${message.segments === 1 ? '' : 's'}, ` +
        `${formatEuro(costMicros, 4)} EUR`,
      `  account ${message.serviceName}, campaign ${message.campaignId}, by ${message.dialect}`,
      `  ${JSON.stringify(message.text)}`,
      ...steps.map((s) => `  ${new Date(s.atMs).toISOString()}  ${s.step.padEnd(15)} ${s.detail}`),
      ...(message.waiting === null ? [] : [`  waiting: ${message.waiting}`]),
      ...(message.hasPendingCallback ? ['  its callback is pending'] : []),
    ],
  );
  return 0;
}
