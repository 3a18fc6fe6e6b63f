// All services and jobs of a process over a test database, without a process: no loop runs, and nothing is dispatched.
// For tests only.
import { capabilities } from '../../src/dialects/capabilities.ts';
import type { NumberFacts } from '../../src/domain/delivery/lookup.ts';
import { rateCardOf } from '../../src/domain/money/rate-card.ts';
import { silentLog } from '../../src/lib/observability/log.ts';
import { createSeal } from '../../src/lib/security/sealing.ts';
import { createCredentials } from '../../src/operations/account/credentials/service.ts';
import { createServices, type ServiceSet } from '../../src/operations/services.ts';
import type { ProcessContext } from '../../src/pipeline/context.ts';
import { createJoinSubmittedParts } from '../../src/pipeline/join-submitted-parts.ts';
import { createPorts } from '../../src/pipeline/ports.ts';
import { createSubmitCampaign } from '../../src/pipeline/submit-campaign.ts';
import { readAccount } from '../../src/store/accounts/accounts.ts';
import { anotherProcess } from './other-process.ts';
import { costMicros, nowMs, type TestRows } from './rows.ts';

export const testSeal = createSeal('a secret of the tests');

const facts: NumberFacts = {
  isValid: true,
  networkName: null,
  mcc: null,
  mnc: null,
  isReachable: null,
  isPorted: null,
  portedAtMs: null,
  originalNetwork: null,
};

export interface TestServices extends ServiceSet {
  readonly context: ProcessContext;
  /** Closes the connections of submissions. */
  stop(): Promise<void>;
}

export async function openServices({ database, ids, query }: TestRows): Promise<TestServices> {
  const context: ProcessContext = {
    ...{ database, ids, clock: { now: () => nowMs }, log: silentLog, random: () => 0 },
    ...{ connectors: new Map(), channels: new Map(), buckets: () => [0], isStopping: () => false },
    processId: await anotherProcess(database),
    accounts: { byId: (id) => readAccount(query, id) },
    pricing: () => ({
      rates: () => rateCardOf([{ country: 'FR', tier: 'premium', priceMicros: costMicros }]),
      replyNumbers: [],
    }),
  };
  const ports = createPorts({ chunksAdded() {}, callbacksAdded() {} });
  const submit = createSubmitCampaign(
    context,
    () => ({
      priceOf: () => costMicros,
      nextOpening: (_country, atMs) => atMs,
      ...{ stopShortCode: '36180', defaultSender: 'Chappe', defaultValidityMs: 86_400_000 },
      ...{ purposeGuard: 'note', replyNumbers: [], replySurchargeMicros: 0n, dialects: capabilities },
    }),
    ports,
  );
  const joinParts = createJoinSubmittedParts(context, { submit });
  const set = createServices(context, {
    ...{ dialects: capabilities, submit, joinParts, seal: testSeal },
    credentials: createCredentials(context, { seal: testSeal }),
    findLookupConnector: async () => ({ name: 'carrier', look: async () => ({ kind: 'found', facts }) }),
    exportFormat: {
      ...{ sentHeader: 'sent\n', receivedHeader: 'received\n', isWaiting: () => false },
      renderSent: ({ id }) => `${id}\n`,
      renderReceived: ({ id }) => `${id}\n`,
    },
    // Carriers are of the operator, and need no account.
    carrierLinks: {} as never,
    sendCallback: async () => ({ kind: 'unreachable', reason: 'a test' }),
    readDocumentUrl: () => null,
    fetchUrl: (url) => {
      throw new Error(`assertion failed: ${url} is not fetched`);
    },
    consoleUrl: (path) => `https://sms.example.com/console${path}`,
    orderFormUrl: (token) => `https://sms.example.com/orders/${token}`,
    ...{ wakeDispatch() {}, wakeBatches() {}, wakeContactListCampaigns() {} },
    settings: {
      ...{ allowPrivateCallbacks: true, senderReview: 'automatic', hasMailRelay: true },
      priceList: { vatPercent: 20, discounts: [] },
      ...{ documentMaxBytes: 1_000_000, documentLifeMs: 86_400_000 },
      documentSums: { maxAccountBytes: 10_000_000, maxTotalBytes: 100_000_000 },
      retention: { keepDays: 365, receiptWindowMs: 259_200_000 },
      ...{ stopShortCode: '36180', defaultSender: null, purposeGuard: 'note', validityMinutes: 60 },
    },
  });
  return {
    ...set,
    context,
    async stop() {
      await joinParts.stop();
      await submit.stop();
    },
  };
}
