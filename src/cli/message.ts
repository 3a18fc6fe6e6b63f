// chappe message show: each step of a message with its time, or why not.
import { formatEuro } from '#domain/credit.ts';
import { explainMessage } from '#operations/explain-message.ts';
import { type Command, UsageError } from './command.ts';
import { withEngine } from './with-engine.ts';

export const messageShow: Command = {
  words: 'message show',
  positionals: ['ID'],
  summary: 'Tells each step of a message with its time.',
  options: {},
  run: (call) =>
    withEngine(call, async (engine) => {
      const id = Number(call.positionals[0]);
      if (!Number.isSafeInteger(id) || id <= 0)
        throw new UsageError('a message has a whole number; see chappe message list');
      const message = await explainMessage(engine, id, null);
      if (message === null) throw new UsageError(`there is no message ${id}`);
      const { costMicros, steps, ...rest } = message;
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
          ...(message.callbackOwed ? ['  its callback is still owed'] : []),
        ],
      );
      return 0;
    }),
};
