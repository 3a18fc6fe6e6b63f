// The console below /console: its API, from the contract, and the browser application. Used by main.
import { takeBodies } from '#dialects/shared/bodies.ts';
import { answerPlainError, type HttpFamily } from '#dialects/shared/http-errors.ts';
import { accountHandlers } from './account-routes.ts';
import { audienceHandlers } from './audience-routes.ts';
import { campaignHandlers } from './campaigns-routes.ts';
import { composeHandlers } from './compose-routes.ts';
import { creditHandlers } from './credit-routes.ts';
import { developerHandlers } from './developers-routes.ts';
import { answerConsoleError } from './errors.ts';
import { registerEvents } from './events.ts';
import { homeHandlers } from './home-routes.ts';
import { inboxHandlers } from './inbox-routes.ts';
import { meHandlers } from './me-routes.ts';
import { messageHandlers } from './messages-routes.ts';
import { operatorHandlers } from './operator-routes.ts';
import type { ConsoleOptions } from './options.ts';
import { consolePages, readBuild } from './page.ts';
import { phoneHandlers } from './phone-routes.ts';
import { type Handlers, registerCalls } from './registration.ts';
import { sessionHandlers } from './session-routes.ts';
import { settingsHandlers } from './settings-routes.ts';

const bodyLimitBytes = 1024 * 1024;

/** The handlers of all calls: one line for each subject. */
function handlersOf(options: ConsoleOptions, build: string): Handlers {
  return {
    ...sessionHandlers(options, build),
    ...meHandlers(options),
    ...homeHandlers(options),
    ...composeHandlers(options),
    ...messageHandlers(options),
    ...phoneHandlers(options),
    ...developerHandlers(options),
    ...audienceHandlers(options),
    ...inboxHandlers(options),
    ...creditHandlers(options),
    ...accountHandlers(options),
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
        const build = await readBuild();
        registerCalls(scope, handlersOf(options, build), options);
        registerEvents(scope, options, build);
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
