// The address of this platform for customers and carriers, as far as the settings have it. Used by services and connectors.
import { urlOf } from '#listeners/listening.ts';
import type { Config } from './config/settings.ts';

/** Without a slash at the end. */
export function baseUrlOf({
  publicUrl,
  host,
  httpPort,
  httpsPort,
}: Pick<Config, 'publicUrl' | 'host' | 'httpPort' | 'httpsPort'>): string {
  if (publicUrl !== null) return publicUrl.replace(/\/+$/, '');
  return httpPort === 0 ? urlOf('https', host, httpsPort) : urlOf('http', host, httpPort);
}
