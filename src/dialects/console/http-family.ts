// The console below /console: its API, from the contract, and the browser application. Used by main.
import { takeBodies } from '#dialects/shared/bodies.ts';
import type { HttpFamily } from '#dialects/shared/http-errors.ts';
import { answerConsoleError } from './errors.ts';
import { registerCalls } from './registration.ts';

const bodyLimitBytes = 1024 * 1024;

export function consoleHttp(): HttpFamily {
  return {
    register(app) {
      app.register(async (scope) => {
        takeBodies(scope, bodyLimitBytes);
        scope.setErrorHandler(answerConsoleError);
        registerCalls(scope, {});
      });
    },
    errorPrefixes: { '/console/api': answerConsoleError },
  };
}
