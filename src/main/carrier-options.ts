// Connector kinds as the commands about carriers need them: flags, and values from flags. Used by the command line.
import { connectorKinds } from '#connectors/kinds.ts';
import { type ParsedOptions, parseOptions } from '#domain/delivery/connector-kind.ts';

export interface CarrierFlag {
  readonly type: 'string' | 'boolean';
  readonly value: string;
  readonly help: string;
}

export const carrierKinds: readonly string[] = [...connectorKinds.keys()];

/** The flags of all kinds; kinds that share a flag share its meaning. */
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

/** By flag, a boolean flag as 'true'; null if there is no such kind. */
export function readCarrierOptions(
  kind: string,
  texts: Readonly<Record<string, string>>,
): ParsedOptions | null {
  const found = connectorKinds.get(kind);
  return found === undefined ? null : parseOptions(found, texts);
}
