// Handlers for developers: keys, callback settings, the delivery log and replay. Used by http-family.ts.
import { shownUrl } from '#domain/account/callback-urls.ts';
import type { Callbacks, ReplayOrder } from '#operations/account/callbacks.ts';
import type { RefusedRequests } from '#operations/account/refused-requests.ts';
import type { NewKey } from '#operations/operator/accounts/keys.ts';
import type { developerCalls } from './contract/developers.ts';
import type { Answer, Body } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import { readFrom, readUntil } from './periods.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, iso, isoOrNull, phoneNumber, readKey } from './response.ts';

const usualLimit = 50;

export function developerHandlers({ services }: ConsoleOptions): HandlersOf<typeof developerCalls> {
  const { ownKeys, callbacks, accounts } = services;
  return {
    'keys.list': async ({ access }) => ({
      rows: (await ownKeys.list(access)).map(({ id, dialect, identifier, createdAtMs, lastUseAtMs }) => ({
        key: id,
        dialect,
        identifier,
        createdAt: iso(createdAtMs),
        lastUseAt: isoOrNull(lastUseAtMs),
      })),
    }),
    'keys.create': async ({ access, body }) => renderKey(await ownKeys.add(access, body.dialect)),
    async 'keys.revoke'({ access, parameters }) {
      if (!(await ownKeys.revoke(access, parameters.key))) throw notFound();
      return {};
    },
    async 'callbacks.read'({ access }) {
      const { account } = await accounts.read(access);
      const pending = await callbacks.readPending(access);
      const { receiptUrl, replyUrl, optOutUrl, replyEmail, formNumberFormat, restPayloadIsJson, signingKey } =
        account.settings.callbacks;
      return {
        receiptUrl: shownUrl(receiptUrl),
        replyUrl: shownUrl(replyUrl),
        optOutUrl: shownUrl(optOutUrl),
        replyEmail,
        formNumberFormat,
        restPayloadIsJson,
        hasSigningKey: signingKey !== null,
        failing: pending.failing,
        pending: pending.pending,
        failingSince: isoOrNull(pending.failingSinceMs),
        nextAttemptAt: isoOrNull(pending.nextAttemptAtMs),
      };
    },
    async 'callbacks.update'({ access, body }) {
      await callbacks.update(access, body);
      return {};
    },
    'callbacks.renewSigningKey': async ({ access }) => ({
      signingKey: await callbacks.renewSigningKey(access),
    }),
    async 'callbacks.test'({ access, body: { kind, dialect } }) {
      const test = await callbacks.test(access, kind, dialect);
      if (test === null)
        throw new ConsoleRefusal('conflict', {
          detail: 'No address is set for this kind, or this dialect has no such callback.',
        });
      return renderTest(test);
    },
    async 'refused.list'({ access, parameters: { limit = usualLimit, after, reason = null } }) {
      const beforeId = readKey(after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await services.refusedRequests.list(access, { reason, beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return { rows: rows.map(renderRefused), next };
    },
    async 'deliveries.list'({ access, parameters }) {
      const { limit = usualLimit, result, message } = parameters;
      const filter = {
        result: result ?? null,
        from: readFrom('from', parameters.from),
        to: readUntil('to', parameters.to),
        messageId: message ?? null,
        callbackId: null,
      };
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await callbacks.listAttempts(access, filter, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return { rows: rows.map(renderAttempt), next };
    },
    async 'deliveries.read'({ access, parameters, showsNumbers }) {
      const found = await callbacks.read(access, parameters.callback);
      if (found === null) throw notFound();
      return {
        attempts: found.attempts.map(renderAttempt),
        nextAttemptAt: isoOrNull(found.nextAttemptAtMs),
        messages: found.messages.map(({ id, msisdn }) => ({
          message: id,
          number: phoneNumber(msisdn, showsNumbers),
        })),
      };
    },
    'deliveries.countReplay': async ({ access, parameters }) => ({
      messages: await callbacks.countGivenUp(access, readFrom('since', parameters.since)!),
    }),
    'deliveries.replay': async ({ access, body }) => ({
      messages: await callbacks.replay(access, readReplay(body)),
    }),
  };
}

function readReplay({ attempt, message, since }: Body<'deliveries.replay'>): ReplayOrder {
  if (attempt !== undefined) return { attemptId: attempt };
  if (message !== undefined) return { messageId: message };
  if (since !== undefined) return { sinceMs: readFrom('since', since)! };
  throw new ConsoleRefusal('request-invalid', {
    detail: 'Give an attempt, a message, or the instant since which receipts were given up.',
    fields: { since: 'missing' },
  });
}

function renderTest({
  request,
  isSigned,
  result,
}: NonNullable<Awaited<ReturnType<Callbacks['test']>>>): Answer<'callbacks.test'> {
  const { method, url, contentType, body } = request;
  const failed = result.kind === 'failed' ? result : null;
  return {
    request: { method, url: shownUrl(url), contentType, body, isSigned },
    result: result.kind,
    httpStatus: failed?.status ?? null,
    reason: result.kind === 'delivered' ? null : result.reason,
    durationMs: result.durationMs === undefined ? null : Math.round(result.durationMs),
    answer: failed?.answer ?? null,
  };
}

export function renderRefused({
  id,
  atMs,
  account: _account,
  ...row
}: Awaited<ReturnType<RefusedRequests['list']>>[number]): Answer<'refused.list'>['rows'][number] {
  return { ...row, refusal: id, at: iso(atMs) };
}

type Attempt = Answer<'deliveries.list'>['rows'][number];

function renderAttempt(logged: {
  readonly id: number;
  readonly callbackId: number;
  readonly attempt: number;
  readonly atMs: number;
  readonly delivered: number;
  readonly failed: number;
  readonly messageId: number | null;
  readonly httpStatus: number | null;
  readonly error: string | null;
  readonly gaveUp: boolean;
  readonly durationMs: number | null;
  readonly answer: string | null;
}): Attempt {
  const { callbackId, atMs, messageId, ...rest } = logged;
  return { ...rest, callback: callbackId, at: iso(atMs), message: messageId };
}

function renderKey(key: NewKey): Answer<'keys.create'> {
  const plain = (name: string, value: string) => ({ name, value, isSecret: false });
  const secret = (name: string, value: string) => ({ name, value, isSecret: true });
  const { dialect } = key;
  switch (dialect) {
    case 'octopush':
      return { dialect, values: [plain('user_login', key.userLogin), secret('api_key', key.apiKey)] };
    case 'ovh':
      return {
        dialect,
        values: [
          plain('serviceName', key.serviceName),
          plain('applicationKey', key.applicationKey),
          secret('applicationSecret', key.applicationSecret),
          secret('consumerKey', key.consumerKey),
        ],
      };
    case 'http2sms':
      return {
        dialect,
        values: [
          plain('account', key.serviceName),
          plain('login', key.login),
          secret('password', key.password),
        ],
      };
    case 'smpp':
      return { dialect, values: [plain('system_id', key.systemId), secret('password', key.password)] };
  }
}
