// Takes request bodies as bytes, whatever type their clients announce. Serves the HTTP dialects.
// It must never cut off a client that is still writing: such a client does not read the answer that tells it why.

import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { RefusedError } from '#domain/base/refusals.ts';

/** What is read and thrown away of a body that is too large, before the connection is cut after all. */
const drainFactor = 8;

/** A media type that fastify would accept. */
const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** From then on the bodies in this scope are Buffers. More than `limitBytes` is refused as `body-too-large`. */
export function takeBodies(app: FastifyInstance, limitBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => collect(payload, limitBytes, done));
  app.addHook('onRequest', (request, _reply, done) => {
    // Quirk: clients announce all sorts of types for the same form (protocols/octopush.md 2.1), some of them not even
    // well formed. Fastify answers those with 415.
    const type = request.headers['content-type'];
    if (type !== undefined && !mediaType.test(type))
      request.headers['content-type'] = 'application/octet-stream';
    done();
  });
}

function collect(
  payload: IncomingMessage,
  limitBytes: number,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  let chunks: Buffer[] = [];
  let length = 0;
  let isDone = false;
  const finish = (error: Error | null, body?: Buffer) => {
    if (isDone) return;
    isDone = true;
    done(error, body);
  };
  const tooLarge = () => new RefusedError('body-too-large', `A request has at most ${limitBytes} bytes.`);
  payload.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limitBytes) chunks.push(chunk);
    else {
      chunks = [];
      if (length > limitBytes * drainFactor) finish(tooLarge());
    }
  });
  payload.on('end', () =>
    length > limitBytes ? finish(tooLarge()) : finish(null, Buffer.concat(chunks, length)),
  );
  // The client hung up; nobody reads the answer.
  payload.on('error', () => finish(new RefusedError('body-malformed', 'The body ends too early.')));
}
