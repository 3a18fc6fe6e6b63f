// The options of chappe carrier add and set that describe the link: flags and values come from the tables of the connector kinds
// (docs/reference/connector-options.md). Used by carrier.ts. Reports all mistakes together.
import {
  carrierFlags,
  carrierKinds,
  carrierOptionName,
  type ReadCarrier,
  readCarrierOptions,
} from '#main/carrier-options.ts';
import { type Call, type Option, UsageError } from './command.ts';

export const linkFlags: Readonly<Record<string, Option>> = {
  ...carrierFlags(),
  password: {
    type: 'string',
    value: 'SECRET',
    help: 'visible in the list of processes: prefer CHAPPE_CARRIER_PASSWORD or --password-stdin',
  },
};

/** Fields that lists of carriers show. */
const shownDefaults: Readonly<Record<string, object>> = {
  smpp: { port: 2775, systemType: '', tls: false, window: 100, tps: 0, binds: 1 },
};

/** Throws a UsageError that names every wrong flag. `password` is empty if none was given. */
export async function readLinkOptions(call: Call, kind: string, password: string): Promise<ReadCarrier> {
  // An SMPP link can have an empty password.
  const texts = { ...(kind === 'smpp' || password !== '' ? { password } : {}), ...textsOf(call) };
  const read = await readOptions(call, kind, texts);
  return { ...read, options: { ...shownDefaults[kind], ...read.options } };
}

/** The options of a link after the given flags; `password` is empty to keep the stored one. Throws like readLinkOptions. */
export async function changeLinkOptions(
  call: Call,
  { kind, options, secrets }: StoredLink,
  password: string,
): Promise<ReadCarrier> {
  const given = { ...(password !== '' ? { password } : {}), ...textsOf(call) };
  if (Object.keys(given).length === 0 && call.text('unset') === undefined)
    throw new UsageError('give an option of the link to change, such as --window 50, or --unset OPTION');
  const stored: Record<string, unknown> = { ...options, ...secrets };
  for (const flag of (call.text('unset') ?? '').split(',').filter((name) => name !== ''))
    delete stored[nameOfFlag(kind, flag.trim().replace(/^--/, ''))];
  return readOptions(call, kind, given, stored);
}

interface StoredLink {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

function nameOfFlag(kind: string, flag: string): string {
  const name = carrierOptionName(kind, flag);
  if (name === null) throw new UsageError(`--unset ${flag}: it is not an option of the kind ${kind}.`);
  return name;
}

function textsOf(call: Call): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [flag, { type }] of Object.entries(linkFlags)) {
    const text = type === 'boolean' ? (call.flag(flag) ? 'true' : undefined) : call.text(flag);
    if (text !== undefined && flag !== 'password') texts[flag] = text;
  }
  return texts;
}

async function readOptions(
  call: Call,
  kind: string,
  texts: Readonly<Record<string, string>>,
  stored?: Readonly<Record<string, unknown>>,
): Promise<ReadCarrier> {
  const read = await readCarrierOptions(kind, texts, call.config, stored);
  if (read === null)
    throw new UsageError(`The carrier kind is "${kind}", but must be ${carrierKinds.join(', ')}.`);
  if (read.mistakes.length > 0) throw new UsageError(read.mistakes.join('\n'));
  return read;
}
