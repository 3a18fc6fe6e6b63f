// Takes request bodies as bytes, whatever type their clients announce, decoded where they are compressed. Used by the HTTP
// dialects. Bounds: bytes as sent and as decoded, memory of all bodies (lib/net/held-bytes.ts), time.
// It must not cut off a client that is still writing: such a client does not read the answer that tells it why.

import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RefusedError } from '#domain/base/refusals.ts';
import { type HeldBody, HeldBytes } from '#lib/net/held-bytes.ts';
import { steadyClock } from '#lib/time/clock.ts';
import { decodeBody } from './body-encodings.ts';

/** What is read and thrown away of a body that is too large, before the connection is cut after all. */
const drainFactor = 8;
/** Up to here a body is read before anybody asks whose it is: nearly every request is smaller. */
const judgedAboveBytes = 64 * 1024;
/** Time for the answer to leave, before the connection of a body that was given up is cut. */
const lingerMs = 1_000;

/** A media type that fastify would accept. */
const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** Judges the headers of a request whose body is large, so that it is not kept for a client without a key. Throws. */
export type Judge = (request: FastifyRequest) => unknown;

/** Bodies of an application without bounds of its own, as in tests of one dialect. */
const looseBounds = new HeldBytes({
  mostBytes: 1024 ** 3,
  mostBytesPerAddress: 1024 ** 3,
  graceMs: 120_000,
  leastRate: 1,
  now: () => steadyClock.now(),
});

const boundsKey = 'heldBytes';

/** From then on all bodies of the application share these bounds. */
export function boundBodies(app: FastifyInstance, bounds: HeldBytes): void {
  app.decorate(boundsKey, bounds);
}

/** From then on the bodies in this scope are Buffers. More than `limitBytes` is refused as `body-too-large`. */
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

/** Of requests whose body may be large: their bytes are held until they are answered. */
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
  /** Why nothing of it is kept; told at its end. */
  #refusal: Error | null = null;
  #judged: Promise<unknown> | null = null;
  #isDone = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#held = options.bounds.open(options.request.ip, (reason) => {
      this.#refuse(reason === 'slow' ? tooSlow() : crowded());
      this.#finish(this.#refusal);
      this.#hangUp();
    });
  }

  start(): void {
    const { payload, limitBytes } = this.#options;
    payload.on('data', (chunk: Buffer) => this.#take(chunk));
    payload.on('end', () => void this.#end());
    // The client hung up; nobody reads the answer.
    payload.on('error', () => this.#finish(new RefusedError('body-malformed', 'The body ends too early.')));
    payload.on('close', () => {
      if (!this.#isDone && !payload.complete)
        this.#finish(new RefusedError('body-malformed', 'The body ends too early.'));
    });
    if (Number(payload.headers['content-length'] ?? 0) > limitBytes) this.#refuse(tooLarge(limitBytes));
  }

  #take(chunk: Buffer): void {
    const { payload, limitBytes } = this.#options;
    this.#length += chunk.length;
    if (this.#length > judgedAboveBytes) takeTurns(payload);
    if (this.#length > limitBytes) {
      if (this.#refusal === null) this.#refuse(tooLarge(limitBytes));
      if (this.#length > limitBytes * drainFactor) this.#finish(this.#refusal);
    }
    if (this.#refusal !== null) this.#held.pass(chunk.length);
    else if (!this.#held.add(chunk.length)) this.#refuse(crowded());
    else {
      this.#chunks.push(chunk);
      if (this.#length > judgedAboveBytes) this.#judge();
    }
  }

  #judge(): void {
    const { judge, request } = this.#options;
    if (judge === null || this.#judged !== null) return;
    this.#judged = Promise.resolve(request)
      .then(judge)
      .catch((error: Error) => this.#refuse(error));
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
      if (!this.#held.add(decoded.length)) throw crowded();
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
    // What is large counts until it is answered; what is small is gone by then.
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

/**
 * libuv reads a connection up to 32 times before it turns to the next: 250 clients that send at full speed kept all others
 * waiting for 20 s. A large body gives the turn away after each piece.
 */
function takeTurns(payload: IncomingMessage): void {
  payload.pause();
  setImmediate(() => payload.resume());
}

function tooLarge(limitBytes: number): RefusedError {
  return new RefusedError('body-too-large', `A request has at most ${limitBytes} bytes.`);
}

function crowded(): RefusedError {
  return new RefusedError(
    'body-too-large',
    'Too many large requests are coming in at the same time: send this one again, or smaller ones.',
  );
}

function tooSlow(): RefusedError {
  return new RefusedError('body-malformed', 'The body comes too slowly: send this request again.');
}
