// Options of `chappe account set` for binds of SMPP. Used by account-set.ts; the accounts service checks the values.
import type { SmppSettings } from '#domain/account/account.ts';
import { type Call, type Option, UsageError } from './command.ts';

export const smppOptions = {
  'smpp-binds': { type: 'string', value: 'N', help: 'binds at the same time in one process (4)' },
  'smpp-window': { type: 'string', value: 'N', help: 'requests of a bind without a response (100)' },
  'smpp-delivery-window': {
    type: 'string',
    value: 'N',
    help: 'deliver_sm of a bind without a response (10)',
  },
  'smpp-rate': { type: 'string', value: 'N', help: 'segments a second over binds; 0: no limit (0)' },
  'smpp-addresses': {
    type: 'string',
    value: 'LIST',
    help: 'addresses and CIDR blocks that may bind, with commas; all: every address',
  },
  'smpp-tls': { type: 'string', value: 'YES|NO', help: 'whether binds need TLS (no)' },
  'smpp-alphabet': { type: 'string', value: 'SET', help: 'of data_coding 0: gsm or latin1' },
  'smpp-tier': { type: 'string', value: 'TIER', help: 'premium, low_cost or world' },
} as const satisfies Readonly<Record<string, Option>>;

/** The named options only. */
export function readSmppOptions(call: Call): Partial<SmppSettings> {
  const change: { -readonly [Name in keyof SmppSettings]?: SmppSettings[Name] } = {};
  const binds = wholeNumber(call, 'smpp-binds');
  if (binds !== undefined) change.maxBinds = binds;
  const window = wholeNumber(call, 'smpp-window');
  if (window !== undefined) change.window = window;
  const deliveryWindow = wholeNumber(call, 'smpp-delivery-window');
  if (deliveryWindow !== undefined) change.deliveryWindow = deliveryWindow;
  const rate = wholeNumber(call, 'smpp-rate');
  if (rate !== undefined) change.segmentsPerSecond = rate;
  const addresses = call.text('smpp-addresses');
  if (addresses !== undefined) change.allowedAddresses = readList(addresses);
  const tls = oneOf(call, 'smpp-tls', ['yes', 'no'] as const);
  if (tls !== undefined) change.demandsTls = tls === 'yes';
  const alphabet = oneOf(call, 'smpp-alphabet', ['gsm', 'latin1'] as const);
  if (alphabet !== undefined) change.alphabet = alphabet;
  const tier = oneOf(call, 'smpp-tier', ['premium', 'low_cost', 'world'] as const);
  if (tier !== undefined) change.tier = tier;
  return change;
}

function readList(written: string): string[] {
  if (written === 'all') return [];
  return written
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function wholeNumber(call: Call, option: string): number | undefined {
  const value = call.text(option);
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--${option} is "${value}", but must be a whole number`);
  return Number(value);
}

/** Undefined if the option is absent. */
export function oneOf<T extends string>(call: Call, option: string, values: readonly T[]): T | undefined {
  const value = call.text(option);
  if (value === undefined) return undefined;
  if (!(values as readonly string[]).includes(value))
    throw new UsageError(`--${option} is "${value}", but must be one of ${values.join(', ')}`);
  return value as T;
}
