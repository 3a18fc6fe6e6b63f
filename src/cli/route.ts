// chappe route add | set | list | remove | explain and chappe carrier costs: routing rules, and the prices of carriers. Used by commands.ts.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { formatEuro } from '#domain/money/micros.ts';
import { longestResendWithinS, mostResends, usualResend } from '#domain/routing/resend.ts';
import type {
  LinkSummary,
  ListedRoute,
  NewRoute,
  RouteAnswer,
} from '#operations/operator/carriers/routing-rules.ts';
import { change, stateSentences, withCarriers } from './carrier.ts';
import { type Call, type Command, readNumber, UsageError } from './command.ts';

const ruleOptions = {
  country: { type: 'string', value: 'CC', help: 'only to this country (ISO 3166, e.g. FR)' },
  prefix: { type: 'string', value: 'DIGITS', help: 'only to numbers that begin so, e.g. +33612' },
  tier: { type: 'string', value: 'TIER', help: 'only premium, low_cost or world' },
  sender: { type: 'string', value: 'SENDER', help: 'only from this sender' },
  account: { type: 'string', value: 'ACCOUNT', help: 'only of this account' },
  encoding: { type: 'string', value: 'ENCODING', help: 'only gsm7 or ucs2' },
  purpose: { type: 'string', value: 'PURPOSE', help: 'only marketing or transactional' },
  tag: { type: 'string', value: 'TAG', help: 'only of submissions with exactly this tag' },
  hours: {
    type: 'string',
    value: 'HOURS',
    help: 'only at these times of a zone, e.g. "mon-fri 08:00-20:00 Europe/Paris"',
  },
  position: { type: 'string', value: 'N', help: 'order (50; the route of carrier add has 100)' },
  choice: {
    type: 'string',
    value: 'CHOICE',
    help: 'of the routes at this position: weight, cheapest or first (that of the position, or weight)',
  },
  weight: { type: 'string', value: 'N', help: 'share within the position (1)' },
  cost: {
    type: 'string',
    value: 'EUR',
    help: "the carrier's price of a segment (see chappe carrier costs)",
  },
  'allow-loss': { type: 'boolean', help: 'also messages that cost more than their price' },
  'set-sender': { type: 'string', value: 'SENDER', help: 'replaces the sender of the messages' },
  'resend-on': {
    type: 'string',
    value: 'LIST',
    help: 'receipts after which a message is sent again over another carrier: undelivered, rejected, expired or unknown, each also with a code of the carrier, e.g. undelivered:004,rejected',
  },
  'resend-limit': { type: 'string', value: 'N', help: 'carriers after the first one, 1 to 3 (1)' },
  'resend-within': {
    type: 'string',
    value: 'SECONDS',
    help: 'only if the receipt comes, and another carrier takes the message, within this time (300)',
  },
  patience: {
    type: 'string',
    value: 'SECONDS',
    help: 'another carrier is tried when this one has taken no message for this time, 1 to 3600 (after four refusals)',
  },
} as const;

/** The rule that the options describe; `stored` has the values of absent ones. */
function readRule(call: Call, stored: Partial<ListedRoute> = {}): Omit<NewRoute, 'carrier'> {
  /** An empty text removes a condition. */
  const written = (name: keyof typeof ruleOptions, before: string | null | undefined) => {
    const value = call.text(name);
    return value === undefined ? (before ?? null) : value === '' ? null : value;
  };
  const cost = stored.costMicros == null ? null : formatEuro(stored.costMicros, 6);
  const resendOn = call.text('resend-on');
  const patience = written('patience', stored.patienceS == null ? null : String(stored.patienceS));
  return {
    country: written('country', stored.country),
    prefix: written('prefix', stored.prefix),
    tier: written('tier', stored.tier),
    sender: written('sender', stored.sender),
    account: written('account', stored.account),
    encoding: written('encoding', stored.encoding),
    purpose: written('purpose', stored.purpose),
    tag: written('tag', stored.tag),
    hours: written('hours', stored.hours),
    position: readNumber(call, 'position', stored.position ?? 50, 1, 100_000),
    choice: written('choice', stored.choice),
    weight: readNumber(call, 'weight', stored.weight ?? 1, 1, 1_000_000),
    cost: written('cost', cost),
    allowsLoss: call.flag('allow-loss') || stored.allowsLoss === true,
    newSender: written('set-sender', stored.newSender),
    patienceS: patience === null ? null : Number(patience),
    resendOn: resendOn === undefined ? (stored.resendOn ?? []) : listOf(resendOn),
    resendLimit: readNumber(
      call,
      'resend-limit',
      stored.resendLimit ?? usualResend.resendLimit,
      1,
      mostResends,
    ),
    resendWithinS: readNumber(
      call,
      'resend-within',
      stored.resendWithinS ?? usualResend.resendWithinS,
      1,
      longestResendWithinS,
    ),
  };
}

function listOf(written: string): string[] {
  return written
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

export const routeAdd: Command = {
  words: 'route add',
  positionals: ['CARRIER'],
  summary:
    'Adds a route: messages that meet all its conditions are sent over this carrier. Lower positions come first; the routes of one position share the messages by weight, or the cheapest or the first one takes them.',
  options: ruleOptions,
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const id = await carriers.addRoute(access, { carrier: call.positionals[0]!, ...readRule(call) });
      call.print({ id }, [`route ${id} added`]);
      return 0;
    }),
};

export const routeSet: Command = {
  words: 'route set',
  positionals: ['ROUTE'],
  summary:
    'Changes a route, by its number. Options that are not given stay; an empty one removes its condition, as in --sender "".',
  options: { ...ruleOptions, 'no-loss': { type: 'boolean', help: 'takes --allow-loss back' } },
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const id = Number(call.positionals[0]);
      const stored = (await carriers.listRoutes(access)).find((route) => route.id === id);
      const rule = readRule(call, stored);
      const allowsLoss = rule.allowsLoss === true && !call.flag('no-loss');
      await carriers.changeRoute(access, id, { ...rule, allowsLoss });
      call.print({ id }, [`route ${id} changed`]);
      return 0;
    }),
};

const choiceWords = { weight: 'weight', cheapest: 'the cheapest', first: 'the first' } as const;

export const routeList: Command = {
  words: 'route list',
  summary: 'Lists the routes in their order.',
  options: {},
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const rows = await carriers.listRoutes(access);
      call.print(rows, rows.map(describeRoute));
      return 0;
    }),
};

function describeRoute(route: ListedRoute): string {
  const order =
    route.choice === 'weight' ? `weight ${route.weight}` : `${choiceWords[route.choice]} of its position`;
  const conditions = [
    route.country ?? 'all countries',
    ...(route.prefix === null ? [] : [`+${route.prefix}…`]),
    route.tier ?? 'all tiers',
    route.sender ?? 'all senders',
    ...(route.account === null ? [] : [`account ${route.account}`]),
    ...(route.encoding === null ? [] : [route.encoding]),
    ...(route.purpose === null ? [] : [route.purpose]),
    ...(route.tag === null ? [] : [`tag ${route.tag}`]),
    ...(route.hours === null ? [] : [route.hours]),
  ];
  const effects = [
    ...(route.costMicros === null ? [] : [`${formatEuro(route.costMicros, 4)} EUR a segment`]),
    ...(route.newSender === null ? [] : [`as ${route.newSender}`]),
    ...(route.allowsLoss ? ['also at a loss'] : []),
    ...(route.patienceS === null ? [] : [`another after ${route.patienceS} s`]),
    ...resendWords(route),
  ];
  return (
    `${String(route.id).padStart(4)}  position ${route.position}, ${order}  ${conditions.join(', ')} → ${route.carrier}` +
    (effects.length === 0 ? '' : ` (${effects.join(', ')})`)
  );
}

function resendWords({ resendOn, resendLimit, resendWithinS }: ListedRoute): string[] {
  if (resendOn.length === 0) return [];
  const times = resendLimit === 1 ? 'over one other carrier' : `over up to ${resendLimit} other carriers`;
  return [`after ${resendOn.join(', ')} within ${resendWithinS} s again ${times}`];
}

export const routeRemove = change(
  'route remove',
  'Removes a route, by its number.',
  'removed',
  (carriers, access, id) => carriers.removeRoute(access, id),
);

const conditionWords = {
  country: 'is for another country',
  prefix: 'is for numbers that begin differently',
  tier: 'is for another tier',
  sender: 'is for another sender',
  account: 'is for another account',
  encoding: 'is for another encoding',
  purpose: 'is for another purpose',
  tag: 'is for another tag',
  hours: 'is for other hours',
} as const;

export const routeExplain: Command = {
  words: 'route explain',
  positionals: ['NUMBER'],
  summary:
    'Lists the routes in their order with the reason why a message to the number would take each of them or not, its cost, and the state of its carrier.',
  options: {
    tier: { type: 'string', value: 'TIER', help: 'premium, low_cost or world (premium)' },
    sender: { type: 'string', value: 'SENDER', help: 'sender of the message' },
    account: {
      type: 'string',
      value: 'ACCOUNT',
      help: 'account that sends it (none, at the prices of the rate card)',
    },
    purpose: { type: 'string', value: 'PURPOSE', help: 'marketing or transactional (transactional)' },
    tag: { type: 'string', value: 'TAG', help: 'tag of the submission' },
    text: { type: 'string', value: 'TEXT', help: 'text of the message, for its segments and its encoding' },
  },
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const answer = await carriers.explain(access, {
        number: call.positionals[0]!,
        tier: call.text('tier') ?? 'premium',
        sender: call.text('sender') ?? null,
        account: call.text('account') ?? null,
        text: call.text('text') ?? null,
        purpose: call.text('purpose') ?? null,
        tag: call.text('tag') ?? null,
      });
      const { country, routes, links } = answer;
      const isTaken = routes.some(({ verdict }) => verdict.kind === 'taken');
      call.print(answer, [
        `to ${country}, ${priceWords(answer)}${isTaken ? '' : ': no route can take it now'}`,
        ...routes.map(describeExplained),
        ...links.map(describeLink),
      ]);
      return 0;
    }),
};

function priceWords({ priceMicros, segments }: RouteAnswer): string {
  const count = segments === 1 ? 'a segment' : `${segments} segments`;
  return priceMicros === null
    ? `${count}, which has no price`
    : `${count} at ${formatEuro(priceMicros, 4)} EUR`;
}

function describeExplained({ route, verdict, costMicros }: RouteAnswer['routes'][number]): string {
  const cost = costMicros === null ? '' : `, costs ${formatEuro(costMicros, 4)} EUR`;
  const sender = route.newSender === null ? '' : ` as ${route.newSender}`;
  const resend =
    verdict.kind === 'other'
      ? ''
      : resendWords(route)
          .map((words) => `; ${words}`)
          .join('');
  return (
    `${String(route.id).padStart(4)}  position ${route.position} → ${route.carrier}${sender}: ` +
    `${verdictWords(verdict)}${verdict.kind === 'other' ? '' : cost}${resend}`
  );
}

function verdictWords(verdict: RouteAnswer['routes'][number]['verdict']): string {
  switch (verdict.kind) {
    case 'taken':
      return `taken${verdict.share < 1 ? ` by ${Math.round(verdict.share * 100)} %` : ''}`;
    case 'spare':
      return 'spare: taken when the routes before it are not usable';
    case 'unusable':
      return `fits, but ${stateSentences[verdict.state]}`;
    case 'troubled':
      return 'fits, but its carrier lately failed for this country: taken when no other can, and by 1 % to try it';
    case 'loss':
      return 'fits, but costs more than the price of the message (see --allow-loss of chappe route add)';
    case 'other':
      return conditionWords[verdict.condition];
  }
}

function describeLink({ carrier, state, accepted, refused, throttled, inDoubt, p95Ms }: LinkSummary): string {
  return (
    `${carrier}: ${stateSentences[state]}; in the last minute ${accepted} accepted, ${refused} refused, ` +
    `${throttled} throttled, ${inDoubt} without an answer` +
    (p95Ms === null ? '' : `, 95 % within ${p95Ms} ms`)
  );
}

/** Of a file of prices: 50,000 lines have about 2 MB. */
const maxFileBytes = 8 * 1024 * 1024;

export const carrierCosts: Command = {
  words: 'carrier costs',
  positionals: ['NAME'],
  summary:
    'Lists the prices of a carrier for a segment, or imports them from a CSV file with the columns country, prefix, price, currency and from.',
  options: {
    import: { type: 'string', value: 'FILE', help: 'CSV file whose prices are added; - is standard input' },
    clear: { type: 'boolean', help: 'removes all prices of the carrier' },
  },
  run: (call) =>
    withCarriers(call, async (carriers, access) => {
      const name = call.positionals[0]!;
      const file = call.text('import');
      if (call.flag('clear')) {
        if (file !== undefined) throw new UsageError('give --import or --clear');
        await carriers.removeCosts(access, name);
        call.print({ name, prices: 0 }, [`the prices of carrier ${name} are removed`]);
        return 0;
      }
      if (file !== undefined) {
        const prices = await carriers.importCosts(access, name, await readCsv(file));
        call.print({ name, prices }, [`${prices} prices of carrier ${name} imported`]);
        return 0;
      }
      const costs = await carriers.listCosts(access, name);
      call.print(
        costs,
        costs.length === 0
          ? [`carrier ${name} has no prices; its routes can have a cost`]
          : costs.map(
              ({ country, prefix, costMicros, validFromMs }) =>
                `${country} ${prefix === '' ? 'every number' : `+${prefix}…`}  ${formatEuro(costMicros, 6)} EUR ` +
                `from ${new Date(validFromMs).toISOString()}`,
            ),
      );
      return 0;
    }),
};

async function readCsv(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  const content = await readFile(file).catch((error: Error) => {
    throw new UsageError(`--import: ${error.message}`);
  });
  if (content.length > maxFileBytes) throw new UsageError('--import: the file has more than 8 MB');
  return content.toString('utf8');
}
