// What customers meet: the doors with everything that stands behind them. Serves the platform of a process that plays this
// role.

import type { Log } from '#domain/base/log-events.ts';
import type { RatesFor } from '#domain/money/price-changes.ts';
import type { ReplyNumber } from '#domain/plan/reply-numbers.ts';
import { isInBlocks } from '#lib/net/address-guard.ts';
import { ConnectionGate, connectionsWithin, descriptorLimit } from '#lib/net/connection-gate.ts';
import { steadyClock } from '#lib/time/clock.ts';
import type { SubmitCampaign } from '#pipeline/submit-campaign.ts';
import type { Caches } from './caches.ts';
import { httpsOf } from './certificate.ts';
import type { Config } from './config/settings.ts';
import { type Listeners, type ListenersOptions, openListeners } from './http-server.ts';
import { openSmtpListener, type SmtpListener } from './mail-server.ts';
import { customersOf } from './octopush-services.ts';
import { type OvhOffice, openOvhOffice } from './ovh-services.ts';
import { openRestOffice, type RestOffice } from './rest-services.ts';
import type { Runtime } from './runtime.ts';

export interface FrontOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly processId: number;
  readonly books: Caches;
  readonly submit: SubmitCampaign;
  /** As it is now. */
  readonly rates: RatesFor;
  /** The operator's pool of reply numbers, as it is now. */
  readonly replyNumbers: () => readonly ReplyNumber[];
  readonly buckets: () => readonly number[];
  /** There are campaigns on lists to compute. */
  readonly wakeLists: () => void;
  /** There is work for OVH's dialect that nobody waits for. */
  readonly wakeWork: () => void;
  /** There are chunks to claim. */
  readonly wakeDispatch: () => void;
  readonly readiness: ListenersOptions['readiness'];
}

export interface Front {
  readonly rest: RestOffice;
  readonly ovh: OvhOffice;
  /** Lets customers in. */
  open(): Promise<Listeners>;
  /** Null when it is closed. */
  openMail(): Promise<SmtpListener | null>;
}

export function openFront(options: FrontOptions): Front {
  const { config, runtime, processId, submit, rates } = options;
  const { accounts } = options.books;
  const { clock, log } = runtime;
  const { allowPrivateCallbacks } = config;
  const gate = openGate(config, log);
  const rest = openRestOffice({ ...options, accounts, wake: options.wakeLists, allowPrivateCallbacks });
  const ovh = openOvhOffice(options);
  return {
    rest,
    ovh,
    open: () =>
      openListeners({
        host: config.host,
        httpPort: config.httpPort,
        https: httpsOf(config, clock),
        gate,
        heldMegabytes: config.heldMegabytes,
        customers: customersOf({ runtime, processId, accounts, submit, rates }),
        restDesks: rest.desks,
        ovh,
        trustedProxies: config.trustedProxies,
        clock,
        log,
        readiness: options.readiness,
      }),
    openMail: () => openSmtpListener({ ...options, ovh: ovh.desks, gate }),
  };
}

/** One for all listeners of the process: descriptors are left for the database, carriers and callbacks. */
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
