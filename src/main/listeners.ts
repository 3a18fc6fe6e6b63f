// Constructs the listeners of customers: HTTP, HTTPS, SMTP and SMPP, with one limit of connections. Used by the role `listeners`.
import type { Log } from '#domain/base/log-events.ts';
import { isInBlocks } from '#lib/net/address-guard.ts';
import { ConnectionGate, connectionsWithin, descriptorLimit } from '#lib/net/connection-gate.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { hourMs } from '#lib/time/duration.ts';
import { fatesByLastTwoDigits } from '#simulator/fates.ts';
import { baseUrlOf } from './base-url.ts';
import { carrierCallbacks } from './carrier-callbacks.ts';
import { carrierLinks } from './carrier-options.ts';
import { httpsOf } from './certificate.ts';
import type { Config } from './config/settings.ts';
import { shownSettings } from './config/shown-settings.ts';
import { isSimulated } from './connector-set.ts';
import { type Listeners, type ListenersOptions, openListeners } from './http-server.ts';
import { openSmtpListener, type SmtpListener } from './mail-server.ts';
import { readOrderTexts } from './order-texts.ts';
import type { ListenerUrls, RoleContext } from './role.ts';
import type { SmppServer } from './smpp-server.ts';
import { readTicket } from './tickets.ts';
import { readVersion } from './version.ts';

export interface CustomerListeners {
  open(): Promise<void>;
  urls(): ListenerUrls;
  /** Called also after a failed `open`. */
  stop(): Promise<void>;
}

/** `beforeCallback` is called before a receipt or reply of a carrier is stored. */
export function openCustomerListeners(
  context: RoleContext,
  smpp: SmppServer,
  beforeCallback: () => void,
): CustomerListeners {
  const { config, runtime, services } = context;
  const { clock, log } = runtime;
  let http: Listeners | undefined;
  let mail: SmtpListener | null | undefined;
  return {
    async open() {
      const gate = openGate(config, log);
      http = await openListeners({
        host: config.host,
        httpPort: config.httpPort,
        https: httpsOf(config, clock),
        gate,
        heldMegabytes: config.heldMegabytes,
        services,
        ovh: ovhOptionsOf(config),
        console: consoleOptionsOf(context),
        trustedProxies: config.trustedProxies,
        clock,
        log,
        readiness: context.readiness,
        carriers: carrierCallbacks(context, beforeCallback),
      });
      mail = await openSmtpListener({ config, runtime, services, gate });
      await smpp.open(gate);
    },
    urls: () => ({
      httpUrl: http?.httpUrl ?? null,
      httpsUrl: http?.httpsUrl ?? null,
      smtpUrl: mail?.smtpUrl ?? null,
      ...smpp.urls(),
    }),
    async stop() {
      await Promise.all([http?.stop(), mail?.stop(), smpp.stop()]);
    },
  };
}

function ovhOptionsOf(config: Config): ListenersOptions['ovh'] {
  return {
    publicUrls: config.publicUrl === null ? [] : [config.publicUrl],
    clockWindowSeconds: config.ovhClockWindow,
    stopShortCode: config.stopShortCode,
    ...readOrderTexts(config),
  };
}

function consoleOptionsOf({ config, runtime, connectorSet }: RoleContext): ListenersOptions['console'] {
  if (!config.console) return null;
  return {
    baseUrl: baseUrlOf(config),
    publicUrls: config.publicUrl === null ? [] : [config.publicUrl],
    label: config.label,
    hasMail: config.mailRelay !== null,
    version: readVersion(),
    settings: shownSettings(config),
    carrierLinks: carrierLinks(config, runtime.clock),
    keepDays: config.keepMessagesDays,
    receiptWindowMs: config.receiptWindowHours * hourMs,
    readTicket,
    isDemo: () => isSimulated(config, runtime),
    simulatedCarrier: () => connectorSet.simulator,
    fates: fatesByLastTwoDigits,
  };
}

/** One limit for all listeners of the process: the database, carriers and callbacks need descriptors too. */
function openGate(config: Config, log: Log): ConnectionGate {
  const descriptors = descriptorLimit();
  const wanted = config.connections;
  const most = descriptors === null ? wanted : connectionsWithin(wanted, descriptors);
  if (most < wanted) log.warn('listener.limit_lowered', { descriptors, connections: most, wanted });
  return new ConnectionGate({
    most,
    mostPerAddress: Math.min(config.connectionsPerAddress, most),
    isExempt: (address) => isInBlocks(config.trustedProxies, address),
    onRefused: (refused) => log.warn('listener.connections_refused', { refused, limit: most }),
    now: () => steadyClock.now(),
  });
}
