// Binds once to a carrier, reports its answer and unbinds. Used by kind.ts for `chappe carrier test` and the console. Sends no
// message. Never throws for the behaviour of a carrier.
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LinkTest } from '#domain/delivery/connector-kind.ts';
import { TcpLink } from '#lib/net/tcp-link.ts';
import type { Clock } from '#lib/time/clock.ts';
import { Session } from '#smpp/protocol/session.ts';
import { statusName } from '#smpp/protocol/status.ts';
import { findLinkProblem, type SmppOptions } from './options.ts';

/** The carrier may take as long as a bind of the link: `bindMs`, at most this. */
const maxWaitMs = 15_000;
const unbindWaitMs = 500;

export function tryBind(options: SmppOptions, clock: Clock): Promise<LinkTest> {
  const beginMs = clock.now();
  const tested = (result: LinkTest['result'], reason: string | null): LinkTest => ({
    result,
    reason,
    durationMs: clock.now() - beginMs,
  });
  const problem = findLinkProblem(options);
  if (problem !== null) return Promise.resolve(tested('misconfigured', problem));
  return new Promise((resolve) => {
    let socket: Socket;
    try {
      const { host, port, tls } = options;
      socket = tls ? connectTls({ host, port, ...(tls === true ? {} : tls) }) : connect({ host, port });
    } catch (error) {
      resolve(tested('misconfigured', (error as Error).message));
      return;
    }
    const timer = setTimeout(
      () => finish(tested('unreachable', isConnected ? 'no answer to the bind' : 'no connection in time')),
      Math.min(options.bindMs, maxWaitMs),
    );
    let isConnected = false;
    let isFinished = false;
    const finish = (test: LinkTest) => {
      if (isFinished) return;
      isFinished = true;
      clearTimeout(timer);
      resolve(test);
      if (test.result !== 'bound') return void socket.destroy();
      session.unbind(clock.now());
      link.wake();
      setTimeout(() => socket.destroy(), unbindWaitMs).unref();
    };
    const session = new Session<never>(
      'esme',
      { ...options, idleMs: 0 },
      {
        onBindRequest: () => {},
        onBound: () => finish(tested('bound', null)),
        onBindRefused: (status) => finish(tested('refused', statusName(status))),
        onRequest: (pdu) => {
          // A carrier that delivers at once repeats it to the link.
          const response = pdu.command === 'data_sm' ? 'data_sm_resp' : 'deliver_sm_resp';
          session.respond(response, pdu.sequence_number, options.retryStatus);
        },
        onResponse: () => {},
        onTimeout: () => {},
        onLost: () => {},
        onMalformed: () => {},
        onUnexpected: () => {},
        onClosed: (reason) => finish(tested('unreachable', reason)),
      },
      beginMs,
    );
    const link = new TcpLink(socket, {
      receive: (bytes) => session.receive(bytes, clock.now()),
      takeOutput: () => session.takeOutput(),
      ended: (reason) => {
        finish(tested('unreachable', reason));
        session.close(reason);
      },
    });
    socket.once(options.tls ? 'secureConnect' : 'connect', () => {
      isConnected = true;
      const { systemId, password, systemType, addressRange, bindMode } = options;
      session.bind(bindMode === 'transceiver' ? 'bind_transceiver' : 'bind_transmitter', {
        system_id: systemId,
        password,
        system_type: systemType,
        address_range: addressRange,
      });
      link.wake();
    });
  });
}
