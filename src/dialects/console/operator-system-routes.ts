// Handlers of the operator's calls about the installation. Used by http-family.ts through operator-routes.ts.
import { shownUrl } from '#domain/account/callback-urls.ts';
import { dayMs } from '#lib/time/duration.ts';
import { leastRetentionDays } from '#operations/operator/installation.ts';
import type { Erasure } from '#operations/operator/personal-data.ts';
import type { operatorSystemCalls } from './contract/operator-system.ts';
import { renderRefused } from './developers-routes.ts';
import type { ConsoleOptions } from './options.ts';
import { readFrom, readUntil } from './periods.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, euros, iso, isoOrNull, phoneNumber, readKey, renderQueues } from './response.ts';

const usualLimit = 50;
const mostMails = 200;

export function operatorSystemHandlers(options: ConsoleOptions): HandlersOf<typeof operatorSystemCalls> {
  return { ...watchHandlers(options), ...retentionHandlers(options), ...numberHandlers(options) };
}

function watchHandlers({ services, version, settings }: ConsoleOptions) {
  const { deliveries, audit, installation } = services.operator;
  return {
    async 'operator.deliveries.list'({ access }) {
      const found = await deliveries.listFailing(access);
      return {
        rows: found.map(({ account: { serviceName, name, email, settings: own }, now, givenUp, last }) => ({
          account: serviceName,
          name: name || email,
          receiptUrl: shownUrl(own.callbacks.receiptUrl),
          pending: now.pending,
          failing: now.failing,
          failingSince: isoOrNull(now.failingSinceMs),
          nextAttemptAt: isoOrNull(now.nextAttemptAtMs),
          givenUp,
          last: last && { at: iso(last.atMs), httpStatus: last.httpStatus, error: last.error },
        })),
      };
    },
    async 'operator.refused.list'({ access, parameters: { limit = usualLimit, after, reason = null } }) {
      const beforeId = readKey(after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const page = { reason, beforeId, limit: limit + 1 };
      const found = await services.refusedRequests.listAll(access, page);
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return { rows: rows.map((row) => ({ ...renderRefused(row), account: row.account })), next };
    },
    async 'operator.ignoredMails.list'({ access }) {
      const mails = await services.ignoredMails.list(access, mostMails);
      return {
        rows: mails.map(({ id, atMs, mailFrom, remoteAddress, account, reason, detail }) => ({
          ...{ mail: id, at: iso(atMs), from: mailFrom, address: remoteAddress, account, reason, detail },
        })),
      };
    },
    async 'operator.audit.list'({ access, parameters: { limit = usualLimit, after, from, to, ...filter } }) {
      const entries = await audit.list(access, {
        account: filter.account,
        action: filter.action,
        actor: filter.actor,
        fromMs: readFrom('from', from),
        toMs: readUntil('to', to),
        beforeId: readKey(after, 1)?.[0],
        limit: limit + 1,
      });
      const { rows, next } = cutPage(entries, limit, ({ id }) => id);
      return { rows: rows.map(({ id, atMs, ...entry }) => ({ ...entry, entry: id, at: iso(atMs) })), next };
    },
    async 'operator.system.read'({ access }) {
      const { processes, database, queues } = await installation.read(access);
      const { version: postgres, sizeBytes, offsetMs, tables } = database;
      return {
        version,
        processes: processes.map(({ id, host, pid, roles, startedAtMs, leaseUntilMs, leaseRanOut }) => ({
          ...{ process: id, host, pid, roles: [...roles], isExpired: leaseRanOut },
          ...{ startedAt: iso(startedAtMs), leaseUntil: iso(leaseUntilMs) },
        })),
        database: { version: postgres, sizeBytes, offsetMs, tables: [...tables] },
        queues: renderQueues(queues),
        settings: settings.map((setting) => ({ ...setting })),
      };
    },
  } satisfies Partial<HandlersOf<typeof operatorSystemCalls>>;
}

function retentionHandlers({ services, clock, keepDays, receiptWindowMs }: ConsoleOptions) {
  const { installation, personalData } = services.operator;
  return {
    async 'operator.retention.read'({ access }) {
      const { database } = await installation.read(access);
      return {
        keepDays,
        leastDays: leastRetentionDays,
        deletesBefore: keepDays === null ? null : iso(clock.now() - keepDays * dayMs),
        receiptWindowMs,
        tables: database.tables.filter(({ partitions }) => partitions > 0),
      };
    },
    async 'operator.person.show'({ access, body: { number } }) {
      const { msisdn, tables, files, erasures } = await personalData.show(access, number, false);
      return {
        number: phoneNumber(msisdn, true),
        tables: tables.filter(({ total }) => total > 0).map(({ table, total }) => ({ table, rows: total })),
        files: [...files],
        erasures: erasures.map(renderErasure),
      };
    },
    async 'operator.person.erase'({ access, body: { number, reason } }) {
      const { erasure, files } = await personalData.erase(access, number, reason);
      return { erasure: renderErasure(erasure), files: [...files] };
    },
    async 'operator.hours.list'({ access, parameters }) {
      const year = parameters.year ?? new Date(clock.now()).getUTCFullYear();
      const hours = await installation.listHours(access, year);
      return {
        year,
        rows: hours.map(({ country, timeZones, week, holidays }) => ({
          ...{ country, timeZones: [...timeZones], holidays: [...holidays] },
          week: week.map((day) => day && { open: day.openMinute, close: day.closeMinute }),
        })),
      };
    },
  } satisfies Partial<HandlersOf<typeof operatorSystemCalls>>;
}

function numberHandlers({ services }: ConsoleOptions) {
  const { replyNumbers } = services.operator;
  return {
    async 'operator.numbers.list'({ access }) {
      const numbers = await replyNumbers.list(access);
      return {
        rows: numbers.map(({ number, kind, countries, serviceName }) => ({
          ...{ number, kind, countries: [...countries], account: serviceName },
        })),
        surcharge: euros(await replyNumbers.readSurcharge(access)),
      };
    },
    async 'operator.numbers.add'({ access, body: { number, countries, account } }) {
      await replyNumbers.add(access, number, countries, account ?? null);
      return {};
    },
    async 'operator.numbers.assign'({ access, parameters: { number }, body: { account } }) {
      await replyNumbers.assign(access, number, account);
      return {};
    },
    async 'operator.numbers.remove'({ access, parameters: { number } }) {
      await replyNumbers.remove(access, number);
      return {};
    },
    async 'operator.numbers.setSurcharge'({ access, body: { amount } }) {
      await replyNumbers.setSurcharge(access, amount);
      return {};
    },
  } satisfies Partial<HandlersOf<typeof operatorSystemCalls>>;
}

function renderErasure({ id, requestedAtMs, completedAtMs, result, ...erasure }: Erasure) {
  const { cancelled = 0, erased = {}, open = {}, kept = {} } = result ?? {};
  return {
    ...{ erasure: id, actor: erasure.actor, reason: erasure.reason, numberHash: erasure.numberHash },
    ...{ requestedAt: iso(requestedAtMs), completedAt: isoOrNull(completedAtMs), cancelled },
    ...{ erased: { ...erased }, open: { ...open }, kept: { ...kept } },
  };
}
