// Handlers of the simulated phone. Used by http-family.ts. A phone shows the texts of one account; faults of the simulated
// carrier are the operator's.
import { setTimeout as pause } from 'node:timers/promises';
import { steadyClock } from '#lib/time/clock.ts';
import { secondMs } from '#lib/time/duration.ts';
import type { AccountAccess, MemberAccess } from '#operations/access/access.ts';
import type { FoundMessage, MessageFilter } from '#operations/reading/messages/service.ts';
import type { phoneCalls } from './contract/phone.ts';
import type { Answer } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import { readNumberFilter } from './messages-routes.ts';
import type { ConsoleOptions, SimulatedCarrier } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso, isoOrNull } from './response.ts';

const usualLimit = 50;
const lookEveryMs = 200;

export function phoneHandlers(options: ConsoleOptions): HandlersOf<typeof phoneCalls> {
  const { messages, sessions } = options.services;

  async function openAccount(me: MemberAccess, given: string | undefined): Promise<AccountAccess> {
    const name = given ?? (await sessions.listAccounts(me, 1))[0]?.serviceName;
    const access = name === undefined ? null : await sessions.openAccount(me, name);
    if (access === null) throw notFound();
    return access;
  }

  return {
    async 'phone.list'({ me, parameters, request }) {
      const { to, after = 0, wait = 0, limit = usualLimit } = parameters;
      const access = await openAccount(me, parameters.account);
      const filter = { ...everyText, number: to === undefined ? null : readNumberFilter(to, access.account) };
      const deadlineMs = steadyClock.now() + wait * secondMs;
      for (;;) {
        const found = await messages.list(access, filter, { after: null, limit });
        const texts = found.messages.filter(({ id }) => id > after);
        if (texts.length > 0 || steadyClock.now() >= deadlineMs || request.raw.socket.destroyed)
          return {
            account: access.account.serviceName,
            rows: texts.map(renderText),
            latest: Math.max(after, ...texts.map(({ id }) => id)),
          };
        await pause(lookEveryMs);
      }
    },
    async 'phone.reply'({ me, body: { account, message, text, delaySeconds = 0 } }) {
      const carrier = requireCarrier(options.simulatedCarrier());
      const detail = await messages.read(await openAccount(me, account), message);
      if (detail === null) throw notFound();
      const { msisdn, sender } = detail.timeline;
      if (sender === null || !/\d/.test(sender))
        throw new ConsoleRefusal('conflict', {
          detail: 'A name cannot be answered: send from a number or a short code, or with replies.',
        });
      const reply = () => carrier.reply(String(msisdn), sender, text);
      if (delaySeconds === 0) reply();
      else setTimeout(reply, delaySeconds * secondMs).unref();
      return {};
    },
    'phone.fates': async () => ({
      rows: Object.entries(options.fates).map(([ending, fate]) => ({ ending, fate })),
    }),
    'phone.readBehaviour': async () => renderBehaviour(requireCarrier(options.simulatedCarrier())),
    async 'phone.setBehaviour'({ body }) {
      const carrier = requireCarrier(options.simulatedCarrier());
      carrier.setBehaviour(body);
      return renderBehaviour(carrier);
    },
  };
}

/** Texts that reached a phone, or will: not those that were cancelled before. */
const everyText: MessageFilter = {
  tag: null,
  sender: null,
  text: null,
  dialect: null,
  fromMs: null,
  toMs: null,
  statuses: ['submitted', 'delivered', 'undelivered', 'expired', 'rejected', 'unknown'],
  countries: null,
  number: null,
  campaignId: null,
  cause: null,
  carrier: null,
};

function renderText(message: FoundMessage): Answer<'phone.list'>['rows'][number] {
  return {
    message: message.id,
    to: `+${message.msisdn}`,
    from: message.campaign.sender,
    text: message.text ?? message.campaign.text,
    segments: message.segments,
    status: message.status,
    at: iso(message.submittedAtMs ?? message.dueAtMs),
    finishedAt: isoOrNull(message.doneAtMs),
  };
}

function requireCarrier(carrier: SimulatedCarrier | null): SimulatedCarrier {
  if (carrier !== null) return carrier;
  throw new ConsoleRefusal('conflict', {
    detail: 'The simulated carrier does not run here: a real carrier was added, or another process has it.',
  });
}

function renderBehaviour(carrier: SimulatedCarrier): Answer<'phone.readBehaviour'> {
  const { latencyMs, throttlePerSecond, drop, silent, malformed, garbled, bindStatus, holdReceipts } =
    carrier.behaviour();
  const { waiting } = carrier;
  return {
    latencyMs,
    throttlePerSecond,
    drop,
    silent,
    malformed,
    garbled,
    bindStatus,
    holdReceipts,
    waiting,
  };
}
