// The console below /console: its API, from the contract, and the browser application. Used by main.
import { takeBodies } from '#dialects/shared/bodies.ts';
import { answerPlainError, type HttpFamily } from '#dialects/shared/http-errors.ts';
import { campaignHandlers } from './campaigns-routes.ts';
import { composeHandlers } from './compose-routes.ts';
import { answerConsoleError } from './errors.ts';
import { meHandlers } from './me-routes.ts';
import { messageHandlers } from './messages-routes.ts';
import { operatorHandlers } from './operator-routes.ts';
import type { ConsoleOptions } from './options.ts';
import { consolePages, readBuild } from './page.ts';
import { type Handlers, registerCalls } from './registration.ts';
import { sessionHandlers } from './session-routes.ts';
import { settingsHandlers } from './settings-routes.ts';

const bodyLimitBytes = 1024 * 1024;

/** The handlers of all calls: one line for each subject. */
function handlersOf(options: ConsoleOptions, build: string): Partial<Handlers> {
  return {
    ...sessionHandlers(options, build),
    ...meHandlers(options),
    ...composeHandlers(options),
    ...messageHandlers(options),
    ...campaignHandlers(options),
    ...settingsHandlers(options),
    ...operatorHandlers(options),
  };
}

export function consoleHttp(options: ConsoleOptions): HttpFamily {
  return {
    register(app) {
      app.register(async (scope) => {
        takeBodies(scope, bodyLimitBytes);
        scope.setErrorHandler(answerConsoleError);
        registerCalls(scope, handlersOf(options, await readBuild()), options);
      });
      app.register(async (scope) => {
        scope.removeAllContentTypeParsers();
        // A file is stored as it arrives, whatever its size: the service counts its bytes.
        scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
        scope.setErrorHandler(answerConsoleError);
        registerCalls(scope, handlersOf(options, await readBuild()), options, 'file');
      });
      app.register(async (scope) => {
        scope.setErrorHandler(answerPlainError);
        await consolePages(scope);
      });
      app.get('/', { exposeHeadRoute: false }, (request, reply) =>
        request.headers.accept?.includes('text/html')
          ? reply.redirect('/console/', 302)
          : reply.callNotFound(),
      );
    },
    errorPrefixes: { '/console/api': answerConsoleError, '/console': null },
  };
}
