import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isGranted, withoutEndSlash } from './access-rules.ts';

const cases: readonly [rule: string, call: string, isGranted: boolean][] = [
  ['GET /sms', 'GET /sms', true],
  ['GET /sms/', 'GET /sms', true],
  ['GET /sms', 'POST /sms', false],
  ['GET /sms', 'GET /sms/sms-a-1', false],
  ['GET /sms/*', 'GET /sms', false],
  ['GET /sms/*', 'GET /sms/sms-a-1', true],
  ['GET /sms/*', 'GET /sms/sms-a-1/users/b/jobs', true],
  ['GET /sms*', 'GET /sms', true],
  ['GET /sms*', 'GET /smsother', true],
  ['POST /sms/*/jobs', 'POST /sms/sms-a-1/jobs', true],
  ['POST /sms/*/jobs', 'POST /sms/sms-a-1/users/b/jobs', true],
  ['POST /sms/*/jobs', 'POST /sms/sms-a-1/jobs/7', false],
  ['POST /sms/*/jobs', 'POST /sms/jobs', false],
  ['POST /sms/', 'POST /sms/sms-a-1/jobs', false],
  ['GET /sms/sms-a-1/*', 'GET /sms/sms-a-1/jobs', true],
  ['GET /sms/sms-a-1/*', 'GET /sms/sms-a-10/jobs', false],
  ['GET /sms/sms-a-1/*', 'GET /sms/sms-a-1', false],
  ['GET /sms ', 'GET /sms', false],
  ['GET /*', 'GET /sms', true],
  ['GET *', 'GET /sms', true],
  ['GET /**/jobs', 'GET /sms/a/jobs', true],
  ['GET /sms/*/users/*/jobs', 'GET /sms/a/users/b/jobs', true],
  ['GET /sms/*/users/*/jobs', 'GET /sms/a/jobs', false],
  ['GET /a*a', 'GET /a', false],
  ['GET /sms/.+', 'GET /sms/abc', false],
  ['GET /SMS', 'GET /sms', false],
];

for (const [rule, call, expected] of cases)
  test(`${rule}${rule.endsWith(' ') ? '(blank)' : ''} ${expected ? 'grants' : 'does not grant'} ${call}`, () => {
    const [method, path] = call.split(' ');
    const at = rule.indexOf(' ');
    const rules = [{ method: rule.slice(0, at), path: rule.slice(at + 1) }];
    assert.equal(isGranted(rules, method!, path!), expected);
  });

test('one of several rules is enough, none grants nothing', () => {
  const rules = [
    { method: 'GET', path: '/me' },
    { method: 'GET', path: '/sms' },
  ];
  assert.ok(isGranted(rules, 'GET', '/sms'));
  assert.ok(!isGranted([], 'GET', '/sms'));
});

/** What the pattern says, by a regular expression. */
function asExpression(pattern: string): RegExp {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.\\^$+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`^${pieces.join('[^]*')}$`);
}

test('wild cards match any text, like the equivalent regular expression', () => {
  const text = fc
    .array(fc.constantFrom('/', 'a', 'b', '*', '.'), { maxLength: 12 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (pattern, path) => {
      const [rule, called] = [withoutEndSlash(`/${pattern}`), withoutEndSlash(`/${path}`)];
      assert.equal(
        isGranted([{ method: 'GET', path: rule }], 'GET', called),
        asExpression(rule).test(called),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern made to be slow is not', () => {
  const rules = [{ method: 'GET', path: `/${'*a'.repeat(240)}b` }];
  assert.ok(!isGranted(rules, 'GET', `/${'a'.repeat(50_000)}`));
});

test('slashes at the end do not count, but for the root', () => {
  assert.deepEqual(['/', '//', '/sms//', '/sms'].map(withoutEndSlash), ['/', '/', '/sms', '/sms']);
});
