// chappe carrier add | set | list | show | test | trace | pause | resume | drain | remove | disable | enable. Used by commands.ts.

import { text } from 'node:stream/consumers';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { type CallbackUrls, callbackUrls, carrierLinks, describeLink } from '#main/carrier-options.ts';
import { carrierPasswordOfEnvironment } from '#main/config/read-config.ts';
import type { Runtime } from '#main/runtime.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { type CarrierState, type Carriers, createCarriers } from '#operations/operator/carriers/service.ts';
import { changeLinkOptions, linkFlags, readLinkOptions } from './carrier-options.ts';
import { type Call, type Command, readNumber, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

export function withCarriers(
  call: Call,
  work: (carriers: Carriers, access: OperatorAccess) => Promise<number>,
): Promise<number> {
  const create = (runtime: Runtime) =>
    createCarriers({ ...runtime, links: carrierLinks(call.config, runtime.clock) });
  return withService(call, create, work);
}

export const carrierAdd: Command = {
  words: 'carrier add',
  positionals: ['KIND', 'NAME'],
  summary:
    'Adds a link to a carrier of the kind smpp or http, and a route that sends everything over it (see chappe route add).',
  options: {
    ...linkFlags,
    'password-stdin': { type: 'boolean', help: 'read the password from the first line of standard input' },
    'no-route': { type: 'boolean', help: 'add no route: the link gets no messages yet' },
  },
  run: async (call) => {
    const password = await readPassword(call);
    const [kind, name] = call.positionals as [string, string];
    const { options, secrets } = await readLinkOptions(call, kind, password);
    return withCarriers(call, async (carriers, access) => {
      const carrier = { kind, name, options, secrets, addsRoute: !call.flag('no-route') };
      const id = await carriers.add(access, carrier);
      const urls = callbackUrls(name, secrets, call.config);
      call.print({ id, name, ...(urls && { callbacks: urls }) }, [
        `carrier ${name} added`,
        ...(urls === null ? [] : describeUrls(urls)),
      ]);
      return 0;
    });
  },
};

function describeUrls({ receipt, reply }: CallbackUrls): string[] {
  return [`  receipts at ${receipt}`, `  replies at  ${reply}`];
}

/** Sealed, not hashed: the carrier needs the password itself. Empty if absent, because some carriers have none. */
async function readPassword(call: Call): Promise<string> {
  const fromEnvironment = carrierPasswordOfEnvironment();
  const given = [call.text('password'), fromEnvironment].filter((value) => value !== undefined);
  if (given.length + Number(call.flag('password-stdin')) > 1)
    throw new UsageError(
      'give the password once: by --password, --password-stdin or CHAPPE_CARRIER_PASSWORD',
    );
  if (!call.flag('password-stdin')) return given[0] ?? '';
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/);
  if (line === '') throw new UsageError('--password-stdin: the first line of standard input is empty');
  return line;
}

export const carrierSet: Command = {
  words: 'carrier set',
  positionals: ['NAME'],
  summary:
    'Changes options of a link; the others stay, and so do its routes. Running processes connect to the carrier again.',
  options: {
    ...linkFlags,
    'password-stdin': { type: 'boolean', help: 'read the password from the first line of standard input' },
    unset: { type: 'string', value: 'OPTION,…', help: 'options that get their default again' },
  },
  run: async (call) => {
    const password = await readPassword(call);
    const name = call.positionals[0]!;
    return withCarriers(call, async (carriers, access) => {
      const link = await carriers.show(access, name);
      const { options, secrets } = await changeLinkOptions(call, link, password);
      await carriers.setOptions(access, name, { options, secrets });
      call.print({ name, options }, [`carrier ${name} changed: ${describeLink(link.kind, options)}`]);
      return 0;
    });
  },
};

export const carrierList: Command = {
  words: 'carrier list',
  summary:
    'Lists the links to carriers with their state, their binds and the last error. Passwords are not shown.',
  options: {},
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const rows = await carriers.listStates(access);
      call.print(
        rows.map(({ options, ...row }) => ({ ...options, ...row })),
        rows.flatMap((carrier) => [
          `${carrier.name.padEnd(20)} ${carrier.kind} ${carrier.description}`.trimEnd(),
          ...describeState(carrier).map((line) => `  ${line}`),
        ]),
      );
      return 0;
    }),
};

export const stateSentences: Readonly<Record<CarrierState['state'], string>> = {
  usable: 'takes messages',
  down: 'down',
  paused: 'paused: it stays connected and gets no message (chappe carrier resume)',
  disabled: 'disabled (chappe carrier enable)',
  'not-dispatched': 'not connected: no process with the role dispatch runs',
};

function describeState({ state, health }: CarrierState): string[] {
  const lines = [stateSentences[state]];
  for (const { binds, process, inFlight, lastMinute, troubledCountries = [] } of health) {
    const bound = binds.filter((bind) => bind.state === 'bound').length;
    lines.push(
      `${bound} of ${binds.length} bound in process ${process.id}, ${inFlight} without an answer, ` +
        `${lastMinute.accepted} accepted and ${lastMinute.refused} refused in the last minute`,
    );
    if (troubledCountries.length > 0)
      lines.push(`lately failed for ${troubledCountries.join(', ')}: there it is the last choice`);
    for (const bind of binds)
      if (bind.state !== 'bound')
        lines.push(
          `bind ${bind.index} down since ${new Date(bind.sinceMs).toISOString()}` +
            (bind.reason === null ? '' : `: ${bind.reason}`) +
            (bind.retryAtMs === null ? '' : `; next attempt ${new Date(bind.retryAtMs).toISOString()}`),
        );
  }
  return lines;
}

const testSentences = {
  bound: 'the carrier accepted the bind',
  reachable: 'the carrier can be reached; whether it accepts the credentials, the first message shows',
  refused: 'the carrier refused the bind',
  unreachable: 'the carrier did not answer',
  misconfigured: 'the options of the link cannot be used',
} as const;

export const carrierTest: Command = {
  words: 'carrier test',
  positionals: ['NAME'],
  summary:
    'Connects to a carrier once, without a message, and says its answer. Status 1 if it did not accept.',
  options: {},
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const name = call.positionals[0]!;
      const test = await carriers.test(access, { kind: '', name, texts: {} });
      const { result, reason, durationMs } = test;
      call.print({ name, ...test }, [
        `${name}: ${testSentences[result]}${reason === null ? '' : ` (${reason})`}, after ${durationMs} ms`,
      ]);
      return result === 'bound' || result === 'reachable' ? 0 : 1;
    }),
};

const meaningSentences: Readonly<Record<string, string>> = {
  taken: 'taken',
  throttled: 'the carrier asks for a pause',
  temporary: 'sent again later',
  elsewhere: 'for another carrier',
  permanent: 'refused for good',
  doubt: 'in doubt: the answer does not tell whether it was taken',
  misconfigured: 'the carrier refuses the account or the address',
  failed: 'no usable answer',
};

export const carrierTrace: Command = {
  words: 'carrier trace',
  positionals: ['NAME'],
  summary:
    'Shows the last requests to an HTTP carrier and its answers, without texts, whole numbers and credentials, newest first.',
  options: {},
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const name = call.positionals[0]!;
      const exchanges = await carriers.listExchanges(access, name);
      if (exchanges === null)
        throw new OperatorRefusal(`carrier ${name} is an SMPP link; only HTTP carriers have a trace`);
      call.print(
        exchanges,
        exchanges.length === 0
          ? [`carrier ${name} has no exchange yet; new ones are shown after ten seconds`]
          : exchanges.flatMap((one) => [
              `${new Date(one.atMs).toISOString()} process ${one.process}: ${meaningSentences[one.meaning] ?? one.meaning}`,
              `  > ${one.method} ${one.url}`,
              ...(one.request === null ? [] : [`  > ${printable(one.request)}`]),
              `  < ${one.status === null ? 'no answer' : one.status} after ${one.durationMs} ms`,
              ...(one.answer === null ? ['  < (too long, or cut off)'] : [`  < ${printable(one.answer)}`]),
            ]),
      );
      return 0;
    }),
};

/** One line without control characters, which a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/\p{Cc}/gu, '?');
}

/** Seconds that a command waits for the answers of a carrier. */
const drainSeconds = 60;

export const carrierDrain: Command = {
  words: 'carrier drain',
  positionals: ['NAME'],
  summary:
    'Pauses a link, waits for the answers to its messages, then disables it. Status 1, and still paused, if some are left.',
  options: {
    wait: { type: 'string', value: 'SECONDS', help: `longest wait for the answers (${drainSeconds})` },
  },
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const name = call.positionals[0]!;
      const left = await carriers.drain(
        access,
        name,
        readNumber(call, 'wait', drainSeconds, 0, 3_600) * 1000,
      );
      call.print({ name, left }, [
        left === 0
          ? `carrier ${name} drained and disabled`
          : `carrier ${name} is paused; it still has ${left} messages without an answer`,
      ]);
      return left === 0 ? 0 : 1;
    }),
};

export const carrierShow: Command = {
  words: 'carrier show',
  positionals: ['NAME'],
  summary: 'Shows a link, and the addresses at which an HTTP carrier reports receipts and replies.',
  options: {},
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const { name, kind, enabled, options, secrets } = await carriers.show(access, call.positionals[0]!);
      const urls = callbackUrls(name, secrets, call.config);
      call.print({ ...options, name, kind, enabled, ...(urls && { callbacks: urls }) }, [
        `${name} ${kind} ${describeLink(kind, options)}${enabled ? '' : ', disabled'}`,
        ...(urls === null ? [] : describeUrls(urls)),
      ]);
      return 0;
    }),
};

export function change(
  words: string,
  summary: string,
  done: string,
  work: (carriers: Carriers, access: OperatorAccess, name: string) => Promise<void>,
): Command {
  return {
    words,
    positionals: ['NAME'],
    summary,
    options: {},
    run: (call) =>
      withCarriers(call, async (carriers, access) => {
        const name = call.positionals[0]!;
        await work(carriers, access, name);
        call.print({ name, done }, [`${words.split(' ')[0]} ${name} ${done}`]);
        return 0;
      }),
  };
}

export const carrierRemove = change(
  'carrier remove',
  'Removes a link and its routes. Waiting messages use other routes, or keep waiting.',
  'removed',
  (carriers, access, name) => carriers.remove(access, name),
);

export const carrierDisable = change(
  'carrier disable',
  'Disconnects a link until it is enabled again.',
  'disabled',
  (carriers, access, name) => carriers.setEnabled(access, name, false),
);

export const carrierEnable = change(
  'carrier enable',
  'Binds a disabled link again.',
  'enabled',
  (carriers, access, name) => carriers.setEnabled(access, name, true),
);

export const carrierPause = change(
  'carrier pause',
  'Gives a link no more messages. It stays connected, so that receipts and replies arrive.',
  'paused',
  (carriers, access, name) => carriers.setPaused(access, name, true),
);

export const carrierResume = change(
  'carrier resume',
  'Gives a paused link messages again.',
  'resumed',
  (carriers, access, name) => carriers.setPaused(access, name, false),
);
