// Opens the sealed options of links. Used by the connector set and by the callbacks of carriers.
import type { Log } from '#domain/base/log-events.ts';
import type { Seal } from '#lib/security/sealing.ts';

type LinkOptions = Readonly<Record<string, unknown>>;

interface SealedLink {
  readonly id: number;
  readonly options: LinkOptions;
  /** Null without secrets. */
  readonly sealedSecrets: Buffer | null;
}

/** All options. Sealed ones are absent if the key of the platform has changed: the link then cannot work, and others can. */
export function openOptions({ id, options, sealedSecrets }: SealedLink, seal: Seal, log: Log): LinkOptions {
  if (sealedSecrets === null) return options;
  try {
    return { ...options, ...(JSON.parse(seal.open(sealedSecrets)) as LinkOptions) };
  } catch {
    log.error('connector.secrets_unreadable', { connector: id });
    return options;
  }
}
