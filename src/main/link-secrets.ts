// Opens the sealed options of links. Used by the connector set and by the callbacks of carriers.
import type { Log } from '#domain/base/log-events.ts';
import type { Seal } from '#lib/security/sealing.ts';
import type { ConnectorRow, LinkOptions } from '#store/platform/carriers.ts';

/** All options. Sealed ones are absent if the key of the platform has changed: the link then cannot work, and others can. */
export function openOptions(
  { id, options, sealedSecrets }: Pick<ConnectorRow, 'id' | 'options' | 'sealedSecrets'>,
  seal: Seal,
  log: Log,
): LinkOptions {
  if (sealedSecrets === null) return options;
  try {
    return { ...options, ...(JSON.parse(seal.open(sealedSecrets)) as LinkOptions) };
  } catch {
    log.error('connector.secrets_unreadable', { connector: id });
    return options;
  }
}
