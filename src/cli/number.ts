// chappe number add | list | assign | remove | surcharge: the numbers that recipients can answer, in the pool of campaigns
// with replies or of one account.
import { formatEuro } from '#domain/money/micros.ts';
import { createReplyNumbers } from '#operations/operator/reply-numbers.ts';
import type { Command } from './command.ts';
import { withService } from './with-runtime.ts';

export const numberAdd: Command = {
  words: 'number add',
  positionals: ['NUMBER'],
  summary: 'Adds a short code or a virtual number whose replies a carrier delivers.',
  options: {
    countries: { type: 'string', value: 'CC,CC', help: 'countries whose phones can send to it (all)' },
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
  summary: 'Lists the reply numbers: the pool of campaigns with replies, and numbers of one account.',
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
  summary: 'Assigns a number to one account, or returns it to the pool if no account is named.',
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
  summary: 'Removes a number from the pool. Replies to earlier messages are still accepted.',
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
  summary: 'Sets or shows the surcharge for each segment of a campaign with replies.',
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
