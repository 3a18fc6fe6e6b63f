// Parameters and result columns of declared statements, sent to a real server and read back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestRows } from '../../../test/support/rows.ts';
import { dialectCodes } from './codes.ts';
import {
  boolean,
  code,
  float8,
  instant,
  int2,
  int4,
  int8,
  json,
  list,
  micros,
  nullable,
  packed,
  text,
  uuid,
  word,
} from './columns.ts';
import { childRows, of, ofChild, rows, statement } from './statement.ts';

const echo = statement('test_echo', {
  params: {
    small: int2,
    whole: int4,
    large: int8,
    fraction: float8,
    flag: boolean,
    id: uuid,
    words: text,
    money: micros,
    at: instant,
    facts: json<{ readonly a: string }>(),
    dialect: code(dialectCodes),
    kind: word<'sent' | 'received'>(),
    ids: list(int8),
    names: list(text),
  },
  row: {
    small: int2,
    whole: int4,
    large: int8,
    fraction: float8,
    flag: boolean,
    id: uuid,
    words: text,
    money: micros,
    at: instant,
    facts: json<{ readonly a: string }>(),
    dialect: code(dialectCodes),
    kind: word<'sent' | 'received'>(),
    ids: list(int8),
    names: list(text),
  },
  text: (p) => `
select ${p.small} as small, ${p.whole} as whole, ${p.large} as large, ${p.fraction} as fraction, ${p.flag} as flag,
  ${p.id} as id, ${p.words} as words, ${p.money} as money, ${p.at} as at, ${p.facts} as facts,
  ${p.dialect} as dialect, ${p.kind} as kind, ${p.ids} as ids, ${p.names} as names`,
});

const awkward = 'a "quoted" \\ text, {with} all, NULL and  spaces';

test('every type of value comes back as it was sent', async (t) => {
  const store = await TestRows.openFor(t);
  const values = {
    small: -3,
    whole: 2_000_000_000,
    large: 9_007_199_254_740_991,
    fraction: 0.1,
    flag: false,
    id: '0190b6a5-9f2e-7c3e-8a5b-000000000001',
    words: awkward,
    money: 123_456_789_012n,
    at: Date.UTC(2026, 10, 30, 9, 0, 0, 123),
    facts: { a: awkward },
    dialect: 'smpp' as const,
    kind: 'received' as const,
    ids: [1, 2],
    names: [awkward, '', 'null'],
  };
  assert.deepEqual(await echo.find(store.query, values), values);
  const empty = await echo.find(store.query, { ...values, ids: [], names: [], words: 'a\0b' });
  assert.deepEqual([empty?.ids, empty?.names, empty?.words], [[], [], 'ab'], 'NUL cannot be stored');
});

interface Campaign {
  readonly id: number;
  readonly label: string | null;
  readonly isMarketing: boolean;
  readonly dueAtMs: number | null;
  readonly notes: readonly string[];
  readonly messages: readonly { readonly msisdn: number; readonly costMicros: bigint }[];
}

const echoRows = statement('test_echo_rows', {
  params: {
    campaigns: rows<Campaign>({
      id: of(int8, (c) => c.id),
      label: of(text, (c) => c.label),
      is_marketing: of(boolean, (c) => c.isMarketing),
      due: of(instant, (c) => c.dueAtMs),
      notes: of(packed(text), (c) => c.notes),
      position: of(int4, (_, index) => index),
    }),
    messages: childRows((c: Campaign) => c.messages, {
      id: ofChild(int8, (_, campaign, index) => campaign.id + index),
      campaign_id: ofChild(int8, (_, campaign) => campaign.id),
      msisdn: ofChild(int8, (message) => message.msisdn),
      cost_micros: ofChild(micros, (message) => message.costMicros),
    }),
  },
  row: {
    id: int8,
    label: nullable(text),
    isMarketing: boolean,
    dueAtMs: nullable(instant),
    notes: list(text),
    position: int4,
    messageIds: nullable(list(int8)),
    costMicros: nullable(micros),
  },
  text: (p) => `
select c.id, c.label, c.is_marketing as "isMarketing", to_timestamp(c.due / 1000) as "dueAtMs", c.notes::text[] as notes,
  c.position, array_agg(m.id order by m.msisdn) filter (where m.id is not null) as "messageIds",
  sum(m.cost_micros)::bigint as "costMicros"
from ${p.campaigns.as('c')} left join ${p.messages.as('m')} on m.campaign_id = c.id
where c.id = any(${p.campaigns.column('id')})
group by 1, 2, 3, 4, 5, 6 order by c.id`,
});

test('rows and their children are sent as arrays of columns', async (t) => {
  const store = await TestRows.openFor(t);
  const campaigns: Campaign[] = [
    {
      id: 10,
      label: null,
      isMarketing: true,
      dueAtMs: 1_000,
      notes: [awkward, 'b'],
      messages: [
        { msisdn: 1, costMicros: 2n },
        { msisdn: 2, costMicros: 3n },
      ],
    },
    { id: 20, label: awkward, isMarketing: false, dueAtMs: null, notes: [], messages: [] },
    {
      id: 30,
      label: 'null',
      isMarketing: false,
      dueAtMs: 5,
      notes: ['\\'],
      messages: [{ msisdn: 3, costMicros: 4n }],
    },
  ];
  const expected = campaigns.map(({ messages, ...campaign }, position) => ({
    ...campaign,
    position,
    messageIds: messages.length === 0 ? null : messages.map((_, i) => campaign.id + i),
    costMicros: messages.length === 0 ? null : messages.reduce((sum, m) => sum + m.costMicros, 0n),
  }));
  assert.deepEqual(await echoRows.run(store.query, { campaigns, messages: campaigns }), expected);
  assert.deepEqual(await echoRows.run(store.query, { campaigns: [], messages: [] }), []);
});

test('a parameter without a mention and a second statement of one name are refused', () => {
  assert.throws(
    () => statement('test_unused', { params: { bucket: int2 }, text: () => 'select 1' }),
    /test_unused mentions bucket/,
  );
  assert.throws(() => statement('test_echo', { params: {}, text: () => 'select 1' }), /one statement/);
});

const keepPairs = (name: string, alsoOfOne?: true) =>
  statement(name, {
    ...(alsoOfOne && { alsoOfOne }),
    params: {
      factor: int4,
      pairs: rows<readonly [number, string | null]>({
        n: of(int4, ([n]) => n),
        word: of(text, ([, word]) => word),
      }),
      children: childRows((pair: readonly [number, string | null]) => Array<number>(pair[0]).fill(7), {
        at: ofChild(instant, (child) => child),
        parent: ofChild(int4, (_, [n]) => n),
      }),
    },
    row: { n: int4, word: nullable(text), all: list(int4), children: int8 },
    text: (p) => `
select p.n * ${p.factor} as n, p.word, ${p.pairs.column('n')} as all,
  (select count(*) from ${p.children.as('c')} where c.parent = p.n and c.at = 7) as children
from ${p.pairs.as('p')} order by p.n`,
  });

test('a statement that is also prepared for one row answers as for many, whatever the number of rows', async (t) => {
  const store = await TestRows.openFor(t);
  const many = keepPairs('test_pairs');
  const both = keepPairs('test_more_pairs', true);
  const sent: string[] = [];
  const listening = ((statement, values) => {
    sent.push((statement as { name: string }).name);
    return store.query(statement, values);
  }) as typeof store.query;
  const cases: (readonly (readonly [number, string | null])[])[] = [
    [],
    [[1, awkward]],
    [[1, null]],
    [[2, 'two children']],
    [
      [1, 'a'],
      [3, null],
    ],
  ];
  for (const pairs of cases) {
    const values = { factor: 10, pairs, children: pairs };
    const answer = await both.run(listening, values);
    assert.deepEqual(answer, await many.run(store.query, values));
    assert.deepEqual(await both.find(store.query, values), answer[0] ?? null);
  }
  assert.deepEqual(sent, [
    'test_more_pairs',
    'test_more_pairs_of_one',
    'test_more_pairs_of_one',
    'test_more_pairs',
    'test_more_pairs',
  ]);
});
