// The options of chappe carrier add that describe the link: flags and values come from the tables of the connector kinds
// (docs/reference/connector-options.md). Used by carrier.ts. Reports all mistakes together.
import { carrierFlags, carrierKinds, type ReadCarrier, readCarrierOptions } from '#main/carrier-options.ts';
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
  const texts: Record<string, string> = kind === 'smpp' || password !== '' ? { password } : {};
  for (const [flag, { type }] of Object.entries(linkFlags)) {
    const text = type === 'boolean' ? (call.flag(flag) ? 'true' : undefined) : call.text(flag);
    if (text !== undefined && flag !== 'password') texts[flag] = text;
  }
  const read = await readCarrierOptions(kind, texts, call.config);
  if (read === null)
    throw new UsageError(`The carrier kind is "${kind}", but must be ${carrierKinds.join(', ')}.`);
  if (read.mistakes.length > 0) throw new UsageError(read.mistakes.join('\n'));
  return { ...read, options: { ...shownDefaults[kind], ...read.options } };
}
