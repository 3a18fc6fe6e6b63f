// Answers fit the types that others generated from OVH's contract (npm @ovh-api/sms): the answers of every call are written
// into a program, as received, and the compiler checks it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { nameOf } from '../../src/dialects/ovh/api/contract.ts';
import { ovhClient } from '../support/ovh.ts';
import { bodyOf, pathOf, walk, walkPlatform } from '../support/ovh-walk.ts';
import { openPlatform } from '../support/platform.ts';
import { root } from '../support/source-text.ts';

const packageTypes = readFileSync(join(root, 'node_modules/@ovh-api/sms/index.d.ts'), 'utf8');
const known = new Set([...packageTypes.matchAll(/fullName: (\w+\.\w+)\./g)].map(([, name]) => name!));

const scalars: Readonly<Record<string, string>> = { string: 'string', uuid: 'string', long: 'number' };

/** Fields that are younger than the package (docs/dialects/ovh.md#what-is-served). */
const younger: Readonly<Record<string, readonly string[]>> = {
  'sms.Account': ['channel', 'iam', 'smpp'],
  'sms.Outgoing': ['messageID'],
  'sms.SmsSendingReport': ['tag'],
  'sms.VirtualNumberGenericService': ['iam'],
};
const youngerEverywhere = ['priceInUcents', 'vatRate'];

interface Recorded {
  readonly name: string;
  /** As the package calls it. */
  readonly type: string;
  readonly value: unknown;
}

/** With the type of the package; null for what it does not know. */
function asRecorded(name: string, returns: string, answer: unknown): Recorded | null {
  const element = returns.replace(/(\[\])+$/, '');
  const plain = element.replace(/WithIAM$/, '');
  const type = scalars[plain] ?? (known.has(plain) ? plain : null);
  if (type === null) return null;
  const left = [...youngerEverywhere, ...(younger[plain] ?? [])];
  const value = JSON.parse(JSON.stringify(answer), (field, member) =>
    left.includes(field) ? undefined : member,
  );
  return { name, type: type + returns.slice(element.length), value };
}

function programOf(answers: readonly Recorded[]): string {
  const lines = answers.map(
    ({ name, type, value }, i) => `// ${name}\nexport const answer${i}: ${type} = ${JSON.stringify(value)};`,
  );
  return ["import type { order, services, sms, telephony } from '@ovh-api/sms';", ...lines, ''].join('\n');
}

/**
 * What the compiler has against it, line by line. Null fits any type, for the package knows only of absent fields where
 * the description says that they may be null.
 */
function compile(folder: string, program: string): Promise<string[]> {
  writeFileSync(join(folder, 'answers.ts'), program);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--strictNullChecks', 'false', '--skipLibCheck'];
  const resolution = ['--module', 'nodenext', '--target', 'es2024', '--types', ''];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [tsc, ...options, ...resolution, 'answers.ts'],
      { cwd: folder },
      (_error, stdout) => resolve(stdout.split('\n').filter((line) => line !== '')),
    );
  });
}

test('answers of every call fit the types of @ovh-api/sms, and one that is wrong in a field does not', async () => {
  await using platform = await openPlatform(walkPlatform);
  const customer = await platform.anAccount();
  const client = ovhClient(platform.url, customer.ovh, () => platform.clock.now());
  const answers: Recorded[] = [];
  await walk(platform, customer, async (step) => {
    const answer = await client.ok(step.route.method, pathOf(step, step.places), bodyOf(step));
    const recorded = asRecorded(nameOf(step.route), step.route.returns, answer);
    if (recorded !== null) answers.push(recorded);
    return answer;
  });
  const types = new Set(answers.map(({ type }) => type.replace(/(\[\])+$/, '')));
  assert.ok(types.size > 30 && answers.length > 80, `${types.size} types, ${answers.length} answers`);

  const folder = mkdtempSync(join(tmpdir(), 'chappe-types-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    assert.deepEqual(await compile(folder, programOf(answers)), []);
    const outgoing = answers.find(({ type }) => type === 'sms.Outgoing')!;
    for (const wrong of [{ id: '1' }, { credits: '1.0' }, { receiver: 33600000000 }, { unknown: 1 }]) {
      const told = await compile(
        folder,
        programOf([{ ...outgoing, value: { ...(outgoing.value as object), ...wrong } }]),
      );
      assert.equal(told.filter((line) => line.includes('error TS')).length, 1, JSON.stringify(wrong));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
