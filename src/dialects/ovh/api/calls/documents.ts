// Answers /me/document: files that customers upload for lists, and files that exports write. Used by call-table.ts.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate, renderDateOrNull } from '#dialects/ovh/api/dates.ts';
import { getUrlOf, putUrlOf } from '#dialects/ovh/api/document-address.ts';
import { badParameter, OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { readWebAddress } from '#dialects/ovh/api/web-address.ts';
import type { Document, DocumentTag } from '#domain/recipients/document.ts';

interface OneDocument {
  readonly id: string;
}

const maxNameLength = 255;
const maxTags = 50;

export const documentAnswers: Answers = {
  'GET /me/document': answer(({ services, customer }) => services.documents.list(customer)),

  'POST /me/document': answer<{ name: string; tags?: readonly DocumentTag[] }>(async (call) => {
    const { services, customer, input } = call;
    const { tags = [] } = input;
    const name = input.name.trim();
    if (name === '' || name.length > maxNameLength)
      throw badParameter('name', `A name has 1 to ${maxNameLength} characters`);
    if (tags.length > maxTags) throw badParameter('tags', `At most ${maxTags} tags`);
    const document = await services.documents.create(customer, { kind: 'personal', name, tags });
    if (document === null) throw new OvhRefusal(403, 'There are too many documents: delete some');
    return renderDocument(document, call);
  }),

  // Pages of any origin may call the addresses of documents (ovh/pages/documents.ts), so no origin is stored.
  'POST /me/document/cors': answer<{ origin: string }>(({ input }) => {
    const { origin } = input;
    if (origin !== '*' && readWebAddress(origin) === null)
      throw badParameter('origin', 'An origin is an http or https address, such as https://shop.example');
  }),

  'GET /me/document/{id}': answer<OneDocument>(async (call) => renderDocument(await find(call), call)),

  'PUT /me/document/{id}': answer<OneDocument & { expirationDate?: number | null }>(async (call) => {
    const { id } = await find(call);
    const { expirationDate } = call.input;
    if (typeof expirationDate === 'number' && expirationDate <= call.services.clock.now())
      throw badParameter('expirationDate', 'Name a time to come; DELETE drops a document');
    if (expirationDate !== undefined)
      await call.services.documents.setExpiry(call.customer, id, expirationDate);
  }),

  'DELETE /me/document/{id}': answer<OneDocument>(async (call) => {
    const { id } = await find(call);
    await call.services.documents.remove(call.customer, id);
  }),
};

/** Documents of a sender are not listed here. */
async function find({ services, customer, input }: Call<OneDocument>): Promise<Document> {
  const document = await services.documents.read(customer, input.id);
  if (document?.kind !== 'personal') throw unknownObject();
  return document;
}

function renderDocument(document: Document, { baseUrl }: Call<unknown>) {
  return {
    id: document.id,
    name: document.name,
    size: document.size,
    tags: document.tags.map(({ key, value }) => ({ key, value })),
    getUrl: getUrlOf(document, baseUrl),
    putUrl: putUrlOf(document, baseUrl),
    creationDate: renderDate(document.createdAtMs),
    validationDate: renderDateOrNull(document.writtenAtMs),
    expirationDate: renderDateOrNull(document.expiresAtMs),
  };
}
