// Reads request bodies as bytes, whatever type is announced, and decodes compressed ones. Used by the HTTP dialects.
// Limits: bytes as sent and as decoded, memory of all bodies (lib/net/held-bytes.ts), time. Never cuts off a client that still
// writes: it would not read the answer that names the reason.

import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type HeldBody, HeldBytes } from '#lib/net/held-bytes.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { decodeBody } from './body-encodings.ts';
import { bodyTooLarge, bodyTooSlow, bodyTruncated, tooManyLargeBodies } from './body-refusals.ts';

/** Of a body that is too large, this multiple of the limit is read and discarded before the connection is cut. */
const drainFactor = 8;
/** A larger body is kept only if `judge` accepts the headers. Nearly every request is smaller. */
const judgedAboveBytes = 64 * 1024;
/**
 * Time for the answer before the connection of a refused body is cut. The cut discards an answer that the client has not
 * read yet, and clients read it late: when they have sent their body, or on a busy machine.
 */
const lingerMs = 5_000;

/** A media type that Fastify accepts. */
const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** Checks the headers of a request with a large body, so that none is kept for a client without a key. Throws. */
export type Judge = (request: FastifyRequest) => unknown;

/** For an application without limits, as in tests of one dialect. */
const looseBounds = new HeldBytes({
  mostBytes: 1024 ** 3,
  mostBytesPerAddress: 1024 ** 3,
  graceMs: 120_000,
  leastRate: 1,
  now: () => steadyClock.now(),
});

const boundsKey = 'heldBytes';

/** All bodies of the application share these limits. */
export function boundBodies(app: FastifyInstance, bounds: HeldBytes): void {
  app.decorate(boundsKey, bounds);
}

/** Makes all bodies in this scope Buffers. More than `limitBytes` is refused as `body-too-large`. */
export function takeBodies(app: FastifyInstance, limitBytes: number, judge: Judge | null = null): void {
  const bounds = app.hasDecorator(boundsKey) ? app.getDecorator<HeldBytes>(boundsKey) : looseBounds;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) =>
    new Collector({ request, payload, limitBytes, bounds, judge, done }).start(),
  );
  app.addHook('onRequest', (request, reply, done) => {
    // Quirk: clients announce all sorts of types for the same form (docs/dialects/octopush.md), some of them not even
    // well formed. Fastify answers those with 415.
    const { headers, raw } = request;
    const type = headers['content-type'];
    if (type !== undefined && !mediaType.test(type)) headers['content-type'] = 'application/octet-stream';
    if (mayBeLarge(headers)) responses.set(raw, reply.raw);
    done();
  });
}

/** Responses to requests with a large body, whose bytes count until the answer is sent. */
const responses = new WeakMap<IncomingMessage, ServerResponse>();

function mayBeLarge(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > judgedAboveBytes;
}

interface CollectorOptions {
  readonly request: FastifyRequest;
  readonly payload: IncomingMessage;
  readonly limitBytes: number;
  readonly bounds: HeldBytes;
  readonly judge: Judge | null;
  readonly done: (error: Error | null, body?: Buffer) => void;
}

class Collector {
  readonly #options: CollectorOptions;
  readonly #held: HeldBody;
  #chunks: Buffer[] = [];
  #length = 0;
  /** The reason why nothing is kept; answered at the end of the body. */
  #refusal: Error | null = null;
  #judged: Promise<unknown> | null = null;
  #isDone = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#held = options.bounds.open(options.request.ip, (reason) => {
      this.#refuse(reason === 'slow' ? bodyTooSlow() : tooManyLargeBodies());
      this.#finish(this.#refusal);
      this.#hangUp();
    });
  }

  start(): void {
    const { payload, limitBytes } = this.#options;
    payload.on('data', (chunk: Buffer) => this.#take(chunk));
    payload.on('end', () => void this.#end());
    // The client disconnected and reads no answer.
    payload.on('error', () => this.#finish(bodyTruncated()));
    payload.on('close', () => {
      if (!this.#isDone && !payload.complete) this.#finish(bodyTruncated());
    });
    if (Number(payload.headers['content-length'] ?? 0) > limitBytes) this.#refuse(bodyTooLarge(limitBytes));
  }

  #take(chunk: Buffer): void {
    const { limitBytes } = this.#options;
    this.#length += chunk.length;
    if (this.#length > limitBytes) {
      if (this.#refusal === null) this.#refuse(bodyTooLarge(limitBytes));
      if (this.#length > limitBytes * drainFactor) this.#finish(this.#refusal);
    }
    if (this.#refusal !== null) {
      this.#held.pass(chunk.length);
      return;
    }
    if (this.#length > judgedAboveBytes) this.#judge();
    if (this.#held.add(chunk.length)) this.#chunks.push(chunk);
    else this.#refuse(tooManyLargeBodies());
  }

  #judge(): void {
    const { judge, request } = this.#options;
    if (judge === null || this.#judged !== null) return;
    this.#judged = Promise.resolve(request)
      .then(judge)
      .catch((error: Error) => {
        this.#refuse(error);
        // The client mends this first. Also when the limits have refused the body before the key was looked up.
        this.#refusal = error;
      });
  }

  async #end(): Promise<void> {
    this.#held.finish();
    if (this.#judged !== null) await this.#judged;
    if (this.#refusal !== null) return this.#finish(this.#refusal);
    const body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [];
    const encoding = this.#options.request.headers['content-encoding'];
    if (encoding === undefined) return this.#finish(null, body);
    try {
      const decoded = await decodeBody(body, encoding, this.#options.limitBytes);
      if (!this.#held.add(decoded.length)) throw tooManyLargeBodies();
      this.#finish(null, decoded);
    } catch (error) {
      this.#finish(error as Error);
    }
  }

  #refuse(error: Error): void {
    this.#refusal ??= error;
    this.#chunks = [];
    this.#held.drop();
  }

  #finish(error: Error | null, body?: Buffer): void {
    if (this.#isDone) return;
    this.#isDone = true;
    // A large body counts until it is answered, a small one is discarded by then.
    const response = responses.get(this.#options.payload);
    if (body !== undefined && response !== undefined && !response.destroyed)
      response.once('close', () => this.#held.close());
    else this.#held.close();
    this.#options.done(error, body);
  }

  #hangUp(): void {
    const { socket } = this.#options.payload;
    setTimeout(() => socket.destroy(), lingerMs).unref();
  }
}
