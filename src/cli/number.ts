// chappe number add | list | assign | remove | surcharge: the numbers that recipients can answer, in the pool of campaigns
// with replies or of one account.
import { formatEuro } from '#domain/money/micros.ts';
import { createReplyNumbers } from '#operations/operator/reply-numbers.ts';
import type { Command } from './command.ts';
import { withService } from './with-runtime.ts';

export const numberAdd: Command = {
  words: 'number add',
  positionals: ['NUMBER'],
  summary: 'Adds a short code or a virtual number that a carrier delivers replies of.',
  options: {
    countries: { type: 'string', value: 'CC,CC', help: 'where it can be written to (all)' },
  },
  run: (call) =>
    withService(call, createReplyNumbers, async (numbers, access) => {
      const written = (call.text('countries') ?? '').toUpperCase().split(',').filter(Boolean);
      const { number, kind, countries } = await numbers.add(access, call.positionals[0]!, written);
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
    withService(call, createReplyNumbers, async (numbers, access) => {
      const rows = await numbers.list(access);
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
    withService(call, createReplyNumbers, async (numbers, access) => {
      const [written, service = null] = call.positionals;
      const { number, account } = await numbers.assign(access, written!, service);
      call.print({ number, account }, [`${number} is ${account ?? 'of the pool'}`]);
      return 0;
    }),
};

export const numberRemove: Command = {
  words: 'number remove',
  positionals: ['NUMBER'],
  summary: 'Takes a number out of the pool. Replies to what was sent from it are still heard.',
  options: {},
  run: (call) =>
    withService(call, createReplyNumbers, async (numbers, access) => {
      const number = await numbers.remove(access, call.positionals[0]!);
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
    withService(call, createReplyNumbers, async (numbers, access) => {
      const written = call.positionals[0];
      const surcharge =
        written === undefined
          ? await numbers.readSurcharge(access)
          : await numbers.setSurcharge(access, written);
      call.print({ surcharge: formatEuro(surcharge, 6) }, [`${formatEuro(surcharge, 4)} EUR a segment`]);
      return 0;
    }),
};
