// The SMPP listener of customers: sockets with and without TLS, limits of connections and of handshakes, timers, stop. Used by
// main/smpp-server.ts. Knows no PDU: a session of `accept` reads and writes octets.

import { type Loop, type LoopLog, startLoop } from '#lib/async/loop.ts';
import type { Connection } from '#lib/net/connection-gate.ts';
import { type Accept, listenTcp, type TcpServer } from '#lib/net/tcp-server.ts';
import type { CertificateWithKey } from '#lib/security/x509/certificates.ts';
import { dayMs } from '#lib/time/duration.ts';

interface SmppPeer {
  readonly address: string;
  readonly isTls: boolean;
}

export interface SmppListenerOptions {
  readonly host: string;
  /** 0: closed. */
  readonly port: number;
  readonly tlsPort: number;
  /** Called again every day, so that a renewed certificate is used without a restart. */
  readonly certificate: () => Promise<CertificateWithKey>;
  /** Ends a new connection and returns false if it may not stay. */
  readonly admit: (socket: Connection) => boolean;
  readonly accept: (peer: SmppPeer) => ReturnType<Accept>;
  /** Called four times a second from the first connection until it returns false: no session is left. */
  readonly tick: () => boolean;
  readonly log: LoopLog;
}

export interface SmppListener {
  /** Null: closed. */
  readonly port: number | null;
  readonly tlsPort: number | null;
  /** Accepts no further connection; the open ones continue. */
  stopAccepting(): void;
  /** Closes the open connections. */
  close(): Promise<void>;
}

const tickMs = 250;
const handshakeMs = 10_000;
const tlsOptions = { minVersion: 'TLSv1.2', handshakeTimeout: handshakeMs } as const;

/** Throws the error of a port that cannot be opened, with `port` as its number. */
export async function openSmppListener(options: SmppListenerOptions): Promise<SmppListener> {
  const { host, port, tlsPort, admit, accept, tick } = options;
  const servers: TcpServer[] = [];
  let renewal: Loop | null = null;
  let timer: NodeJS.Timeout | undefined;
  const accepted: typeof accept = (connection) => {
    timer ??= setInterval(() => {
      if (tick()) return;
      clearInterval(timer);
      timer = undefined;
    }, tickMs);
    return accept(connection);
  };
  const close = async () => {
    clearInterval(timer);
    await Promise.all([renewal?.stop(), ...servers.map((server) => server.close())]);
  };
  try {
    const plain =
      port === 0
        ? null
        : await listenTcp({ host, port, admit }, (address) => accepted({ address, isTls: false }));
    if (plain !== null) servers.push(plain);
    const secure = tlsPort === 0 ? null : await openTls({ ...options, accept: accepted });
    if (secure !== null) {
      servers.push(secure);
      renewal = renewCertificate(secure, options);
    }
    return {
      port: plain?.port ?? null,
      tlsPort: secure?.port ?? null,
      stopAccepting() {
        for (const server of servers) server.stopAccepting();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openTls({
  host,
  tlsPort,
  certificate,
  admit,
  accept,
}: SmppListenerOptions): Promise<TcpServer> {
  const tls = { ...(await certificate()), ...tlsOptions };
  return listenTcp({ host, port: tlsPort, tls, admit }, (address) => accept({ address, isTls: true }));
}

function renewCertificate(server: TcpServer, { certificate, log }: SmppListenerOptions): Loop {
  return startLoop({
    name: 'smpp certificate',
    everyMs: dayMs,
    log,
    work: async () => server.useCertificate({ ...(await certificate()), minVersion: tlsOptions.minVersion }),
  });
}
