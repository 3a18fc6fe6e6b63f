// The HTTP dialects of OVH: the API with its pages and documents, and http2sms, with the prefixes of their paths. Used by main.

import type { HttpFamily } from '#dialects/shared/http-errors.ts';
import type { OvhServices } from './api/call-context.ts';
import { answerOvhError, ovhRoutes, ovhVersions } from './api/routes.ts';
import {
  answerHttp2smsError,
  type Http2smsServices,
  http2smsPath,
  http2smsRoutes,
} from './http2sms/routes.ts';
import { type DocumentServices, documentRoutes } from './pages/documents.ts';
import { type KeyPageServices, keyPages } from './pages/key-pages.ts';
import { type OrderPageServices, orderPages } from './pages/order-pages.ts';

export interface OvhHttpServices
  extends OvhServices,
    Http2smsServices,
    KeyPageServices,
    DocumentServices,
    OrderPageServices {}

export function ovhHttp(services: OvhHttpServices): HttpFamily {
  return {
    register(app) {
      for (const plugin of [ovhRoutes, keyPages, documentRoutes, http2smsRoutes, orderPages])
        app.register(async (scope) => plugin(scope, services));
    },
    errorPrefixes: {
      ...Object.fromEntries([...ovhVersions, '/documents'].map((prefix) => [prefix, answerOvhError])),
      [http2smsPath]: answerHttp2smsError,
      // Pages below a path prefix of the legacy Octopush API.
      '/api/createApp': null,
      '/api/createToken': null,
    },
  };
}
