import assert from 'node:assert/strict';
import test from 'node:test';
import { readRules, tellRules, writeRules } from './access-rule-text.ts';

const wordsOf = (...lines: string[]) =>
  tellRules(lines.map((line) => ({ method: line.split(' ')[0]!, path: line.split(' ')[1]! }))).map(
    ({ words }) => words,
  );

test('a described call has its description, and a final star means everything below', () => {
  assert.deepEqual(wordsOf('GET /sms/', 'POST /sms/*/jobs', 'GET /sms/*', 'PUT /sms/*', 'DELETE /sms/*'), [
    'list the service names the credential may see',
    'submit one text to one or many receivers',
    'read, change and delete everything below /sms',
  ]);
  assert.deepEqual(wordsOf('GET /*', 'POST /*'), [
    'read, send and create everything: all accounts, their credit, and these keys',
  ]);
});

test('a call without a description is shown by its path', () => {
  assert.deepEqual(wordsOf('GET /domain/zone'), ['read at /domain/zone']);
  assert.deepEqual(wordsOf('GET /sms', 'PATCH /sms'), ['read and change at /sms']);
});

test('rules are read from lines and written as lines', () => {
  const rules = [
    { method: 'GET', path: '/sms' },
    { method: 'POST', path: '/sms/*/jobs' },
  ];
  assert.equal(writeRules(rules), 'GET /sms\nPOST /sms/*/jobs');
  assert.deepEqual(readRules(`${writeRules(rules)}\r\n\r\n put   /sms/x \nGET sms`), [
    ...rules,
    { method: 'PUT', path: '/sms/x' },
    'GET sms',
  ]);
});
