// Creates, lists, reads and deletes documents of a sender, which the operator reviews
// (docs/dialects/ovh.md#senders-templates-and-numbers). Used by call-table.ts. Files are uploaded to the address in the answer.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate } from '#dialects/ovh/api/dates.ts';
import { getUrlOf, putUrlOf } from '#dialects/ovh/api/document-address.ts';
import { badParameter, OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import type { SenderDocument } from '#domain/account/sender.ts';
import { findSender, type OfSender, readText } from './senders.ts';

interface OfDocument extends OfSender {
  readonly documentID: string;
}

interface DocumentInput {
  readonly name?: string;
  readonly description?: string | null;
}

/** docs/dialects/ovh.md#senders-templates-and-numbers. */
const maxBytes = 10 * 1024 * 1024;
const maxDocuments = 10;
const maxLength = 255;
const base = '/sms/{serviceName}/senders/{sender}/documents';

export const senderDocumentAnswers: Answers = {
  [`GET ${base}`]: answer<OfSender>(async (call) => {
    const { name } = await findSender(call);
    const documents = await call.services.senders.listDocuments(call.access, name);
    return documents.map(({ documentId }) => documentId);
  }),

  [`POST ${base}`]: answer<OfSender & DocumentInput>(async (call) => {
    const { services, access, input } = call;
    const { name: sender } = await findSender(call);
    const name = readName(input.name ?? '');
    const description = readText('description', input.description ?? '', maxLength) || null;
    if ((await services.senders.listDocuments(access, sender)).length >= maxDocuments)
      throw new OvhRefusal(403, `A sender has at most ${maxDocuments} documents`);
    const document = await services.documents.create(access, { kind: 'attached', name, maxBytes });
    if (document === null) throw new OvhRefusal(403, 'There are too many documents');
    const senderDocument = { documentId: document.id, name, description, createdAtMs: document.createdAtMs };
    if (!(await services.senders.addDocument(access, sender, senderDocument))) throw unknownObject();
    return render(call, senderDocument);
  }),

  [`GET ${base}/{documentID}`]: answer<OfDocument>(async (call) => {
    const { name } = await findSender(call);
    const documents = await call.services.senders.listDocuments(call.access, name);
    const senderDocument = documents.find(
      ({ documentId }) => documentId === call.input.documentID.toLowerCase(),
    );
    if (senderDocument === undefined) throw unknownObject();
    return render(call, senderDocument);
  }),

  [`PUT ${base}/{documentID}`]: answer<OfDocument & DocumentInput>(async (call) => {
    const { services, access, input } = call;
    const { name: sender } = await findSender(call);
    const isDone = await services.senders.editDocument(
      access,
      { sender, documentId: input.documentID },
      {
        name: input.name === undefined ? undefined : readName(input.name),
        description: input.description === undefined ? undefined : input.description || null,
      },
    );
    if (!isDone) throw unknownObject();
  }),
};

function readName(written: string): string {
  const name = written.trim();
  if (name === '' || name.length > maxLength)
    throw badParameter('name', `A name has 1 to ${maxLength} characters`);
  return name;
}

async function render({ services, access, baseUrl }: Call, senderDocument: SenderDocument) {
  const document = await services.documents.read(access, senderDocument.documentId);
  if (document === null) throw unknownObject();
  return {
    documentID: senderDocument.documentId,
    name: senderDocument.name,
    description: senderDocument.description,
    size: document.size,
    createdAt: renderDate(senderDocument.createdAtMs),
    getUrl: getUrlOf(document, baseUrl),
    putUrl: putUrlOf(document, baseUrl),
  };
}
