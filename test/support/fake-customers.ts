// Services for tests of one dialect: one account, one price, no ledger. They record the questions and answer at once.

import type { Account, AccountSettings } from '../../src/domain/account/account.ts';
import { defaultSettings } from '../../src/domain/account/account.ts';
import { type RefusalReason, RefusedError } from '../../src/domain/base/refusals.ts';
import type { Submission } from '../../src/domain/base/submission.ts';
import type { FailedRecipient, PlannedMessage, SubmissionReport } from '../../src/domain/plan/plan.ts';
import type { AccountAccess } from '../../src/operations/access/access.ts';
import { grantAccount } from '../../src/operations/access/grant.ts';
import type { Wallet } from '../../src/operations/money/credit/service.ts';
import type { NewsItem } from '../../src/operations/operator/news.ts';
import type { Services } from '../../src/operations/services.ts';
import { partly, restServicesOf } from './services.ts';

export const demoLogin = 'client@example.com';
export const demoKey = 'k3y';

export interface Facts {
  campaignId: number;
  nowMs: number;
  priceMicros: number;
  lowCostPriceMicros: number;
  /** After the hold. */
  availableMicros: number;
  segments: number;
  /** Error that submit throws. */
  refuse: RefusalReason | null;
  /** Error that authenticate throws for a correct login and key. */
  refuseAccount: RefusalReason | null;
  /** Numbers that become failures, with the reason of each. */
  failures: Record<string, RefusalReason>;
  settings: Partial<AccountSettings>;
  news: readonly NewsItem[];
}

export interface FakeCustomers {
  readonly facts: Facts;
  /** The submissions, in order. */
  readonly submissions: Submission[];
  /** The other calls, in order. */
  readonly asked: [what: string, ...details: unknown[]][];
  /** Both can be replaced by a test. */
  authenticate(login: string, key: string): AccountAccess | Promise<AccountAccess>;
  submit(account: Account, submission: Submission): Promise<SubmissionReport>;
  /** The services that the Octopush dialects use. */
  readonly services: Services;
}

export function fakeCustomers(given: Partial<Facts> = {}): FakeCustomers {
  const facts: Facts = {
    campaignId: 110000000021,
    nowMs: 1326311820000,
    priceMicros: 105000,
    lowCostPriceMicros: 70000,
    availableMicros: 6930000,
    segments: 1,
    refuse: null,
    refuseAccount: null,
    failures: {},
    settings: {},
    news: [],
    ...given,
  };
  const fake: FakeCustomers = {
    facts,
    submissions: [],
    asked: [],
    authenticate(login, key) {
      if (login !== demoLogin || key !== demoKey) throw new RefusedError('credentials-wrong');
      if (facts.refuseAccount !== null) throw new RefusedError(facts.refuseAccount);
      return accessWith(facts.settings);
    },
    async submit(_account, submission) {
      fake.submissions.push(submission);
      if (facts.refuse !== null) throw new RefusedError(facts.refuse);
      return reportOn(submission, facts);
    },
    get services() {
      return services;
    },
  };
  const services = servicesOf(fake);
  return fake;
}

function servicesOf(fake: FakeCustomers): Services {
  const { facts, submissions, asked } = fake;
  const ask = (...question: [what: string, ...details: unknown[]]) => {
    asked.push(question);
    if (facts.refuse !== null) throw new RefusedError(facts.refuse);
  };
  return partly({
    ...restServicesOf(ask),
    credentials: { authenticate: (_family, login, key) => fake.authenticate(login, key) },
    submissions: { submit: ({ account }, submission) => fake.submit(account, submission) },
    credit: { read: async () => walletOf(facts) },
    campaignDrafts: {
      async addPart(_access, name, submission, isFinished) {
        submissions.push(submission);
        ask('part', name, isFinished);
        const { campaignId, plan } = reportOn(submission, facts);
        return { campaignId, costMicros: plan.costMicros, accepted: plan.messages, failures: plan.failures };
      },
      async estimate(_access, name) {
        ask('estimate', name);
        return BigInt(facts.priceMicros);
      },
      async send(_access, name, sendAtMs) {
        ask('send', name, sendAtMs);
        const [submission] = submissions;
        return reportOn({ ...submission!, sendAtMs }, facts);
      },
      async drop(_access, name) {
        ask('drop', name);
      },
    },
    subAccounts: {
      async create(_access, order) {
        ask('create', order);
        return { login: 'abcdefghijklmnop@sub-accounts.com', apiKey: 'subk3y' };
      },
      async read(_access, login) {
        ask('read', login);
        return { account: accountWith({}), firstName: 'A', lastName: 'B', company: '' };
      },
      async readInfo(access, email) {
        ask('read', email);
        const { account } = access;
        return { access, account, firstName: 'Zoé', lastName: 'Martin', company: 'Atelier & Cie' };
      },
      async edit(_access, login, change) {
        ask('edit', login, change);
        return true;
      },
    },
    transfers: {
      async open(_access, email) {
        ask('open transfer', email);
        return '0123456789ABCDEF0123456789ABCDEF';
      },
      async transfer({ account }, { token, recipientEmail, amount }) {
        ask('transfer', token, recipientEmail);
        asked.push(['amount', amount()]);
        const recipient = { ...account, id: 2 };
        return { recipient, availableMicros: 1_000_000n, recipientAvailableMicros: 2_000_000n };
      },
    },
    accounts: {
      async editOptions(_access, options) {
        ask('options', options);
      },
      async editParameters(_access, change) {
        ask('parameters', change);
      },
    },
    news: {
      async read(language, channel) {
        ask('news', language, channel);
        return facts.news;
      },
    },
  });
}

/** Access of a program with a key of `accountWith`. */
export function accessWith(settings: Partial<AccountSettings>): AccountAccess {
  return grantAccount(accountWith(settings), { actor: 'key:test', address: null }, 'key');
}

export function accountWith(settings: Partial<AccountSettings>): Account {
  return {
    id: 1,
    bucket: 1,
    email: demoLogin,
    name: 'Demo',
    serviceName: 'sms-aa00001-1',
    status: 'active',
    parentId: null,
    settings: { ...defaultSettings, ...settings },
  };
}

function walletOf(facts: Facts): Wallet {
  return {
    availableMicros: BigInt(facts.availableMicros),
    priceMicros(country, tier) {
      if (country !== 'FR') return null;
      return BigInt(tier === 'low_cost' ? facts.lowCostPriceMicros : facts.priceMicros);
    },
    packs: [{ id: 7, creditMicros: 5000000n, expiresAtMs: Date.UTC(2030, 0) }],
  };
}

function reportOn(submission: Submission, facts: Facts): SubmissionReport {
  const dueAtMs = Math.max(submission.sendAtMs ?? 0, facts.nowMs);
  const costMicros = BigInt(facts.priceMicros * facts.segments);
  const messages: PlannedMessage[] = [];
  const failures: FailedRecipient[] = [];
  for (const { number } of submission.recipients) {
    const reason = facts.failures[number];
    if (reason !== undefined) failures.push({ number, refusal: { reason } });
    else {
      messages.push({
        number,
        msisdn: Number(number.replace(/\D/g, '').replace(/^00/, '')),
        country: 'FR',
        text: null,
        encoding: 'gsm7',
        segments: facts.segments,
        costMicros,
        dueAtMs,
        expiresAtMs: dueAtMs + 86_400_000,
      });
    }
  }
  return {
    campaignId: submission.dryRun ? null : facts.campaignId,
    plan: {
      text: submission.text,
      sender: submission.sender,
      messages,
      failures,
      reportsFailures: false,
      duplicates: 0,
      costMicros: costMicros * BigInt(messages.length),
      segments: facts.segments * messages.length,
      dueAtMs,
      optimizedChars: 0,
      notes: [],
      review: null,
    },
    firstMessageId: 1,
    availableMicros: BigInt(facts.availableMicros),
    acceptedAtMs: facts.nowMs,
  };
}
