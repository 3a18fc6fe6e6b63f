import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meaningOf, parseAnswerRules, refusalText, retryAfterMs } from './answers.ts';
import { findAll, parseFinders, readJsonBody } from './pointers.ts';

const answer = (status: number, body: string | null = '', headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: body === null ? null : readJsonBody(body),
});

const usual: readonly [number, boolean, string][] = [
  [200, true, 'taken'],
  [202, true, 'taken'],
  [200, false, 'doubt'],
  [302, true, 'misconfigured'],
  [303, true, 'doubt'],
  [400, true, 'permanent'],
  [401, true, 'misconfigured'],
  [402, true, 'elsewhere'],
  [404, true, 'misconfigured'],
  [408, true, 'temporary'],
  [422, true, 'permanent'],
  [429, true, 'throttled'],
  [500, true, 'doubt'],
  [502, true, 'doubt'],
  [503, true, 'temporary'],
  [504, true, 'doubt'],
  [507, true, 'temporary'],
];

for (const [status, hasReference, meaning] of usual)
  test(`an answer ${status} ${hasReference ? 'with' : 'without'} a message id is ${meaning} without rules`, () => {
    assert.equal(meaningOf(answer(status), [], hasReference), meaning);
  });

test('the first rule that matches decides', () => {
  const rules = parseAnswerRules(`
    /messages/*/status=0 & /messages/*/status!=0 -> permanent
    /messages/*/status=0 -> taken; /messages/*/status=1,10 -> throttled
    /error -> elsewhere
    ~maintenance -> temporary
    status=2xx & ~^0: -> taken
    status=409 -> permanent`)!;
  const cases: readonly [number, string | null, string][] = [
    [200, '{"messages":[{"status":"0"},{"status":"0"}]}', 'taken'],
    [200, '{"messages":[{"status":"0"},{"status":"4"}]}', 'permanent'],
    [200, '{"messages":[{"status":1}]}', 'throttled'],
    [200, '{"messages":[]}', 'doubt'],
    [200, '{"error":{"any":1}}', 'elsewhere'],
    [200, '{"error":null}', 'doubt'],
    [500, '<html>maintenance</html>', 'temporary'],
    [200, '0: Accepted', 'taken'],
    [400, '0: Accepted', 'permanent'],
    [409, '', 'permanent'],
    // A body that is too long or cut off matches no rule about bodies.
    [200, null, 'doubt'],
    [200, '<html>Welcome to the hotel</html>', 'doubt'],
  ];
  for (const [status, body, meaning] of cases)
    assert.equal(meaningOf(answer(status, body), rules, false), meaning, `${status} ${body}`);
});

for (const text of [
  '',
  'status=200',
  'status=99 -> taken',
  'x=1 -> taken',
  '~( -> taken',
  'status=200 -> sent',
])
  test(`"${text}" is no rule`, () => {
    assert.equal(parseAnswerRules(text), null);
  });

test('pointers find members, elements and alternatives; members of the prototype are not found', () => {
  const body = readJsonBody('{"a":{"b/c":["x",2,true,null]},"n":{"toString":"t"},"":"empty"}');
  const find = (text: string) => findAll(parseFinders(text)!, body);
  assert.deepEqual(find('/a/b~1c/*'), ['x', '2', 'true']);
  assert.deepEqual(find('/a/b~1c/1'), ['2']);
  assert.deepEqual(find('/nothing /n/toString'), ['t']);
  assert.deepEqual(find('/a/constructor'), []);
  assert.deepEqual(find('/nothing =STOP'), ['STOP']);
  assert.deepEqual(find('~"b/c":\\["(\\w)'), ['x']);
  assert.equal(parseFinders('a/b'), null);
  assert.equal(parseFinders(''), null);
});

test('a reason is short, printable and the code of the carrier if there is one', () => {
  const code = parseFinders('/code')!;
  assert.equal(refusalText(answer(400, '{"code":21211}'), code), '21211');
  assert.equal(refusalText(answer(400, `{"code":"é${'x'.repeat(99)}"}`), code), `?${'x'.repeat(59)}`);
  assert.equal(refusalText(answer(400, null), code), 'HTTP status 400');
  assert.equal(
    refusalText(answer(400, '{"code":"Invalid receiver +33 6 12 34 56 78 (E21)"}'), code),
    'Invalid receiver 3361...78 (E21)',
  );
});

test('Retry-After is read in seconds and as a date, within ten minutes', () => {
  const nowMs = Date.UTC(2026, 10, 30);
  const read = (value: string) => retryAfterMs(answer(429, '', { 'retry-after': value }), nowMs);
  assert.equal(read('2'), 2_000);
  assert.equal(read('Mon, 30 Nov 2026 00:00:05 GMT'), 5_000);
  assert.equal(read('Sun, 29 Nov 2026 00:00:05 GMT'), 0);
  assert.equal(read('999999'), 600_000);
  assert.equal(read('soon'), null);
  assert.equal(retryAfterMs(answer(429), nowMs), null);
});
