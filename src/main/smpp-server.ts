// Opens the SMPP listener of customers and the pusher of their callbacks over binds. Used by the role `listeners`.

import { SmppSessions } from '#dialects/smpp/sessions.ts';
import type { ConnectionGate } from '#lib/net/connection-gate.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { explainListening, urlOf } from '#listeners/listening.ts';
import { openSmppListener, type SmppListener } from '#listeners/smpp.ts';
import { BindPusher } from '#pipeline/deliver-callbacks.ts';
import { listenerCertificate } from './certificate.ts';
import type { RoleContext } from './role.ts';

export interface SmppServer {
  readonly pusher: BindPusher;
  open(gate: ConnectionGate): Promise<void>;
  urls(): { readonly smppUrl: string | null; readonly smppsUrl: string | null };
  /** Unbinds the customers after the responses that they wait for. */
  stop(): Promise<void>;
}

/** Name of the loop that claims callbacks for binds. */
export const bindCallbacks = 'bind callbacks';

/** Clients answer unbind within seconds. */
const unbindGraceMs = 5_000;

export function createSmppServer(context: RoleContext): SmppServer {
  const { config, clock, log, services } = context;
  const { host, smppPort, smppsPort } = config;
  const sessions = new SmppSessions({
    services,
    clock,
    steadyClock,
    log,
    isStopping: context.isStopping,
    onReceiver: () => context.wake(bindCallbacks),
  });
  const pusher = new BindPusher(context, {
    processId: context.processId,
    boundAccounts: () => sessions.boundAccounts(),
    accountOf: (id) => context.accounts.byId(id),
    deliver: (prepared) => sessions.deliver(prepared),
    random: context.random,
  });
  let listener: SmppListener | null = null;
  return {
    pusher,
    async open(gate) {
      if (smppPort === 0 && smppsPort === 0) return;
      listener = await openSmppListener({
        host,
        port: smppPort,
        tlsPort: smppsPort,
        certificate: () => listenerCertificate(config, clock.now(), 'CHAPPE_SMPPS_PORT'),
        admit: (socket) => gate.admit(socket),
        accept: (peer) => sessions.accept(peer),
        tick: () => sessions.tick(),
        log,
      }).catch((error: unknown) => {
        const isTls = (error as { port?: number }).port === smppsPort;
        const [port, setting] = isTls ? [smppsPort, 'CHAPPE_SMPPS_PORT'] : [smppPort, 'CHAPPE_SMPP_PORT'];
        throw explainListening(error, host, port, setting);
      });
    },
    urls() {
      const url = (scheme: string, port: number | null) => (port === null ? null : urlOf(scheme, host, port));
      return {
        smppUrl: url('smpp', listener?.port ?? null),
        smppsUrl: url('smpps', listener?.tlsPort ?? null),
      };
    },
    async stop() {
      pusher.stopClaiming();
      if (listener === null) return;
      listener.stopAccepting();
      await sessions.stop(unbindGraceMs);
      await listener.close();
    },
  };
}
