// The addresses of a document: whoever has one needs no other key. Serves the answers that name them; document-door.ts
// stands behind them.
import type { Document } from '#domain/document.ts';

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
