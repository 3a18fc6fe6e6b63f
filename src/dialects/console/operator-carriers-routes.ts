// Handlers of the operator's calls about carriers and routes. Used by http-family.ts through operator-routes.ts.
import { textOfOption } from '#domain/delivery/connector-kind.ts';
import { formatEuro } from '#domain/money/micros.ts';
import { secondMs } from '#lib/time/duration.ts';
import type { ListedRoute, NewRoute } from '#operations/operator/carriers/routing-rules.ts';
import type { LinkHealth } from '#operations/operator/carriers/service.ts';
import type { operatorCarrierCalls } from './contract/operator-carriers.ts';
import { ConsoleRefusal } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso, isoOrNull } from './response.ts';

/** A browser and a proxy wait longer. */
const drainWaitMs = 20 * secondMs;
const simulatorId = 0;

export function operatorCarrierHandlers({
  services,
  carrierLinks: links,
}: ConsoleOptions): HandlersOf<typeof operatorCarrierCalls> {
  const { carriers } = services.operator;

  async function readOptions(
    kind: string,
    texts: Readonly<Record<string, string>>,
    stored?: Readonly<Record<string, unknown>>,
  ) {
    const read = await links.read(kind, texts, stored);
    if (read === null || read.mistakes.length > 0)
      throw new ConsoleRefusal('value-invalid', {
        detail: read?.mistakes.join('\n') ?? `There is no kind ${kind}.`,
      });
    return read;
  }

  return {
    async 'operator.carriers.list'({ access }) {
      const rows = await carriers.listStates(access);
      return {
        rows: rows.map(({ id, name, kind, state, description, health }) => ({
          carrier: name,
          kind,
          isSimulated: id === simulatorId,
          state,
          description,
          health: health.map(renderHealth),
        })),
      };
    },
    async 'operator.carriers.kinds'({ access }) {
      await carriers.list(access);
      return {
        kinds: links.kinds.map((kind) => ({
          kind: kind as 'smpp' | 'http',
          options: links
            .optionsOf(kind)
            .map(({ flag, type, limit, isRequired, isSecret, sentence, ...rest }) => ({
              ...{ flag, type, limit, isRequired, isSecret, sentence, default: rest.default },
              choices: type === 'choice' ? limit.split(', ') : [],
            })),
        })),
      };
    },
    async 'operator.carriers.read'({ access, parameters }) {
      const { name, kind, options, secrets } = await carriers.show(access, parameters.carrier);
      const table = links.optionsOf(kind);
      const values: Record<string, string> = {};
      const hidden: string[] = [];
      for (const option of table) {
        const text = textOfOption(option, options[option.name]);
        if (text !== null) values[option.flag] = text;
        else if (options[option.name] !== undefined || secrets[option.name] !== undefined)
          hidden.push(option.flag);
      }
      return { carrier: name, kind, values, hidden, callbacks: links.callbackUrls(name, secrets) };
    },
    async 'operator.carriers.add'({ access, body: { kind, carrier: name, options: texts, addsRoute } }) {
      // An SMPP link can have an empty password.
      const given = kind === 'smpp' ? { password: '', ...texts } : texts;
      const { options, secrets } = await readOptions(kind, given);
      await carriers.add(access, { kind, name: name.trim(), options, secrets, addsRoute });
      return { callbacks: links.callbackUrls(name.trim(), secrets) };
    },
    async 'operator.carriers.change'({ access, parameters: { carrier: name }, body }) {
      const { kind, options, secrets } = await carriers.show(access, name);
      const stored: Record<string, unknown> = { ...options, ...secrets };
      for (const { flag, name: option } of links.optionsOf(kind))
        if (body.unset?.includes(flag)) delete stored[option];
      const read = await readOptions(kind, body.options, stored);
      await carriers.setOptions(access, name, { options: read.options, secrets: read.secrets });
      return {};
    },
    async 'operator.carriers.test'({ access, body: { kind, carrier = null, options } }) {
      const texts = carrier === null && kind === 'smpp' ? { password: '', ...options } : options;
      return carriers.test(access, { kind, name: carrier, texts });
    },
    async 'operator.carriers.act'({ access, parameters: { carrier: name }, body: { action } }) {
      if (action === 'drain') return { left: await carriers.drain(access, name, drainWaitMs) };
      if (action === 'enable') await carriers.setEnabled(access, name, true);
      else await carriers.setPaused(access, name, action === 'pause');
      return { left: 0 };
    },
    async 'operator.carriers.remove'({ access, parameters }) {
      await carriers.remove(access, parameters.carrier);
      return {};
    },
    'operator.routes.list': async ({ access }) => ({
      rows: (await carriers.listRoutes(access)).map(renderRoute),
    }),
    'operator.routes.add': async ({ access, body }) => ({
      route: await carriers.addRoute(access, { ...body, ...conditionsOf(body) }),
    }),
    async 'operator.routes.change'({ access, parameters, body }) {
      await carriers.changeRoute(access, parameters.route, { ...body, ...conditionsOf(body) });
      return {};
    },
    async 'operator.routes.remove'({ access, parameters }) {
      await carriers.removeRoute(access, String(parameters.route));
      return {};
    },
    async 'operator.routes.explain'({ access, parameters }) {
      const { number, tier = 'premium', sender = null, account = null } = parameters;
      const answer = await carriers.explain(access, { number, tier, sender, account: account || null });
      return {
        country: answer.country,
        price: moneyOrNull(answer.priceMicros),
        rows: answer.routes.map(({ route, verdict, costMicros }) => ({
          route: renderRoute(route),
          verdict: verdict.kind,
          share: verdict.kind === 'taken' ? verdict.share : null,
          state: verdict.kind === 'unusable' ? verdict.state : null,
          condition: verdict.kind === 'other' ? verdict.condition : null,
          cost: moneyOrNull(costMicros),
        })),
      };
    },
  };
}

/** Empty texts are absent conditions. */
function conditionsOf({
  country,
  sender,
  cost,
  prefix,
  account,
  newSender,
  tag,
  hours,
}: Pick<NewRoute, 'country' | 'sender' | 'cost' | 'prefix' | 'account' | 'newSender' | 'tag' | 'hours'>) {
  return {
    tag: tag?.trim() || null,
    hours: hours?.trim() || null,
    prefix: prefix?.trim() || null,
    account: account?.trim() || null,
    newSender: newSender?.trim() || null,
    country: country?.trim() || null,
    sender: sender?.trim() || null,
    cost: cost?.trim().replace(',', '.') || null,
  };
}

function renderRoute({ id, costMicros, connectorId: _, accountId: _account, ...route }: ListedRoute) {
  return { ...route, resendOn: [...route.resendOn], route: id, cost: moneyOrNull(costMicros) };
}

function moneyOrNull(micros: bigint | null): string | null {
  return micros === null ? null : formatEuro(micros, 6);
}

function renderHealth({
  binds,
  lastMinute,
  lastAnswerAtMs,
  lastReceiptAtMs,
  troubledCountries = [],
  reportedAtMs: _,
  ...rest
}: LinkHealth) {
  return {
    ...rest,
    binds: binds.map(({ sinceMs, retryAtMs, ...bind }) => ({
      ...bind,
      since: iso(sinceMs),
      retryAt: isoOrNull(retryAtMs),
    })),
    lastMinute: { ...lastMinute, refusals: [...lastMinute.refusals] },
    lastAnswerAt: isoOrNull(lastAnswerAtMs),
    lastReceiptAt: isoOrNull(lastReceiptAtMs),
    troubledCountries: [...troubledCountries],
  };
}
