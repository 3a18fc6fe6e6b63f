import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { capabilities } from '#dialects/capabilities.ts';
import { defaultSettings } from '#domain/account/account.ts';
import { type Refusal, type RefusalReason, refusalReasons } from '#domain/base/refusals.ts';
import type { Submission, SubmittedRecipient } from '#domain/base/submission.ts';
import { rateCardOf } from '#domain/money/rate-card.ts';
import { measure } from '#gsm/segments.ts';
import { type Plan, type PlanFacts, planCampaign } from './plan.ts';
import { readRecipients } from './read-recipient.ts';
import { nextOpening } from './schedule.ts';

const sunday = Date.parse('2026-11-22T15:00:00Z');
const monday8 = Date.parse('2026-11-23T07:00:00Z');
const hour = 3_600_000;

const card = rateCardOf([
  { country: 'FR', tier: 'premium', priceMicros: 50_000n },
  { country: 'FR', tier: 'low_cost', priceMicros: 39_000n },
  { country: 'RE', tier: 'premium', priceMicros: 58_000n },
  { country: 'BE', tier: 'premium', priceMicros: 75_000n },
]);

function aSubmission(differences: Partial<Submission> = {}): Submission {
  return {
    dialect: 'octopush-rest',
    text: 'Your parcel has arrived.',
    recipients: to('+33601010101'),
    sender: 'Company X',
    tier: 'premium',
    purpose: 'transactional',
    stopClause: 'demanded',
    sendAtMs: null,
    validityMs: null,
    withReplies: false,
    dryRun: false,
    idempotencyKey: null,
    idempotencyTtlMs: null,
    optimizeText: false,
    ...differences,
  };
}

function to(...numbers: string[]): SubmittedRecipient[] {
  return numbers.map((number) => ({ number }));
}

function merging(number: string, values: Record<string, string>): SubmittedRecipient {
  return { number, merge: new Map(Object.entries(values)) };
}

function theFacts(differences: Partial<PlanFacts> = {}): PlanFacts {
  return {
    capabilities: capabilities['octopush-rest'],
    settings: defaultSettings,
    priceOf: card.priceOf,
    nextOpening,
    isOptedOut: () => false,
    stopShortCode: '36180',
    defaultSender: null,
    defaultValidityMs: 48 * hour,
    purposeGuard: 'note',
    replyNumber: () => null,
    replySurchargeMicros: 30_000n,
    nowMs: sunday,
    ...differences,
  };
}

function capabilitiesOf({ dialect = 'octopush-rest' }: Partial<Submission>) {
  return { capabilities: capabilities[dialect] };
}

const withMaxSegments = (maxSegments: number) => ({
  capabilities: { ...capabilities['octopush-rest'], maxSegments },
});

function judge(submission: Submission, facts: PlanFacts): { plan: Plan } | { refusal: Refusal } {
  return planCampaign(submission, readRecipients(submission, facts.settings.defaultCountry), facts);
}

function planned(differences: Partial<Submission>, facts: Partial<PlanFacts> = {}): Plan {
  const result = judge(aSubmission(differences), theFacts({ ...capabilitiesOf(differences), ...facts }));
  assert.ok('plan' in result, 'refusal' in result ? result.refusal.reason : '');
  return result.plan;
}

function refused(differences: Partial<Submission>, facts: Partial<PlanFacts> = {}): Refusal {
  const result = judge(aSubmission(differences), theFacts({ ...capabilitiesOf(differences), ...facts }));
  assert.ok('refusal' in result, 'it was planned');
  return result.refusal;
}

test('one transactional message is due immediately, at the price of its segments', () => {
  const plan = planned({ text: 'x'.repeat(161) });
  assert.deepEqual(plan, {
    text: 'x'.repeat(161),
    sender: 'Company X',
    messages: [
      {
        number: '+33601010101',
        msisdn: 33601010101,
        country: 'FR',
        text: null,
        encoding: 'gsm7',
        segments: 2,
        costMicros: 100_000n,
        dueAtMs: sunday,
        expiresAtMs: sunday + 48 * hour,
      },
    ],
    failures: [],
    reportsFailures: true,
    duplicates: 0,
    costMicros: 100_000n,
    segments: 2,
    dueAtMs: sunday,
    optimizedChars: 0,
    notes: [],
    review: null,
  });
});

test('the documented request of the REST API is planned as printed', () => {
  const text = 'This is a Premium SMS with STOP mention. STOP to 30101';
  const plan = planned({ text, recipients: to('+336000123') });
  assert.equal(plan.messages[0]!.msisdn, 336000123);
  assert.equal(plan.costMicros, 50_000n);
});

test('a recipient that occurs twice gets one message, in the order of the request', () => {
  const plan = planned({ recipients: to('0601010102', '+33601010101', '0033601010102', '0601010101') });
  assert.deepEqual(
    plan.messages.map((message) => message.number),
    ['0601010102', '+33601010101'],
  );
  assert.deepEqual(plan.failures, []);
});

test('recipients that cannot be reached fail one by one, and the others get messages', () => {
  const plan = planned(
    {
      recipients: to('+33601010101', 'nobody', '0139001122', '+999123456789', '+12125551234', '+33601010199'),
    },
    {
      settings: { ...defaultSettings, optOutsCoverTransactional: true },
      isOptedOut: (msisdn) => msisdn === 33601010199,
    },
  );
  assert.equal(plan.messages.length, 1);
  assert.deepEqual(
    plan.failures.map(({ number, refusal }) => [number, refusal.reason]),
    [
      ['nobody', 'number-invalid'],
      ['0139001122', 'number-not-mobile'],
      ['+999123456789', 'country-unknown'],
      ['+12125551234', 'country-not-covered'],
      ['+33601010199', 'recipient-opted-out'],
    ],
  );
});

test('without a remaining recipient the campaign is refused with the first reason, unless no number can be read', () => {
  assert.equal(refused({ recipients: to('nobody', '12') }).reason, 'recipients-malformed');
  assert.equal(refused({ recipients: to('0139001122', 'nobody') }).reason, 'number-not-mobile');
  assert.equal(refused({ recipients: to('+999123456789') }).reason, 'country-unknown');
  assert.equal(refused({ recipients: to('+12125551234') }).reason, 'country-not-covered');
  assert.equal(refused({ recipients: to('+32470123456'), tier: 'low_cost' }).reason, 'tier-not-covered');
  const marketing = { text: 'STOP au XXXXX', purpose: 'marketing' } as const;
  const told = { ...marketing, dialect: 'octopush-legacy' } as const;
  assert.equal(refused(told, { isOptedOut: () => true }).reason, 'recipient-opted-out');
});

test('an opt-out excludes marketing, and transactional messages only when the account asks for it', () => {
  const isOptedOut = () => true;
  assert.equal(planned({}, { isOptedOut }).messages.length, 1);
  const settings = { ...defaultSettings, optOutsCoverTransactional: true };
  assert.equal(
    refused({ dialect: 'octopush-legacy' }, { isOptedOut, settings }).reason,
    'recipient-opted-out',
  );
});

test('REST, which reports an opted-out recipient by a callback, accepts a campaign without remaining recipients', () => {
  const marketing = { text: 'STOP au XXXXX', purpose: 'marketing' } as const;
  const facts = { isOptedOut: () => true };
  const plan = planned(marketing, facts);
  assert.deepEqual([plan.messages.length, plan.segments, plan.costMicros], [0, 0, 0n]);
  assert.equal(plan.dueAtMs, sunday);
  assert.deepEqual(
    plan.failures.map(({ refusal }) => refusal.reason),
    ['recipient-opted-out'],
  );
  const both = planned({ ...marketing, recipients: to('nobody', '+33601010101') }, facts);
  assert.equal(both.failures.length, 2);
  assert.equal(refused({ ...marketing, recipients: to('nobody') }, facts).reason, 'recipients-malformed');
  // The caller of a one-time password must know that it was not sent.
  assert.equal(refused({ ...marketing, maskedText: '***' }, facts).reason, 'recipient-opted-out');
});

test('a foreign code in the stop clause is replaced in marketing, and this is noted', () => {
  const text = 'Soldes ! STOP au 30101';
  const plan = planned({ text, purpose: 'marketing' });
  assert.equal(plan.text, 'Soldes ! STOP au 36180');
  assert.deepEqual(plan.notes, ['stop-code-replaced:30101 36180']);
  assert.deepEqual(planned({ text: 'Soldes ! STOP au XXXXX', purpose: 'marketing' }).notes, []);
  const transactional = planned({ text });
  assert.deepEqual([transactional.text, transactional.notes], [text, []]);
});

test('marketing waits for the sending hours of each recipient’s country', () => {
  const recipients = to('+33601010101', '+262692123456');
  const plan = planned({ purpose: 'marketing', text: 'Sale! STOP au XXXXX', recipients, validityMs: hour });
  const [mainland, reunion] = plan.messages;
  assert.equal(mainland!.dueAtMs, monday8);
  assert.equal(mainland!.expiresAtMs, monday8 + hour);
  assert.equal(reunion!.dueAtMs, Date.parse('2026-11-23T04:00:00Z'));
  assert.equal(plan.dueAtMs, reunion!.dueAtMs);
  assert.equal(plan.costMicros, 108_000n);
});

test('a requested time is kept, a past time means now, and a time beyond a year is refused', () => {
  const tomorrow = sunday + 24 * hour;
  assert.equal(planned({ sendAtMs: tomorrow }).dueAtMs, tomorrow);
  assert.equal(planned({ sendAtMs: 0 }).dueAtMs, sunday);
  assert.equal(planned({ sendAtMs: sunday - hour }).dueAtMs, sunday);
  assert.equal(refused({ sendAtMs: Date.parse('2099-01-01T00:00:00Z') }).reason, 'send-at-invalid');
  assert.equal(refused({ sendAtMs: Number.NaN }).reason, 'send-at-invalid');
});

test('French marketing needs its stop clause; other countries, the world tier and lenient accounts do not', () => {
  const marketing = { purpose: 'marketing', dialect: 'octopush-legacy' } as const;
  assert.equal(refused(marketing).reason, 'stop-clause-missing');
  assert.match(refused(marketing).detail ?? '', /STOP au XXXXX/);
  assert.equal(
    refused({ ...marketing, recipients: to('+32470123456', '+33601010101') }).reason,
    'stop-clause-missing',
  );
  assert.equal(planned({ ...marketing, recipients: to('+32470123456') }).messages.length, 1);
  const worldly = { priceOf: () => 60_000n };
  assert.equal(planned({ ...marketing, tier: 'world' }, worldly).messages.length, 1);
  const settings = { ...defaultSettings, demandStopClause: false };
  assert.equal(planned(marketing, { settings }).messages.length, 1);
  assert.equal(planned({ ...marketing, stopClause: 'none' }).messages.length, 1);
  const plan = planned({ ...marketing, text: 'Sale! STOP au XXXXX' });
  assert.equal(plan.text, 'Sale! STOP au 36180');
});

test('an appended clause is counted, and added where the law of the recipient demands it', () => {
  const text = 'x'.repeat(150);
  const ovh = { dialect: 'ovh', purpose: 'marketing', stopClause: 'appended', text } as const;
  const plan = planned({ ...ovh, recipients: to('+33601010101', '+32470123456') });
  assert.equal(plan.text, `${text}\nSTOP 36180`);
  assert.deepEqual(
    plan.messages.map((message) => [message.country, message.text, message.segments]),
    [
      ['FR', null, 2],
      ['BE', text, 1],
    ],
  );
  assert.equal(planned({ ...ovh, recipients: to('+32470123456') }).text, text);
  assert.equal(planned({ ...ovh, purpose: 'transactional' }).text, text);
});

test('each recipient gets their own text, measured and priced after merging', () => {
  const personal: Partial<Submission> = {
    text: 'Dear {name}, {code}!',
    recipients: [
      merging('+33601010101', { '{name}': 'Axelle', '{code}': '{name}' }),
      merging('+33601010102', { '{name}': 'Жанна' }),
      merging('+33601010103', { '{name}': 'x'.repeat(50), '{code}': 'y'.repeat(50) }),
      { number: '+33601010104' },
    ],
  };
  const plan = planned(personal, withMaxSegments(2));
  assert.deepEqual(
    plan.messages.map(({ text, encoding, segments }) => [text, encoding, segments]),
    [
      ['Dear Axelle, {name}!', 'gsm7', 1],
      ['Dear Жанна, !', 'ucs2', 1],
      [`Dear ${'x'.repeat(50)}, ${'y'.repeat(50)}!`, 'gsm7', 1],
      ['Dear , !', 'gsm7', 1],
    ],
  );
  assert.equal(plan.text, 'Dear {name}, {code}!');
});

test('braces without a value of any recipient are ordinary text', () => {
  const plan = planned({ text: 'use {ch1}', recipients: [merging('+33601010101', { '{nom}': 'x' })] });
  assert.equal(plan.messages[0]!.text, null);
  assert.equal(plan.text, 'use {ch1}');
});

test('a text that is too long because of one recipient’s values is refused', () => {
  const recipients = [merging('+33601010101', { '{a}': '' }), merging('+33601010102', { '{a}': 'b' })];
  assert.equal(
    refused({ text: `${'x'.repeat(160)}{a}`, recipients }, withMaxSegments(1)).reason,
    'text-too-long',
  );
});

test('a text that is too long or empty because of one recipient’s values is refused with their position, or fails alone', () => {
  const recipients = [
    merging('+33601010101', { '{a}': 'a' }),
    merging('+33601010102', { '{a}': 'x'.repeat(30) }),
    merging('+33601010103', { '{a}': '' }),
    merging('+33601010104', { '{a}': '\u200b' }),
  ];
  const long = { text: `{a}${'y'.repeat(150)}`, recipients: recipients.slice(0, 3) };
  const single = withMaxSegments(1);
  assert.equal(refused(long, single).reason, 'text-too-long');
  assert.equal(refused(long, single).recipientAt, 1);
  assert.equal(refused({ text: '{a}', recipients }).recipientAt, 2);
  assert.equal(refused({ ...long, text: 'y'.repeat(161), failsAlone: true }, single).recipientAt, undefined);
  const failuresOf = (plan: Plan) => plan.failures.map(({ msisdn, refusal }) => [msisdn, refusal.reason]);
  const plan = planned({ ...long, failsAlone: true }, single);
  assert.equal(plan.messages.length, 2);
  assert.deepEqual(failuresOf(plan), [[33601010102, 'text-too-long']]);
  assert.deepEqual(failuresOf(planned({ text: '{a}', recipients, failsAlone: true })), [
    [33601010103, 'text-missing'],
    [33601010104, 'text-missing'],
  ]);
  const nobody = { text: '{a}', recipients: recipients.slice(2), failsAlone: true };
  assert.equal(refused(nobody).reason, 'text-missing');
  const tooLong = [merging('+33601010101', { '{a}': '' }), merging('0601010102', { '{a}': 'x'.repeat(51) })];
  assert.equal(refused({ recipients: tooLong }).recipientAt, 1);
});

test('repetitions of a number are counted, whatever their merge values', () => {
  const recipients = [
    merging('+33601010101', { '{a}': 'first' }),
    merging('\u202a06 01 01 01 01\u202c', { '{a}': 'second' }),
    merging('0033601010101.0', { '{a}': 'third' }),
  ];
  const plan = planned({ text: 'Dear {a}', recipients });
  assert.deepEqual(
    plan.messages.map(({ text }) => text),
    ['Dear first'],
  );
  assert.equal(plan.duplicates, 2);
});

test('a text of invisible characters is refused as missing', () => {
  for (const text of ['\u200b', '\u2060 \u00ad', '\ufeff'])
    assert.equal(refused({ text }).reason, 'text-missing');
});

test('where national numbers are refused, their digits are refused without a country code', () => {
  const strict = { readsNationalNumbers: false } as const;
  assert.equal(refused({ ...strict, recipients: to('612345678') }).reason, 'recipients-malformed');
  assert.equal(planned({ ...strict, recipients: to('33612345678') }).messages[0]!.msisdn, 33612345678);
  assert.equal(planned({ recipients: to('612345678') }).messages[0]!.msisdn, 33612345678);
});

test('a text that is empty after merging is refused', () => {
  assert.equal(
    refused({ text: ' {a}', recipients: [merging('+33601010101', { '{a}': '' })] }).reason,
    'text-missing',
  );
});

test('optimization reports the saved characters, and includes merge values', () => {
  const plan = planned({ text: 'Fête  à la  maison ', optimizeText: true });
  assert.equal(plan.text, 'Fete à la maison');
  assert.equal(plan.optimizedChars, 3);
  assert.equal(plan.messages[0]!.encoding, 'gsm7');
  const recipients = [merging('+33601010101', { '{nom}': 'Jérôme François' })];
  const merged = planned({ text: 'Dear {nom}', recipients, optimizeText: true });
  assert.equal(merged.messages[0]!.text, 'Dear Jérome Francois');
});

test('an account with 137 characters to a part is billed for such parts', () => {
  const settings = { ...defaultSettings, concatenatedCharsPerPart: 137 } as const;
  assert.equal(planned({ text: 'x'.repeat(300) }).segments, 2);
  assert.equal(planned({ text: 'x'.repeat(300) }, { settings }).segments, 3);
});

test('without a sender the default is used, or none', () => {
  assert.equal(planned({ sender: null }).sender, null);
  assert.equal(planned({ sender: null }, { defaultSender: '36180' }).sender, '36180');
  assert.equal(planned({ sender: '+33 6 01 01 01 01' }).sender, '33601010101');
  assert.equal(planned({ sender: '0601010101' }).sender, '33601010101');
  assert.equal(refused({ sender: '+3360101' }).reason, 'sender-invalid');
  assert.equal(refused({ sender: 'much too long a name' }).reason, 'sender-invalid');
});

test('of several faults the first of the catalogue is refused, and each correction gives the next one', () => {
  let submission = aSubmission({
    purpose: 'marketing',
    text: ' ',
    recipients: [],
    sender: 'ж',
    sendAtMs: Number.NaN,
  });
  const long = 'x'.repeat(51);
  const repairs: [RefusalReason, Partial<Submission>][] = [
    ['text-missing', { text: 'x'.repeat(161) }],
    ['recipients-empty', { recipients: [merging('nobody', { '{a}': long })] }],
    ['sender-invalid', { sender: 'Shop' }],
    ['send-at-invalid', { sendAtMs: null }],
    ['merge-value-too-long', { recipients: to('nobody') }],
    ['recipients-malformed', { recipients: to('+12125551234', '+33601010101') }],
    ['text-too-long', { text: 'Sale!' }],
    ['stop-clause-missing', { text: 'Sale! STOP au 30101', recipients: to('+12125551234') }],
    ['country-not-covered', { recipients: to('+33601010101') }],
  ];
  const heard: RefusalReason[] = [];
  for (const [reason, repair] of repairs) {
    const result = judge(submission, theFacts(withMaxSegments(1)));
    assert.ok('refusal' in result);
    assert.equal(result.refusal.reason, reason);
    heard.push(reason);
    submission = { ...submission, ...repair };
  }
  assert.ok('plan' in judge(submission, theFacts()));
  const ranks = heard.map((reason) => refusalReasons.indexOf(reason));
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
  );
});

test('sums are those of the messages, every recipient is accounted for, and every text is measured as sent', () => {
  const number = fc.constantFrom(
    '+33601010101',
    '0601010102',
    '+262692123456',
    '+32470123456',
    '+12125551234',
    'x',
    '0139001122',
  );
  const value = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', ' '), maxLength: 40 });
  const recipient = fc
    .tuple(number, fc.option(value))
    .map(([to, name]) => (name === null ? { number: to } : merging(to, { '{n}': name })));
  fc.assert(
    fc.property(
      fc.array(recipient, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('appended' as const, 'none' as const),
      fc.boolean(),
      (recipients, stopClause, optimizeText) => {
        const submission = aSubmission({
          text: 'Hé {n}!',
          recipients,
          stopClause,
          optimizeText,
          purpose: 'marketing',
        });
        const result = judge(submission, theFacts(withMaxSegments(1)));
        if ('refusal' in result) return;
        const { plan } = result;
        assert.equal(
          plan.costMicros,
          plan.messages.reduce((sum, message) => sum + message.costMicros, 0n),
        );
        assert.equal(
          plan.segments,
          plan.messages.reduce((sum, message) => sum + message.segments, 0),
        );
        assert.equal(plan.dueAtMs, Math.min(...plan.messages.map((message) => message.dueAtMs)));
        const named = new Set([...plan.messages, ...plan.failures].map((one) => one.number));
        assert.deepEqual(named, new Set(recipients.map((one) => one.number)));
        for (const message of plan.messages) {
          const { encoding, segments } = measure(message.text ?? plan.text);
          assert.deepEqual([message.encoding, message.segments], [encoding, segments]);
        }
      },
    ),
  );
});

test('a campaign with replies is sent from the pool, costs more, and goes only to countries that can answer', () => {
  const number = { number: '38200', kind: 'short-code', countries: ['FR'] } as const;
  const facts = theFacts({ replyNumber: () => number });
  const both = aSubmission({ withReplies: true, recipients: to('+33601010101', '+32470123456') });
  const { plan } = planOf(both, facts);
  assert.equal(plan.sender, '38200');
  assert.deepEqual(
    plan.messages.map(({ country, costMicros }) => [country, costMicros]),
    [['FR', 80_000n]],
  );
  assert.deepEqual(
    plan.failures.map(({ refusal }) => refusal.reason),
    ['replies-not-covered'],
  );
  const belgian = aSubmission({ withReplies: true, recipients: to('+32470123456') });
  const refused = planCampaign(belgian, readRecipients(belgian, null), facts);
  assert.ok('refusal' in refused && refused.refusal.reason === 'replies-not-covered');
});

test('advertising sent as transactional is noted, held or refused; sent as marketing it needs no review', () => {
  const text = 'Soldes : -50% en magasin ! STOP au 36180';
  const states = (['note', 'hold', 'refuse'] as const).map((purposeGuard) => {
    const submission = aSubmission({ text });
    const judged = planCampaign(submission, readRecipients(submission, null), theFacts({ purposeGuard }));
    return 'plan' in judged ? judged.plan.review?.state : judged.refusal.reason;
  });
  assert.deepEqual(states, ['noted', 'held', 'purpose-mismatch']);
  assert.equal(planOf(aSubmission({ text, purpose: 'marketing' }), theFacts()).plan.review, null);
});

function planOf(submission: Submission, facts: PlanFacts): { plan: Plan } {
  const judged = planCampaign(submission, readRecipients(submission, null), facts);
  assert.ok('plan' in judged);
  return judged;
}
