// Flags of connector kinds, and options from the values of flags. Used by the commands about carriers.
import { connectorKinds } from '#connectors/kinds.ts';
import { type ParsedOptions, parseOptions } from '#domain/delivery/connector-kind.ts';

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

/** Values by flag, a boolean flag as 'true'; null for an unknown kind. */
export function readCarrierOptions(
  kind: string,
  texts: Readonly<Record<string, string>>,
): ParsedOptions | null {
  const found = connectorKinds.get(kind);
  return found === undefined ? null : parseOptions(found, texts);
}
