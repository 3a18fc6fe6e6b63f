// The SMTP door: ordinary mail to the mailbox of the SMS. The library speaks the protocol, session.ts decides.
// Offers STARTTLS with the operator's certificate, and never without one: the library's own is known to everybody.

import { Buffer } from 'node:buffer';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Connection } from '#lib/net/connection-gate.ts';
import { closing, type Reply, tooMuchAtOnce, tooSlow } from './errors.ts';
import { createMailSessions, type MailServices } from './session.ts';

export interface MailListenerOptions {
  readonly host: string;
  readonly port: number;
  /** PEM; null: no STARTTLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly maxConnections: number;
  /** Whether a new connection may stay; cuts it otherwise. */
  readonly admit?: (socket: Connection) => boolean;
  /** How long one mail may take to come; 1 MB in the usual two minutes are 70 kbit/s. */
  readonly mailTimeoutMs?: number;
  readonly services: MailServices;
}

export interface MailListener {
  readonly port: number;
  /** Takes no new mail, answers those under way, and cuts the connections. */
  stop(): Promise<void>;
}

/** 10,000 recipients are 130 kB; the rest is what mail programs add. */
export const maxMailBytes = 1024 * 1024;
/** Of all mails that are being received. */
const maxHeldBytes = 64 * 1024 * 1024;
const maxRecipients = 10;
const socketTimeoutMs = 60_000;
const stopGraceMs = 2_000;

export async function openMailListener(options: MailListenerOptions): Promise<MailListener> {
  const { host, port, tls, maxConnections, mailTimeoutMs = 120_000, services } = options;
  const sessions = createMailSessions(services);
  const underWay = new Set<Promise<void>>();
  let isStopping = false;
  let heldBytes = 0;

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Reply> {
    let chunks: Buffer[] = [];
    let length = 0;
    let isHeld = true;
    const deadline = setTimeout(() => giveUp(session), mailTimeoutMs);
    try {
      // To its end, whatever it is: a client that still writes reads no answer.
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (length + chunk.length > maxMailBytes || heldBytes + chunk.length > maxHeldBytes) isHeld = false;
        if (!isHeld) continue;
        chunks.push(chunk);
        length += chunk.length;
        heldBytes += chunk.length;
      }
      clearTimeout(deadline);
      if (!isHeld) return tooMuchAtOnce;
      const raw = Buffer.concat(chunks, length);
      chunks = [];
      const { mailFrom, rcptTo } = session.envelope;
      const envelope = {
        remoteAddress: session.remoteAddress,
        mailFrom: mailFrom ? mailFrom.address : '',
        recipients: rcptTo.map(({ address }) => address),
      };
      return await sessions.onMail(envelope, raw);
    } finally {
      clearTimeout(deadline);
      heldBytes -= length;
    }
  }

  /** A byte now and then would keep the time-out of the socket from ever coming. */
  function giveUp(session: SMTPServerSession): void {
    for (const connection of server.connections)
      if (connection.session === session) connection.send(tooSlow.code, tooSlow.text);
  }

  const server = new SMTPServer({
    ...(tls === null ? {} : { ...tls, minVersion: 'TLSv1.2' as const }),
    name: 'chappe',
    disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', ...(tls === null ? ['STARTTLS'] : [])],
    size: maxMailBytes,
    rejectOversized: true,
    maxRecipients,
    maxClients: maxConnections,
    socketTimeout: socketTimeoutMs,
    closeTimeout: 1,
    disableReverseLookup: true,
    logger: false,
    onMailFrom(_address, session, done) {
      done(asError(isStopping ? closing : sessions.onMailFrom(session.remoteAddress)));
    },
    onRcptTo({ address }, _session, done) {
      done(asError(sessions.onRcptTo(address)));
    },
    onData(stream, session, done) {
      const work = receive(stream, session).then(
        (reply) => (reply.code === 250 ? done(null, reply.text) : done(asError(reply))),
        // The client went away in the middle of its mail.
        () => done(asError(closing)),
      );
      underWay.add(work);
      work.finally(() => underWay.delete(work));
    },
  });
  const sockets = new Set<{ destroy(): void }>();
  server.server.prependListener('connection', (socket: Connection) => {
    if (options.admit?.(socket) === false) return;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server, host, port);
  server.on('error', (error) => services.log.debug('smtp.connection_failed', { err: error.message }));
  return {
    port: (server.server.address() as { port: number }).port,
    async stop() {
      isStopping = true;
      const closed = new Promise<void>((resolve) => server.server.once('close', resolve));
      await Promise.race([Promise.allSettled(underWay), patience()]);
      server.close();
      await Promise.race([closed, patience()]);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listen(server: SMTPServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.server.listen({ host, port, backlog: 2048 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref());
}

function asError(reply: Reply | null): Error | null {
  return reply && Object.assign(new Error(reply.text), { responseCode: reply.code });
}
