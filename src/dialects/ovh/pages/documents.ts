// Uploads and downloads of documents, at the addresses in answers of /me/document and of other calls with files. Used by
// http-family.ts. The token in an address reparameters the signature. Bytes are streamed and never shown as a page of this origin.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readDocumentPath } from '#dialects/ovh/api/document-address.ts';
import { noRoom, OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { answerOvhError } from '#dialects/ovh/api/routes.ts';
import type { DocumentAddress } from '#operations/audience/documents.ts';
import type { Services } from '#operations/services.ts';

export type DocumentServices = Pick<Services, 'documents'>;

interface PathParameters {
  readonly document: string;
  readonly token: string;
}

/** A fastify plugin; its parsers and its error handler stay inside its own scope. */
export async function documentRoutes(app: FastifyInstance, { documents }: DocumentServices): Promise<void> {
  app.setErrorHandler(answerOvhError);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  // Any content type, also a malformed one: the body is stored as bytes.
  app.addHook('onRequest', async (request) => {
    request.headers['content-type'] = 'application/octet-stream';
  });
  // Pages of any origin may upload and download: the address is the only key, and no cookie is a credential.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*');
  });
  app.options('/documents/:document/:token', (_request, reply) =>
    reply
      .header('access-control-allow-methods', 'GET, PUT')
      .header('access-control-allow-headers', '*')
      .header('access-control-max-age', '86400')
      .code(204)
      .send(),
  );
  app.put<{ Params: PathParameters }>('/documents/:document/:token', async (request, reply) => {
    await put(documents, request);
    return reply.code(201).send();
  });
  app.get<{ Params: PathParameters }>('/documents/:document/:token', (request, reply) =>
    get(documents, request.params, reply),
  );
}

async function put(
  documents: Services['documents'],
  request: FastifyRequest<{ Params: PathParameters }>,
): Promise<void> {
  const found = await documents.findToWrite(readAddress(request.params));
  if (found === null) throw unknownObject();
  const { document, maxBytes } = found;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const body = request.body as Readable | undefined;
  // Not closed if it is too large: the client reads the answer only after it has written everything.
  const bytes = (body ?? Readable.from([])).iterator({ destroyOnReturn: false });
  const written = await documents.write(document, bytes);
  if (written === 'unknown') throw unknownObject();
  if (written === 'too-large') throw tooLarge(maxBytes);
  if (written === 'account-full' || written === 'platform-full') throw noRoom(written);
}

async function get(
  documents: Services['documents'],
  parameters: PathParameters,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const reading = await documents.openAddress(readAddress(parameters));
  if (reading === null) throw unknownObject();
  const { name, size } = reading.document;
  return (
    reply
      .header(
        'content-type',
        /\.(csv|txt)$/i.test(name) ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      )
      .header('content-length', size)
      // An uploaded file must not become a page of this origin.
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'private, no-store')
      .send(Readable.from(reading.bytes))
  );
}

function readAddress({ document, token }: PathParameters): DocumentAddress {
  const address = readDocumentPath(`/documents/${document}/${token}`);
  if (address === null) throw unknownObject();
  return address;
}

function tooLarge(maxBytes: number): OvhRefusal {
  return new OvhRefusal(413, `A document has at most ${maxBytes} bytes`);
}
