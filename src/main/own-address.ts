// Decides whether a URL, of HTTP or of SMPP (smpp://host:port), leads to this installation. Used by `chappe carrier add`: messages to a carrier that is the installation
// itself would go round for ever, each time for money. Cannot know an address that a proxy or a firewall forwards.
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { Config } from './config/settings.ts';

type Needs = Pick<Config, 'publicUrl' | 'host' | 'httpPort' | 'httpsPort' | 'smppPort' | 'smppsPort'>;

export async function isOwnAddress(written: string, config: Needs): Promise<boolean> {
  const url = URL.parse(written);
  if (url === null) return false;
  const isSmpp = url.protocol === 'smpp:';
  if (!isSmpp && config.publicUrl !== null && URL.parse(config.publicUrl)?.host === url.host) return true;
  const listened = isSmpp ? [config.smppPort, config.smppsPort] : [config.httpPort, config.httpsPort];
  const ports = listened.filter((port) => port !== 0).map(String);
  if (!ports.includes(url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const addresses = await lookup(url.hostname.replace(/^\[(.*)\]$/, '$1'), { all: true }).catch(() => []);
  return addresses.some(({ address }) => isOfThisMachine(address));
}

function isOfThisMachine(address: string): boolean {
  if (/^(127\.|0\.0\.0\.0$|::1$|::$|::ffff:127\.)/.test(address)) return true;
  return Object.values(networkInterfaces()).some((own) => own?.some((one) => one.address === address));
}
