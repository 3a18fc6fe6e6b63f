// The HTTP dialects of Octopush: legacy and REST, with the prefixes of their paths. Used by main.

import type { HttpFamily } from '#dialects/shared/http-errors.ts';
import type { LegacyServices } from './legacy/action.ts';
import { answerLegacyError, legacyFolders, octopushLegacyRoutes } from './legacy/routes.ts';
import type { RestServices } from './rest/endpoint.ts';
import { answerRestError, octopushRestRoutes, restBase } from './rest/routes.ts';

export function octopushHttp(services: LegacyServices & RestServices): HttpFamily {
  return {
    register(app) {
      app.register(async (scope) => octopushLegacyRoutes(scope, services));
      app.register(async (scope) => octopushRestRoutes(scope, services));
    },
    errorPrefixes: {
      [restBase]: answerRestError,
      ...Object.fromEntries(legacyFolders.map((folder) => [`/${folder}`, answerLegacyError])),
    },
  };
}
