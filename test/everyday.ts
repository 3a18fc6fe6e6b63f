// The journeys, browser tests and tests with separate processes that `npm test` runs, and the promise that each one proves. Used
// by scripts/test.ts. `npm test` must end within three minutes on two cores, so one test proves each promise; `npm run test:all`
// runs every file (docs/decisions/0024).

export const everydayTests: Readonly<Record<string, string>> = {
  'test/black-box/killed-sends.test.ts': 'no accepted message is lost by kill -9, and the ledger balances',
  'test/console/campaign-parts.test.ts': 'a large sending is one campaign in the console',
  'test/console/compose-segments.test.ts':
    'the console composes in a browser, and its counter is the code that bills',
  'test/journeys/cancelling.test.ts': 'a cancelled message is not sent and costs nothing',
  'test/journeys/carrier-changes.test.ts': 'a change of a carrier counts in the running process',
  'test/journeys/fates.test.ts': 'each answer and receipt of a carrier has its status, price and callback',
  'test/journeys/http-carriers.test.ts': 'messages leave over HTTP, and receipts and replies come back',
  'test/journeys/legacy-clients.test.ts': 'clients of the legacy API work unmodified',
  'test/journeys/low-credit.test.ts': 'a customer is told once that the credit is low',
  'test/journeys/one-money.test.ts': 'credits of OVH and euros of Octopush are one balance',
  'test/journeys/operations-outage.test.ts': 'health and metrics tell an outage of the database',
  'test/journeys/ovh-account.test.ts': 'an OVH client reads its account',
  'test/journeys/ovh-mails.test.ts': "OVH's mail form sends",
  'test/journeys/ovh-phonebooks.test.ts': 'phonebooks are imported and exported',
  'test/journeys/ovh-rates.test.ts': "OVH's prices are those of the rate card",
  'test/journeys/ovh-users.test.ts': "OVH's users send with their own password and quota",
  'test/journeys/receipts.test.ts': 'receipts that are early, repeated or unknown are pushed once',
  'test/journeys/rest-document.test.ts': 'the OpenAPI document describes what is served',
  'test/journeys/rest-fuzz.test.ts': 'no request by REST gives an answer of 500',
  'test/journeys/retention.test.ts': 'expired rows are deleted, and the ledger balances',
  'test/journeys/routing.test.ts': 'messages take the route that the rules choose',
  'test/journeys/smpp.test.ts': 'SMPP clients send and get receipts and replies',
  'test/journeys/traces.test.ts': 'one trace follows a message from request to callback',
  'test/journeys/transfers.test.ts': 'concurrent sends and transfers never spend credit twice',
};

const chosenFolders = /^test\/(black-box|console|journeys)\/|^test\/soak\./;

/** Of other folders: 10 to 20 s of processor time each, or part of `npm run check`. */
const otherDays =
  /^src\/store\/embedded\/embedded\.|^src\/operations\/operator\/retention\.|^test\/repository\/|^test\/tidy\./;

/** `file` is a path from the root of the repository. */
export function isEveryday(file: string): boolean {
  return chosenFolders.test(file) ? file in everydayTests : !otherDays.test(file);
}
