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
import { documentRoutes } from './pages/documents.ts';
import { keyPages } from './pages/key-pages.ts';
import { orderPages } from './pages/order-pages.ts';

export function ovhHttp(services: OvhServices, http2sms: Http2smsServices): HttpFamily {
  const { keys, documents, orders } = services.desks;
  return {
    register(app) {
      app.register(async (scope) => ovhRoutes(scope, services));
      app.register(async (scope) => keyPages(scope, { keys, publicUrls: services.publicUrls }));
      app.register(async (scope) => documentRoutes(scope, documents));
      app.register(async (scope) => http2smsRoutes(scope, http2sms));
      app.register(async (scope) => orderPages(scope, orders));
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
