// The addresses of a document: whoever has one needs no other key. Serves the answers that name them, the door behind them
// (document-door.ts), and lists that are named by them.
import type { Document } from '#domain/recipients/document.ts';
import type { DocumentAddress } from '#operations/audience/documents.ts';

/** Where it is read. */
export function getUrlOf(document: Document, baseUrl: string): string {
  return urlOf(document, document.getToken, baseUrl);
}

/** Where its content is put, with PUT. */
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

/** What the path of such an address says; null for any other path. */
export function readDocumentPath(path: string): DocumentAddress | null {
  const [, bucket, id, token] = addressPath.exec(path) ?? [];
  return bucket === undefined || Number(bucket) > maxBucket
    ? null
    : { bucket: Number(bucket), id: id!, token: token! };
}
