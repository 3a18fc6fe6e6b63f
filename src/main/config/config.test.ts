import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { envFileMistakes, unknownNames } from './read-config.ts';
import { settings } from './settings.ts';

for (const [name, told] of [
  ['CHAPPE_HTTP_PROT', 'did you mean CHAPPE_HTTP_PORT?'],
  ['CHAPPE_DATADIR', 'did you mean CHAPPE_DATA_DIR?'],
  ['CHAPPE_LOGLEVEL', 'did you mean CHAPPE_LOG_LEVEL?'],
  ['CHAPPE_ROLE', 'did you mean CHAPPE_ROLES?'],
  ['CHAPPE_SMTP_MAILBOX', 'did you mean CHAPPE_SMTP_MAILBOXES?'],
  ['CHAPPE_SOMETHING_ELSE_ENTIRELY', 'see chappe help settings'],
] as const)
  test(`the variable ${name} is refused with advice`, () => {
    assert.deepEqual(unknownNames([name]), [`${name} is not a setting; ${told}`]);
  });

test('settings, names of other programs and variables of commands are not refused', () => {
  const names = Object.values(settings).map(({ name }) => name);
  assert.deepEqual(
    unknownNames([
      ...names,
      'PATH',
      'CHAPPE_CARRIER_PASSWORD',
      'CHAPPE_LAUNCHER',
      'CHAPPE_CONSOLE_BUILD',
      'XCHAPPE_A',
    ]),
    [],
  );
});

for (const [what, text, mistakes] of [
  ['settings, comments and empty lines', '# ours\n\nCHAPPE_HOST=0.0.0.0\n  export A = b # c\r\nB=\n', []],
  ['a value of several lines', 'A="one\ntwo three\nfour"\nB=1\n', []],
  ['a name without a value', 'CHAPPE_HOST\n', [1]],
  ['a colon for the equals sign', 'A=1\nCHAPPE_HOST: 0.0.0.0\n', [2]],
  ['a name with a dash', 'CHAPPE-HOST=1\n', [1]],
  ['words', 'A=1\nthis is junk\n\n<html>\n', [2, 4]],
] as const)
  test(`a file .env with ${what} has ${mistakes.length} mistakes`, () => {
    assert.deepEqual(
      envFileMistakes(text),
      mistakes.map((line) => `line ${line} of .env is not of the form NAME=value`),
    );
  });

test('the shipped example has no mistake', () => {
  const text = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
  assert.deepEqual(envFileMistakes(text), []);
  const names = [...text.matchAll(/^#?\s*(CHAPPE_[A-Z_]+)=/gm)].map(([, name]) => name!);
  assert.ok(names.length > 10);
  assert.deepEqual(unknownNames(names), []);
});

test('an empty DATABASE_URL is a mistake: the embedded PostgreSQL must not replace a lost secret', () => {
  assert.throws(() => settings.databaseUrl.read(''), /it is empty/);
  assert.throws(() => settings.databaseUrl.read(' '), /it is empty/);
  assert.equal(settings.databaseUrl.read(undefined), null);
});

for (const [written, expected] of [
  [undefined, ['maintenance', 'callbacks', 'dispatch', 'jobs', 'listeners']],
  ['all', ['maintenance', 'callbacks', 'dispatch', 'jobs', 'listeners']],
  ['dispatch', ['dispatch']],
  ['listeners, dispatch', ['dispatch', 'listeners']],
  ['doors', ['maintenance', 'jobs', 'listeners']],
  ['doors,jobs,callbacks', ['maintenance', 'callbacks', 'jobs', 'listeners']],
] as const)
  test(`CHAPPE_ROLES=${written} selects ${expected.join(', ')}`, () => {
    assert.deepEqual(settings.roles.read(written), expected);
  });

test('an unknown role is refused', () => {
  assert.throws(() => settings.roles.read('dispatch,workers'), /^Error: all, or of maintenance, callbacks/);
});
