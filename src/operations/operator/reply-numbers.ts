// Numbers that recipients can answer: the pool for campaigns with replies, numbers of single accounts, and the surcharge.
// Used by `chappe number`. A notice (`rates`) reports changes to running processes.
// Refuses, as OperatorRefusal: an invalid number, country or amount; an unknown number or account.
// Throws OperatorConflict: a number that is in the pool already.
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import { requireAccountNamed } from '#operations/access/find-account.ts';
import type { Context } from '#pipeline/context.ts';
import { notify } from '#store/database/notices.ts';
import {
  readPlatformSetting,
  replySurchargeKey,
  writePlatformSetting,
} from '#store/platform/platform-settings.ts';
import {
  assignNumber,
  insertReplyNumber,
  listNumbers,
  type OwnedNumber,
  removeReplyNumber,
} from '#store/platform/reply-numbers.ts';

export interface ReplyNumbers {
  list(access: OperatorAccess): Promise<OwnedNumber[]>;
  /** Without countries: usable everywhere. With an account, it is that one's alone. */
  add(
    access: OperatorAccess,
    number: string,
    countries: readonly string[],
    account?: string | null,
  ): Promise<ReplyNumber>;
  /** Assigns a number to an account; null returns it to the pool. Returns the service name. */
  assign(
    access: OperatorAccess,
    number: string,
    account: string | null,
  ): Promise<{ readonly number: string; readonly account: string | null }>;
  /** Replies to messages that were sent from it are still recorded. Returns the number as stored. */
  remove(access: OperatorAccess, number: string): Promise<string>;
  /** Surcharge of a segment of a campaign with replies above the rate card, in micros. */
  readSurcharge(access: OperatorAccess): Promise<bigint>;
  setSurcharge(access: OperatorAccess, amount: string): Promise<bigint>;
}

/** Longer ones are virtual numbers. */
const longestShortCode = 8;

export function createReplyNumbers({ database, clock }: Pick<Context, 'database' | 'clock'>): ReplyNumbers {
  async function readSurcharge(query = database.query): Promise<bigint> {
    return BigInt((await readPlatformSetting<number>(query, replySurchargeKey)) ?? 0);
  }

  return {
    async list(access) {
      authorize(access, 'reply-numbers.read');
      return listNumbers(database.query);
    },

    async add(access, written, countries, name = null) {
      authorize(access, 'reply-numbers.write');
      const number = digitsOf(written);
      if (!/^\d{3,15}$/.test(number))
        throw new OperatorRefusal(`"${written}" must be a short code or a number such as +33757000001`);
      const wrong = countries.find((country) => !/^[A-Z]{2}$/.test(country));
      if (wrong !== undefined)
        throw new OperatorRefusal(`"${wrong}" is not a country; write two letters such as FR`);
      const kind = number.length <= longestShortCode ? 'short-code' : 'virtual';
      const added: ReplyNumber = { number, kind, countries };
      await database.transaction(async (query) => {
        const nowMs = clock.now();
        const account = name === null ? null : await requireAccountNamed(query, name);
        if (!(await insertReplyNumber(query, added, nowMs)))
          throw new OperatorConflict(`${number} is in the pool already`);
        if (account !== null) await assignNumber(query, number, account.id);
        const after = { kind, countries, ...(account === null ? {} : { account: account.serviceName }) };
        const change = { action: 'number.added', target: number, after, accountId: account?.id ?? null };
        await auditChange(query, access, change, nowMs);
        await notify(query, 'rates');
      });
      return added;
    },

    async assign(access, written, name) {
      authorize(access, 'reply-numbers.write');
      const number = digitsOf(written);
      return database.transaction(async (query) => {
        const account = name === null ? null : await requireAccountNamed(query, name);
        if (!(await assignNumber(query, number, account?.id ?? null))) throw unknownNumber(number);
        const after = { account: account?.serviceName ?? null };
        const accountId = account?.id ?? null;
        const change = { action: 'number.assigned', target: number, after, accountId };
        await auditChange(query, access, change, clock.now());
        await notify(query, 'rates');
        return { number, account: after.account };
      });
    },

    async remove(access, written) {
      authorize(access, 'reply-numbers.write');
      const number = digitsOf(written);
      await database.transaction(async (query) => {
        if (!(await removeReplyNumber(query, number))) throw unknownNumber(number);
        await auditChange(query, access, { action: 'number.removed', target: number }, clock.now());
        await notify(query, 'rates');
      });
      return number;
    },

    async readSurcharge(access) {
      authorize(access, 'reply-numbers.read');
      return readSurcharge();
    },

    async setSurcharge(access, written) {
      authorize(access, 'reply-numbers.write');
      const micros = parseEuro(written);
      if (micros === null || micros < 0n)
        throw new OperatorRefusal(`"${written}" must be an amount in euro such as 0.03`);
      await database.transaction(async (query) => {
        const before = { price: formatEuro(await readSurcharge(query), 6) };
        await writePlatformSetting(query, replySurchargeKey, Number(micros));
        const after = { price: formatEuro(micros, 6) };
        const change = { action: 'rate.surcharge-set', target: 'replies', before, after };
        await auditChange(query, access, change, clock.now());
        await notify(query, 'rates');
      });
      return micros;
    },
  };
}

const digitsOf = (written: string) => written.replace(/^(\+|00)/, '');

function unknownNumber(number: string): OperatorRefusal {
  return new OperatorRefusal(`there is no number ${number}; see chappe number list`);
}
