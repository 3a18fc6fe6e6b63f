// Writes and reads the addresses of documents. Used by answers with documents, by the routes of documents (pages/documents.ts) and
// by lists. An address is the only credential of its document.
import type { Document } from '#domain/recipients/document.ts';
import type { DocumentAddress } from '#operations/audience/documents.ts';

/** The address for a download. */
export function getUrlOf(document: Document, baseUrl: string): string {
  return urlOf(document, document.getToken, baseUrl);
}

/** The address for an upload by PUT. */
export function putUrlOf(document: Document, baseUrl: string): string {
  return urlOf(document, document.putToken, baseUrl);
}

function urlOf({ bucket, id }: Document, token: string, baseUrl: string): string {
  return `${baseUrl}/documents/${bucket}-${id}/${token}`;
}

/** A smallint. */
const maxBucket = 32_767;
const addressPath =
  /^\/documents\/(\d{1,5})-([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\/([A-Za-z0-9]{1,100})$/;

/** Reads the path of a document's address. Null: any other path. */
export function readDocumentPath(path: string): DocumentAddress | null {
  const [, bucket, id, token] = addressPath.exec(path) ?? [];
  return bucket === undefined || Number(bucket) > maxBucket
    ? null
    : { bucket: Number(bucket), id: id!, token: token! };
}
