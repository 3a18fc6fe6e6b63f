// chappe number add | list | assign | remove | surcharge: the numbers that can be answered, of the pool that campaigns
// with replies are sent from or of one account.
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
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
  removeReplyNumber,
} from '#store/platform/reply-numbers.ts';
import { requireAccount } from './account.ts';
import { type Command, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const numberAdd: Command = {
  words: 'number add',
  positionals: ['NUMBER'],
  summary: 'Adds a short code or a virtual number that a carrier delivers replies of.',
  options: {
    countries: { type: 'string', value: 'CC,CC', help: 'where it can be written to (all)' },
  },
  run: (call) =>
    withRuntime(call, async ({ database, clock }) => {
      const number = call.positionals[0]!.replace(/^(\+|00)/, '');
      if (!/^\d{3,15}$/.test(number))
        throw new UsageError(
          `"${call.positionals[0]}" must be a short code or a number such as +33757000001`,
        );
      const countries = (call.text('countries') ?? '').toUpperCase().split(',').filter(Boolean);
      for (const country of countries)
        if (!/^[A-Z]{2}$/.test(country))
          throw new UsageError('--countries takes codes of two letters, e.g. FR,BE');
      const kind = number.length <= 8 ? 'short-code' : 'virtual';
      await database.transaction(async (query) => {
        if (!(await insertReplyNumber(query, { number, kind, countries }, clock.now())))
          throw new Error(`${number} is in the pool already`);
        await notify(query, 'rates');
      });
      call.print({ number, kind, countries }, [`${kind} ${number} added`]);
      return 0;
    }),
};

export const numberList: Command = {
  words: 'number list',
  summary:
    "Lists the pool that campaigns with replies are sent from, and the numbers that are accounts' own.",
  options: {},
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const rows = await listNumbers(database.query);
      call.print(
        rows,
        rows.map(
          (r) =>
            `${r.number.padEnd(16)} ${r.kind.padEnd(10)}  ${r.serviceName ?? 'pool'}  ` +
            `${r.countries.join(', ') || 'all countries'}`,
        ),
      );
      return 0;
    }),
};

export const numberAssign: Command = {
  words: 'number assign',
  positionals: ['NUMBER', '[SERVICE]'],
  summary: "Makes a number one account's own, or of the pool again when none is named.",
  options: {},
  run: (call) =>
    withRuntime(call, async (runtime) => {
      const { database } = runtime;
      const [written, service] = call.positionals;
      const number = written!.replace(/^(\+|00)/, '');
      const account = service === undefined ? null : await requireAccount(runtime, service);
      await database.transaction(async (query) => {
        if (!(await assignNumber(query, number, account?.id ?? null)))
          throw new UsageError(`there is no number ${number}; see chappe number list`);
        await notify(query, 'rates');
      });
      const owner = account?.serviceName ?? null;
      call.print({ number, account: owner }, [`${number} is ${owner ?? 'of the pool'}`]);
      return 0;
    }),
};

export const numberRemove: Command = {
  words: 'number remove',
  positionals: ['NUMBER'],
  summary: 'Takes a number out of the pool. Replies to what was sent from it are still heard.',
  options: {},
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const number = call.positionals[0]!.replace(/^(\+|00)/, '');
      await database.transaction(async (query) => {
        if (!(await removeReplyNumber(query, number)))
          throw new UsageError(`there is no number ${number} in the pool; see chappe number list`);
        await notify(query, 'rates');
      });
      call.print({ number }, [`${number} removed`]);
      return 0;
    }),
};

export const numberSurcharge: Command = {
  words: 'number surcharge',
  positionals: ['[EUR]'],
  summary: 'Sets, or shows, what a segment of a campaign with replies costs above the rate card.',
  options: {},
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const written = call.positionals[0];
      if (written !== undefined) {
        const micros = parseEuro(written);
        if (micros === null || micros < 0n)
          throw new UsageError(`"${written}" must be an amount in euro such as 0.03`);
        await database.transaction(async (query) => {
          await writePlatformSetting(query, replySurchargeKey, Number(micros));
          await notify(query, 'rates');
        });
      }
      const surcharge = BigInt((await readPlatformSetting<number>(database.query, replySurchargeKey)) ?? 0);
      call.print({ surcharge: formatEuro(surcharge, 6) }, [`${formatEuro(surcharge, 4)} EUR a segment`]);
      return 0;
    }),
};
