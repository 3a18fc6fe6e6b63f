// Flags of connector kinds, options from the values of flags, and attempts to connect. Used by the commands about carriers and, as
// `carrierLinks`, by the operator's carriers service.
import { connectorKinds } from '#connectors/kinds.ts';
import { type ConnectorOption, type LinkTest, parseOptions } from '#domain/delivery/connector-kind.ts';
import { randomToken } from '#lib/security/secrets.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { CarrierLinks } from '#operations/operator/carriers/service.ts';
import { baseUrlOf } from './base-url.ts';
import type { Config } from './config/settings.ts';
import { isOwnAddress } from './own-address.ts';

export interface CarrierFlag {
  readonly type: 'string' | 'boolean';
  readonly value: string;
  readonly help: string;
}

export const carrierKinds: readonly string[] = [...connectorKinds.keys()];

/** The flags of all kinds. A flag that several kinds share has one meaning. */
export function carrierFlags(): Record<string, CarrierFlag> {
  const flags: Record<string, CarrierFlag> = {};
  for (const { options } of connectorKinds.values())
    for (const { flag, type, placeholder, sentence, default: usual } of options) {
      const help = `${sentence.charAt(0).toLowerCase()}${sentence.slice(1, -1)}`;
      const value = usual === null || type === 'boolean' ? help : `${help} (${usual})`;
      flags[flag] = { type: type === 'boolean' ? 'boolean' : 'string', value: placeholder, help: value };
    }
  return flags;
}

/** Member of the stored options for a flag; null if the kind has no such flag. */
export function carrierOptionName(kind: string, flag: string): string | null {
  return connectorKinds.get(kind)?.options.find((option) => option.flag === flag)?.name ?? null;
}

export interface ReadCarrier {
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that the table marks as secret. */
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly mistakes: readonly string[];
}

/** Values by flag; null for an unknown kind. A new link that is called by HTTP gets a random token. `stored`: its options, secrets included. */
export async function readCarrierOptions(
  kind: string,
  texts: Readonly<Record<string, string>>,
  config: Config,
  stored?: Readonly<Record<string, unknown>>,
): Promise<ReadCarrier | null> {
  const found = connectorKinds.get(kind);
  if (found === undefined) return null;
  const token =
    found.capabilities.inboundHttp && stored === undefined ? { 'callback-token': randomToken(24) } : {};
  const { values, mistakes } = parseOptions(found, { ...token, ...texts }, stored);
  const target = mistakes.length > 0 ? null : (found.targetOf?.(values) ?? null);
  const loop =
    target !== null && (await isOwnAddress(target, config))
      ? [
          `${kind === 'smpp' ? '--host and --port lead' : '--url or --base-url leads'} to this installation itself: its messages would never leave it. Give the address of a carrier.`,
        ]
      : [];
  const isSecret = (name: string) => found.options.some((option) => option.name === name && option.isSecret);
  const split = Object.groupBy(Object.entries(values), ([name]) => (isSecret(name) ? 'secrets' : 'options'));
  return {
    options: Object.fromEntries(split.options ?? []),
    secrets: Object.fromEntries(split.secrets ?? []),
    mistakes: [...mistakes, ...loop],
  };
}

/** One line about a link, without secrets. */
export function describeLink(kind: string, options: Readonly<Record<string, unknown>>): string {
  return connectorKinds.get(kind)?.describe(options) ?? '';
}

export interface CallbackUrls {
  readonly receipt: string;
  readonly reply: string;
}

/** The addresses for the carrier; null for a kind that is not called by HTTP. They contain a secret. */
export function callbackUrls(
  name: string,
  secrets: Readonly<Record<string, unknown>>,
  config: Config,
): CallbackUrls | null {
  const token = secrets['callbackToken'];
  if (typeof token !== 'string') return null;
  const base = `${baseUrlOf(config)}/carriers/${name}/${token}`;
  return { receipt: `${base}/receipt`, reply: `${base}/reply` };
}

/** Connects once with these options, secrets included. */
async function testLink(
  kind: string,
  options: Readonly<Record<string, unknown>>,
  clock: Clock,
): Promise<LinkTest> {
  const found = connectorKinds.get(kind);
  if (found?.test === undefined) return { result: 'misconfigured', reason: `no kind ${kind}`, durationMs: 0 };
  return found.test({ id: 0, name: 'test', options, learnt: {} }, { clock });
}

/** The connector kinds for the carriers service. */
export function carrierLinks(config: Config, clock: Clock): CarrierLinks {
  return {
    kinds: carrierKinds,
    optionsOf: (kind): readonly ConnectorOption[] => connectorKinds.get(kind)?.options ?? [],
    read: (kind, texts, stored) => readCarrierOptions(kind, texts, config, stored),
    describe: describeLink,
    callbackUrls: (name, secrets) => callbackUrls(name, secrets, config),
    test: (kind, options) => testLink(kind, options, clock),
  };
}
