// Receives receipts and replies of carriers by HTTP, at /carriers/NAME/TOKEN/receipt, …/reply, or …/callback for both. Used by the listeners. The kind
// of the connector reads them; the recorders of this process store them; the answer leaves after the commit. A carrier that gets
// an error repeats its request, and a repeated receipt or reply counts once.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { connectorKinds } from '#connectors/kinds.ts';
import { takeBodies } from '#dialects/shared/bodies.ts';
import type { HttpFamily } from '#dialects/shared/http-errors.ts';
import type { CallbackReading } from '#domain/delivery/connector-kind.ts';
import { hashSecret, isSameHash } from '#lib/security/secrets.ts';
import { baseUrlOf } from './base-url.ts';
import type { KnownLink } from './connector-set.ts';
import type { RoleContext } from './role.ts';

/** 10,000 receipts of 200 bytes. */
const bodyLimit = 2 * 1024 * 1024;
/** Of the list of carriers: a new one is known after this time. */
const listLifeMs = 1_000;
const retrySeconds = 30;

interface Params {
  readonly name: string;
  readonly token: string;
  readonly purpose: string;
}

/** `prepare` is called before the first receipt or reply is stored. */
export function carrierCallbacks(context: RoleContext, prepare: () => void): HttpFamily {
  const findLink = createLinkFinder(context);
  const baseUrl = baseUrlOf(context.config);

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { name, token, purpose } = request.params as Params;
    const link = await findLink(name);
    const isPurpose = purpose === 'receipt' || purpose === 'reply' || purpose === 'callback';
    if (link === null || !isPurpose || !isToken(link.options['callbackToken'], token))
      return reply.code(404).send({ message: 'there is no such address of a carrier' });
    const target = request.originalUrl;
    const [, query = ''] = /^[^?]*\?(.*)$/s.exec(target) ?? [];
    const { id, kind, learnt } = link;
    const reading = connectorKinds.get(kind)!.readCallback!(
      { id, name, options: link.options, learnt },
      {
        purpose,
        url: baseUrl + target.replace(/^https?:\/\/[^/?#]*/i, ''),
        query,
        headers: headersOf(request),
        contentType: (request.headers['content-type'] ?? '').toLowerCase(),
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      },
      context.clock.now(),
    );
    return settle(reply, id, reading);
  }

  async function settle(
    reply: FastifyReply,
    connector: number,
    reading: CallbackReading,
  ): Promise<FastifyReply> {
    if (reading.kind === 'refused') {
      context.log.warn('carrier_callback.refused', { connector, reason: reading.reason });
      return reply.code(403).send({ message: `The request was not accepted: ${reading.reason}.` });
    }
    for (const reason of reading.dropped) context.log.warn('carrier_callback.dropped', { connector, reason });
    for (const word of reading.unknownWords)
      context.log.warn('carrier_callback.state_unknown', { connector, word: word.slice(0, 20) });
    if (!(await save(connector, reading)))
      return reply
        .code(503)
        .header('retry-after', String(retrySeconds))
        .send({ message: 'It was not stored. Send it again.' });
    const { status, contentType, body } = reading.answer;
    return reply.code(status).type(contentType).send(body);
  }

  /** Resolves after the commits; false if one failed. */
  async function save(
    connector: number,
    { receipts, replies }: Extract<CallbackReading, { kind: 'read' }>,
  ): Promise<boolean> {
    prepare();
    const { carrierReceipts, carrierReplies } = context.ports;
    const saved = await Promise.all([
      ...receipts.map(
        (receipt) =>
          new Promise<boolean>((done) => carrierReceipts.consumer.record(connector, receipt, done)),
      ),
      ...replies.map(
        (reply) => new Promise<boolean>((done) => carrierReplies.consumer.record(connector, reply, done)),
      ),
    ]);
    return !saved.includes(false);
  }

  return {
    register(app) {
      app.register(async (scope) => {
        takeBodies(scope, bodyLimit);
        scope.route({ method: ['GET', 'POST'], url: '/carriers/:name/:token/:purpose', handler: answer });
      });
    },
    errorPrefixes: { '/carriers': null },
  };
}

/** Links whose kind is called by HTTP, by name. */
function createLinkFinder({ connectorSet, clock }: RoleContext) {
  let links: Promise<ReadonlyMap<string, KnownLink>> | null = null;
  let readAtMs = 0;

  async function read(): Promise<ReadonlyMap<string, KnownLink>> {
    const known = await connectorSet.listLinks();
    const inbound = known.filter(({ kind }) => connectorKinds.get(kind)?.readCallback !== undefined);
    return new Map(inbound.map((link) => [link.name, link]));
  }

  return async (name: string): Promise<KnownLink | null> => {
    const nowMs = clock.now();
    if (links === null || nowMs < readAtMs || nowMs - readAtMs > listLifeMs) {
      readAtMs = nowMs;
      links = read();
      // A failed read is not kept.
      links.catch(() => {
        links = null;
      });
    }
    return (await links).get(name) ?? null;
  };
}

/** Compares hashes, which have one length. */
function isToken(expected: unknown, given: string): boolean {
  return (
    typeof expected === 'string' && expected !== '' && isSameHash(hashSecret(expected), hashSecret(given))
  );
}

function headersOf({ headers }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
