// Moves an account of another platform into an account here, through the API of that platform. Used by `chappe import`.
// Everything except the history is read before anything is written. Refuses, as OperatorRefusal: an unknown account, an address that is no URL. Throws
// OperatorConflict when the other platform does not answer as expected; nothing is changed then.
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { creditPriceOf } from '#domain/money/ovh-credits.ts';
import { PriceBoard } from '#domain/money/price-changes.ts';
import { createHttpExchanger, type HttpExchanger } from '#lib/net/http-exchange.ts';
import { systemRandom } from '#lib/random.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import { actForAccount } from '#operations/access/operator-access.ts';
import type { Context } from '#pipeline/context.ts';
import { listCurrentPrices } from '#store/money/rates.ts';
import { importHistory } from './import-history.ts';
import { importOctopush } from './import-octopush.ts';
import { importOvh } from './import-ovh.ts';
import type { ImportServices } from './needs.ts';
import { type OctopushKeys, readOctopushSource } from './octopush-source.ts';
import { type OvhKeys, openRemote, readOvhSource } from './ovh-source.ts';
import type { Report } from './report.ts';

interface ImportOrder {
  /** The account here, by service name or e-mail. */
  readonly into: string;
  /** Base address of the API there. */
  readonly api: string;
  /** Reads and compares, and writes nothing. */
  readonly isDryRun: boolean;
  /** Receives a line for each part that was read. */
  readonly note: (line: string) => void;
}

interface OvhAccountThere {
  readonly service: string;
  readonly historyDays: number;
}

export interface Imports {
  /** `historyDays`: of the sent messages; 0: none. */
  fromOvh(access: OperatorAccess, order: ImportOrder, keys: OvhKeys, there: OvhAccountThere): Promise<Report>;
  fromOctopush(access: OperatorAccess, order: ImportOrder, keys: OctopushKeys): Promise<Report>;
}

export interface ImportNeeds {
  readonly services: ImportServices;
  /** Waits between two attempts; tests shorten it. */
  readonly pause?: (ms: number) => Promise<void>;
}

const timeoutMs = 60_000;
const connections = 4;
/** A list of a million ids has about 8 MB. */
const maxBodyBytes = 64 * 1024 * 1024;

export function createImports(
  context: Pick<Context, 'database' | 'clock'>,
  { services, pause = (ms) => sleep(ms) }: ImportNeeds,
): Imports {
  const { database, clock } = context;

  async function open(operator: OperatorAccess, { into, isDryRun }: ImportOrder) {
    authorize(operator, 'imports.write');
    const account = await requireAccountNamed(database.query, into);
    return { services, operator, access: actForAccount(operator, account), isDryRun };
  }

  async function finish(operator: OperatorAccess, accountId: number, source: string, report: Report) {
    if (!report.isDryRun) {
      const change = { action: 'account.imported', target: source, accountId, after: { ...report.parts } };
      await auditChange(database.query, operator, change, clock.now());
    }
    return report;
  }

  return {
    async fromOvh(operator, order, keys, { service, historyDays }) {
      const target = await open(operator, order);
      const { account } = target.access;
      const base = readBase(order.api, '/1.0');
      const optionsOf = (http: HttpExchanger) => ({ base, http, clock, random: systemRandom, pause });
      const source = await reading((http) => readOvhSource(optionsOf(http), keys, service, order.note));
      const prices = new PriceBoard(await listCurrentPrices(database.query, clock.now()));
      const creditPriceMicros = creditPriceOf(account.settings, prices.at(account.id, clock.now()));
      const report = await importOvh({ ...target, creditPriceMicros }, source);
      if (historyDays === 0) {
        const leftOut = [...report.leftOut, 'history: it stays there; copy it with --history-days'];
        return finish(operator, account.id, `ovh ${service}`, { ...report, leftOut });
      }
      const { leftOut, ...history } = await reading(async (http) => {
        const remote = await openRemote(optionsOf(http), keys);
        const { isDryRun, note } = order;
        return importHistory(context, { account, remote, service, days: historyDays, isDryRun, note });
      });
      return finish(operator, account.id, `ovh ${service}`, {
        ...report,
        parts: { ...report.parts, history },
        leftOut: [...report.leftOut, ...leftOut],
      });
    },

    async fromOctopush(operator, order, keys) {
      const target = await open(operator, order);
      const base = readBase(order.api, '/v1/public');
      const source = await reading((http) =>
        readOctopushSource({ base, http, random: systemRandom, pause }, keys),
      );
      return finish(operator, target.access.account.id, 'octopush', await importOctopush(target, source));
    },
  };
}

async function reading<T>(work: (http: HttpExchanger) => Promise<T>): Promise<T> {
  const http = createHttpExchanger({ timeoutMs, connections, maxBodyBytes });
  try {
    return await work(http);
  } finally {
    await http.close();
  }
}

/** `usualPath` completes an address without a path. Never ends with a slash. */
function readBase(written: string, usualPath: string): string {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new OperatorRefusal(`--api: "${written}" is not an address; write it as https://host${usualPath}`);
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path === '' ? usualPath : path}`;
}
