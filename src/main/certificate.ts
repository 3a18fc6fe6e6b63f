// The certificate of the listeners: the operator's own, or that of the local authority. Used by the HTTPS and SMTP listeners.
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { literalAddress } from '#lib/net/address-guard.ts';
import type { CertificateWithKey } from '#lib/security/x509/certificates.ts';
import type { Clock } from '#lib/time/clock.ts';
import { isEveryAddress } from '#listeners/listening.ts';
import type { Config } from './config/settings.ts';
import type { ListenersOptions } from './http-server.ts';
import { authorityFolder, localCertificate } from './local-authority.ts';

/** Host names in the clients of Octopush and OVH, and the names of this machine. */
const usualNames = [
  'localhost',
  '127.0.0.1',
  '::1',
  'api.octopush.com',
  'www.octopush-dm.com',
  'octopush-dm.com',
  'eu.api.ovh.com',
  'api.ovh.com',
  'ca.api.ovh.com',
  'www.ovh.com',
  'www.ovh.co.uk',
  'us.api.ovh.com',
  'api.us.ovhcloud.com',
  'api.eu.ovhcloud.com',
  'api.ca.ovhcloud.com',
  'auth.eu.ovhcloud.com',
  'auth.ca.ovhcloud.com',
];

/** The operator's certificate with its key, checked at the start; null if none is set. */
export async function operatorCertificate({ tlsCert, tlsKey }: Config): Promise<CertificateWithKey | null> {
  if (tlsCert === null && tlsKey === null) return null;
  if (tlsCert === null || tlsKey === null)
    throw new Error('CHAPPE_TLS_CERT and CHAPPE_TLS_KEY belong together: set both, or neither');
  try {
    const pair = { cert: await readFile(tlsCert, 'utf8'), key: await readFile(tlsKey, 'utf8') };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    throw new Error(`CHAPPE_TLS_CERT and CHAPPE_TLS_KEY cannot be used: ${(error as Error).message}`);
  }
}

/**
 * The operator's certificate if it is set, else that of the local authority, which is created on first use. `setting` closes the
 * listener that needs it.
 */
export async function listenerCertificate(
  config: Config,
  nowMs: number,
  setting: string,
): Promise<CertificateWithKey> {
  const operators = await operatorCertificate(config);
  if (operators !== null) return operators;
  try {
    return await localCertificate(config.dataDir, namesOf(config), nowMs);
  } catch (error) {
    throw new Error(
      `the certificate in ${authorityFolder(config.dataDir)} cannot be used: ${(error as Error).message}; ` +
        `mend that, set CHAPPE_TLS_CERT and CHAPPE_TLS_KEY, or close the listener with ${setting}=0`,
    );
  }
}

/** Options of the HTTPS listener from the configuration. */
export function httpsOf(config: Config, clock: Clock): ListenersOptions['https'] {
  return {
    port: config.httpsPort,
    isProxy: config.proxy,
    certificate: () => listenerCertificate(config, clock.now(), 'CHAPPE_HTTPS_PORT'),
  };
}

/** All names and addresses in the certificate of the local authority. */
export function namesOf({
  host,
  publicUrl,
  tlsNames,
}: Pick<Config, 'host' | 'publicUrl' | 'tlsNames'>): string[] {
  const url = publicUrl === null ? null : URL.parse(publicUrl);
  const calledBy = url && (literalAddress(url) ?? url.hostname);
  const names = [...usualNames, isEveryAddress(host) ? '' : host, calledBy ?? '', ...tlsNames];
  return [...new Set(names.filter((name) => name !== ''))];
}
