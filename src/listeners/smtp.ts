// The SMTP listener: receives mails within limits of size, memory and time, and gives each to a handler. Used by main for
// mail to SMS. Offers STARTTLS with the operator's certificate only: the library's own key is public.

import { Buffer } from 'node:buffer';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Connection } from '#lib/net/connection-gate.ts';

export interface SmtpReply {
  readonly code: number;
  readonly text: string;
}

export interface Envelope {
  readonly remoteAddress: string;
  /** Empty: nobody may answer the mail. */
  readonly mailFrom: string;
  readonly recipients: readonly string[];
}

/** Answers the commands of a session. Null accepts the command. */
export interface MailHandler {
  onMailFrom(remoteAddress: string): SmtpReply | null;
  onRcptTo(address: string): SmtpReply | null;
  /** Resolves when the mail is durable, or with a reply that refuses it. */
  onMail(envelope: Envelope, raw: Buffer): Promise<SmtpReply>;
}

export interface MailListenerOptions {
  readonly host: string;
  readonly port: number;
  /** PEM. Null: no STARTTLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly maxConnections: number;
  /** Ends a new connection and returns false if it may not stay. */
  readonly admit?: (socket: Connection) => boolean;
  /** Time for one mail. The usual two minutes need 70 kbit/s for 1 MB. */
  readonly mailTimeoutMs?: number;
  readonly handler: MailHandler;
  readonly log: { debug(event: 'smtp.connection_failed', fields: { err: string }): void };
}

export interface MailListener {
  readonly port: number;
  /** Accepts no new mail, answers those in progress and closes all connections. */
  stop(): Promise<void>;
}

/** 10,000 recipients are 130 kB; the rest is for headers and HTML of mail programs. */
export const maxMailBytes = 1024 * 1024;
/** Of all mails that are being received. */
const maxHeldBytes = 64 * 1024 * 1024;
const maxRecipients = 10;
const socketTimeoutMs = 60_000;
const stopGraceMs = 2_000;

const overloaded: SmtpReply = { code: 451, text: 'Too many mails at once, try again in a minute' };
const tooSlow: SmtpReply = { code: 421, text: 'The mail takes too long to come' };
const closing: SmtpReply = { code: 421, text: 'Closing, try again in a minute' };

export async function openMailListener(options: MailListenerOptions): Promise<MailListener> {
  const { host, port, tls, maxConnections, mailTimeoutMs = 120_000, handler, log } = options;
  const inProgress = new Set<Promise<void>>();
  let isStopping = false;
  let heldBytes = 0;

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<SmtpReply> {
    let chunks: Buffer[] = [];
    let length = 0;
    let isHeld = true;
    const deadline = setTimeout(() => endSlowSession(session), mailTimeoutMs);
    try {
      // Read until its end in any case: a client that still writes reads no answer.
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (length + chunk.length > maxMailBytes || heldBytes + chunk.length > maxHeldBytes) isHeld = false;
        if (!isHeld) continue;
        chunks.push(chunk);
        length += chunk.length;
        heldBytes += chunk.length;
      }
      clearTimeout(deadline);
      if (!isHeld) return overloaded;
      const raw = Buffer.concat(chunks, length);
      chunks = [];
      const { mailFrom, rcptTo } = session.envelope;
      const envelope = {
        remoteAddress: session.remoteAddress,
        mailFrom: mailFrom ? mailFrom.address : '',
        recipients: rcptTo.map(({ address }) => address),
      };
      return await handler.onMail(envelope, raw);
    } finally {
      clearTimeout(deadline);
      heldBytes -= length;
    }
  }

  /** The time-out of the socket alone does not end a client that sends a byte now and then. */
  function endSlowSession(session: SMTPServerSession): void {
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
      done(asError(isStopping ? closing : handler.onMailFrom(session.remoteAddress)));
    },
    onRcptTo({ address }, _session, done) {
      done(asError(handler.onRcptTo(address)));
    },
    onData(stream, session, done) {
      const received = receive(stream, session).then(
        (reply) => (reply.code === 250 ? done(null, reply.text) : done(asError(reply))),
        // The client disconnected in the middle of its mail.
        () => done(asError(closing)),
      );
      inProgress.add(received);
      received.finally(() => inProgress.delete(received));
    },
  });
  const sockets = new Set<{ destroy(): void }>();
  server.server.prependListener('connection', (socket: Connection) => {
    if (options.admit?.(socket) === false) return;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server, host, port);
  server.on('error', (error) => log.debug('smtp.connection_failed', { err: error.message }));
  return {
    port: (server.server.address() as { port: number }).port,
    async stop() {
      isStopping = true;
      const closed = new Promise<void>((resolve) => server.server.once('close', resolve));
      await Promise.race([Promise.allSettled(inProgress), stopGrace()]);
      server.close();
      await Promise.race([closed, stopGrace()]);
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

function stopGrace(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref());
}

function asError(reply: SmtpReply | null): Error | null {
  return reply && Object.assign(new Error(reply.text), { responseCode: reply.code });
}
