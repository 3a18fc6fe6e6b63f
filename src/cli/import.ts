// chappe import octopush | ovh: moves an account of another platform into an account here. The rules are in operations/operator/imports.
import type { OperatorAccess } from '#operations/access/access.ts';
import { createOwnAccounts } from '#operations/account/accounts/service.ts';
import { createTemplates } from '#operations/account/templates.ts';
import { createUsers } from '#operations/account/users.ts';
import { createPhonebooks } from '#operations/audience/phonebooks.ts';
import { createImports, type Imports } from '#operations/operator/imports/imports.ts';
import type { Report } from '#operations/operator/imports/report.ts';
import { createOperatorOptOuts } from '#operations/operator/opt-outs.ts';
import { createReviews } from '#operations/operator/reviews.ts';
import { type Call, type Command, readNumber, requireText } from './command.ts';
import { withService } from './with-runtime.ts';

const shared = {
  into: { type: 'string', value: 'SERVICE', help: 'the account here, which exists' },
  'dry-run': { type: 'boolean', help: 'only say what would be imported' },
} as const;

function withImports(
  call: Call,
  work: (imports: Imports, access: OperatorAccess) => Promise<Report>,
): Promise<number> {
  const { allowPrivateCallbacks, senderReview } = call.config;
  return withService(
    call,
    (runtime) =>
      createImports(runtime, {
        services: {
          accounts: createOwnAccounts(runtime, { allowPrivateCallbacks }),
          users: createUsers(runtime, { allowPrivateCallbacks }),
          templates: createTemplates(runtime, { review: senderReview }),
          phonebooks: createPhonebooks(runtime),
          reviews: createReviews(runtime),
          optOuts: createOperatorOptOuts(runtime),
        },
      }),
    async (imports, access) => {
      const report = await work(imports, access);
      call.print(report, linesOf(report));
      return 0;
    },
  );
}

function orderOf(call: Call, usualApi: string) {
  return {
    into: requireText(call, 'into'),
    api: call.text('api') ?? usualApi,
    isDryRun: call.flag('dry-run'),
    note: (line: string) => process.stderr.write(`read: ${line}\n`),
  };
}

function linesOf({ isDryRun, parts, leftOut, passwords }: Report): string[] {
  return [
    ...(isDryRun ? ['nothing was changed; an import would do this:'] : []),
    ...Object.entries(parts).map(
      ([part, { added, known }]) => `${part}: ${added} added, ${known} there before`,
    ),
    ...passwords.map(
      ({ login, password }) => `new password of the user ${login}, shown this once: ${password}`,
    ),
    ...leftOut.map((sentence) => `left out: ${sentence}`),
  ];
}

export const importOvh: Command = {
  words: 'import ovh',
  summary:
    'Copies settings, senders, users, templates, phonebooks, opt-outs and sent messages of an OVH SMS account. A repetition adds only new ones.',
  options: {
    ...shared,
    api: { type: 'string', value: 'URL', help: 'the API there (https://eu.api.ovh.com/1.0)' },
    'application-key': { type: 'string', value: 'KEY', help: 'key of an application there' },
    'application-secret': { type: 'string', value: 'SECRET', help: 'its secret' },
    'consumer-key': {
      type: 'string',
      value: 'KEY',
      help: 'a key of the customer with GET on /sms/*, made at https://eu.api.ovh.com/createToken/',
    },
    service: { type: 'string', value: 'SERVICE', help: 'the account there, such as sms-ab12345-1' },
    'history-days': {
      type: 'string',
      value: 'N',
      help: 'also the messages sent there in the last N days, for message list --imported; each takes a request (0)',
    },
  },
  run: (call) =>
    withImports(call, (imports, access) =>
      imports.fromOvh(
        access,
        orderOf(call, 'https://eu.api.ovh.com/1.0'),
        {
          applicationKey: requireText(call, 'application-key'),
          applicationSecret: requireText(call, 'application-secret'),
          consumerKey: requireText(call, 'consumer-key'),
        },
        {
          service: requireText(call, 'service'),
          historyDays: readNumber(call, 'history-days', 0, 0, 3_650),
        },
      ),
    ),
};

export const importOctopush: Command = {
  words: 'import octopush',
  summary:
    'Copies the settings of an Octopush account that its API can read: callbacks, default sender, credit alert.',
  options: {
    ...shared,
    api: { type: 'string', value: 'URL', help: 'the API there (https://api.octopush.com/v1/public)' },
    login: { type: 'string', value: 'LOGIN', help: 'api-login there' },
    key: { type: 'string', value: 'KEY', help: 'api-key there' },
  },
  run: (call) =>
    withImports(call, (imports, access) =>
      imports.fromOctopush(access, orderOf(call, 'https://api.octopush.com/v1/public'), {
        login: requireText(call, 'login'),
        key: requireText(call, 'key'),
      }),
    ),
};
