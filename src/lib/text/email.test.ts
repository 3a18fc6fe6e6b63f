import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emailOrDomainPattern, isEmail, isInternetEmail } from './email.ts';

const cases: readonly (readonly [text: string, isEmail: boolean, isInternet: boolean, orDomain: boolean])[] =
  [
    ['info@example.com', true, true, true],
    ['root@localhost', true, false, true],
    ['@example.com', false, false, true],
    ['info@', false, false, false],
    ['info', false, false, false],
    ['a@b@c.fr', false, false, false],
    ['a b@c.fr', false, false, false],
    ['', false, false, false],
  ];

for (const [text, email, internet, orDomain] of cases)
  test(`"${text}" is ${email ? 'an' : 'no'} e-mail address`, () => {
    assert.deepEqual(
      [isEmail(text), isInternetEmail(text), emailOrDomainPattern.test(text)],
      [email, internet, orDomain],
    );
  });
