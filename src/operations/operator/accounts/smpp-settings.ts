// Options of an account for binds: read, checked and merged (docs/dialects/smpp.md#limits). Used by the accounts service.
import { defaultSmppSettings, type SmppSettings } from '#domain/account/account.ts';
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { isBlock } from '#lib/net/address-guard.ts';

type Changeable<T> = { -readonly [Name in keyof T]?: T[Name] };

const ranges = {
  maxBinds: [1, 1_000],
  window: [1, 10_000],
  deliveryWindow: [1, 10_000],
  segmentsPerSecond: [0, 1_000_000],
} as const satisfies Partial<Record<keyof SmppSettings, readonly [min: number, max: number]>>;

/** Throws OperatorRefusal for a value out of its range. */
export function changeSmppSettings(
  before: SmppSettings | null,
  change: Changeable<SmppSettings>,
): SmppSettings {
  for (const [name, [min, max]] of Object.entries(ranges)) {
    const value = change[name as keyof typeof ranges];
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) continue;
    throw new OperatorRefusal(`${name} must be a whole number from ${min} to ${max}`);
  }
  for (const block of change.allowedAddresses ?? [])
    if (!isBlock(block))
      throw new OperatorRefusal(`"${block}" must be an address or a block such as 192.0.2.0/24`);
  return { ...(before ?? defaultSmppSettings), ...change };
}
