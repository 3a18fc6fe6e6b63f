// Checks of the repository: import rules with planted violations, headers, names, sizes, exact versions, no path of one
// machine. Rules that a linter can check are in biome.json.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { knownViolations } from '../import-rules.ts';
import { checkImports } from '../scripts/import-rules.ts';
import { codeOf, find, readFiles, root } from './support/source-text.ts';

const source = readFiles('src/**/*.ts');
const production = source.filter(({ path }) => !path.endsWith('.test.ts'));
const everything = readFiles('**/*.{ts,mjs,js,json,md,sql,yaml,yml,sh}', '.ci/*', '.npmrc', '.gitignore');

const ownText = 'test/tidy.test.ts';

test('the import rules read every source file and find only the known violations', async () => {
  const { files, violations } = await checkImports(root, ['src', 'console/src']);
  const read = files.filter((file) => file.startsWith('src/')).sort();
  assert.deepEqual(read, source.map(({ path }) => path).sort());
  const found = violations
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, from, to }) => `${rule}: ${from} → ${to}`);
  assert.deepEqual(found.sort(), [...knownViolations].sort());
});

/** File, its import, and the rule that must report it. */
const plants: readonly (readonly [string, string, string])[] = [
  ['src/domain/a.ts', "import { x } from '#store/t.ts'; x;", 'domain-imports'],
  ['src/domain/b.ts', "import type { X } from '#store/t.ts'; export type Y = X;", 'domain-imports'],
  ['src/domain/c.ts', "import { now } from '../lib/time/clock.ts'; now;", 'domain-imports'],
  ['src/domain/d.ts', "import { randomBytes } from 'node:crypto'; randomBytes;", 'pure-folder'],
  ['src/smpp/protocol/a.ts', "import net from 'node:net'; net;", 'pure-folder'],
  ['src/smpp/protocol/b.ts', "import { x } from '#smpp/server/t.ts'; x;", 'smpp-protocol-imports'],
  ['src/gsm/msisdn.ts', "import { pino } from 'pino'; pino;", 'pure-exception'],
  ['src/lib/a.ts', "import { x } from '#gsm/t.ts'; x;", 'lib-imports'],
  ['src/lib/text/email.ts', "import { x } from '#lib/t.ts'; x;", 'pure-library'],
  ['src/store/money/a.ts', "import { x } from '#store/t.ts'; x;", 'table-to-table'],
  ['src/connectors/smpp/a.ts', "import { x } from '#operations/t.ts'; x;", 'connectors-imports'],
  ['src/connectors/smpp/b.ts', "import { x } from '../http/t.ts'; x;", 'kind-to-kind'],
  ['src/pipeline/a.ts', "import { x } from './t.ts'; x;", 'stage-to-stage'],
  ['src/pipeline/b.ts', "import { x } from '#operations/t.ts'; x;", 'pipeline-imports'],
  ['src/operations/money/a.ts', "import { x } from '#operations/t.ts'; x;", 'subject-to-subject'],
  ['src/operations/sending/batches/a.ts', "import { x } from '#operations/t.ts'; x;", 'subject-to-subject'],
  ['src/operations/money/e.ts', "import { grant } from '#operations/access/grant.ts'; grant;", 'grant'],
  ['src/dialects/ovh/d.ts', "import { grant } from '#operations/access/grant.ts'; grant;", 'grant'],
  ['src/operations/money/b.ts', "import pg from 'pg'; pg;", 'place-of-pg'],
  ['src/operations/money/c.ts', "import { fastify } from 'fastify'; fastify;", 'place-of-fastify'],
  [
    'src/operations/money/d.ts',
    "import { spawn } from 'node:child_process'; spawn;",
    'place-of-child-process',
  ],
  ['src/listeners/a.ts', "import { x } from '#store/t.ts'; x;", 'listeners-imports'],
  ['src/dialects/ovh/a.ts', "import { x } from '../octopush/t.ts'; x;", 'family-to-family'],
  ['src/dialects/ovh/b.ts', "import { x } from '#store/t.ts'; x;", 'dialects-imports'],
  ['src/dialects/ovh/c.ts', "import { request } from 'undici'; request;", 'place-of-undici'],
  ['src/dialects/shared/a.ts', "import { x } from '../octopush/t.ts'; x;", 'shared-from-family'],
  ['src/pipeline/c.ts', "import net from 'node:net'; net;", 'place-of-sockets'],
  ['src/main/i.ts', "import { x } from '#store/t.ts'; x;", 'main-to-store'],
  ['src/main/roles/a.ts', "import { x } from './t.ts'; x;", 'role-to-role'],
  ['src/main/a.ts', "import { x } from '#lib/index.ts'; x;", 'no-index'],
  ['src/main/b.ts', "export { x } from '#lib/t.ts';", 'no-re-export'],
  ['src/main/c.ts', "import { x } from '../../test/t.ts'; x;", 'no-test-in-source'],
  ['src/main/d.ts', "import fc from 'fast-check'; fc;", 'no-development-package'],
  ['src/main/e.ts', "import { x } from './nowhere.ts'; x;", 'resolvable'],
  ['src/main/f.ts', "import type { G } from './g.ts'; export type F = G;", 'no-circle'],
  ['src/main/h.ts', 'export const h = 1;', 'reachable'],
  [
    'console/src/a.ts',
    "import type { X } from '../../src/operations/t.ts'; export type Y = X;",
    'console-imports',
  ],
  ['src/main/j.ts', "import { x } from '../../console/src/t.ts'; x;", 'source-from-console'],
  ['src/main/k.ts', "import { createElement } from 'react'; createElement;", 'place-of-browser-packages'],
];

/** The other half of the circle. */
const circle = ['src/main/g.ts', "import type { F } from './f.ts'; export type G = F;"] as const;

const targets = [
  'store',
  'gsm',
  'lib',
  'connectors/http',
  'operations',
  'pipeline',
  'smpp/server',
  'dialects/octopush',
  'main/roles',
].map((folder) => `src/${folder}/t.ts`);

test('each import rule reports a violation planted against it, by value and by type', async () => {
  const planted = mkdtempSync(join(tmpdir(), 'chappe-imports-'));
  after(() => rmSync(planted, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(planted, path)), { recursive: true });
    writeFileSync(join(planted, path), text);
  };
  copyFileSync(join(root, 'package.json'), join(planted, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(planted, 'node_modules'), 'junction');
  write('src/operations/access/grant.ts', 'export const grant = 1;');
  for (const path of [
    ...targets,
    'src/lib/index.ts',
    'src/lib/time/clock.ts',
    'test/t.ts',
    'console/src/t.ts',
  ]) {
    write(path, 'export const x = 1; export type X = 1; export const now = 1;');
  }
  for (const [path, text] of [...plants, circle]) write(path, text);
  // All but the unreachable one are used, so that only what was planted is wrong with them.
  const used = [...plants.filter(([, , rule]) => rule !== 'reachable').map(([path]) => path), ...targets];
  write('src/cli/cli.ts', '');
  write('src/main/z.ts', used.map((path) => `import '../${path.slice('src/'.length)}';`).join('\n'));
  write('src/cli/cli.ts', "import '#main/z.ts';");

  const { violations } = await checkImports(planted, ['src', 'console']);
  // Planted: `main` uses `lib`, and nothing in `cli` uses `domain`.
  const unused = violations.filter(({ rule }) => rule === 'unused-allowance').map(({ to }) => to);
  assert.ok(unused.includes('cli → domain'), unused.join(', '));
  assert.ok(unused.includes('lib/net/http-client.ts → undici'), unused.join(', '));
  assert.ok(!unused.includes('main → lib'));
  for (const [path, , rule] of plants) {
    const seen = violations.filter(({ from, to }) => from === path || (rule === 'reachable' && to === path));
    assert.ok(
      seen.some((violation) => violation.rule === rule && violation.severity === 'error'),
      `${path} should break ${rule}; seen: ${seen.map((violation) => violation.rule).join(', ') || 'nothing'}`,
    );
  }
});

test('every source file begins with its purpose', () => {
  assert.deepEqual(
    production.filter(({ text }) => !/^\/\/ \S/.test(text)).map(({ path }) => path),
    [],
  );
});

test('a reminder names its issue', () => {
  const reminder = /\b(TODO|FIXME|HACK)\b(?!.*#\d+)/;
  assert.deepEqual(
    everything
      .filter(({ path }) => path !== ownText && !path.endsWith('.md'))
      .flatMap((file) => find(file, file.text, reminder)),
    [],
  );
});

test('names follow the glossary: words of a dialect stay in its folder', () => {
  // Ours: carrier, connector, callback, operator.
  const rejected = /\w*(webhook|gateway|supplier|messenger|[pP]rovider|\b[aA]dmin)\w*/;
  const ours = production.filter(({ path }) => !/^src\/dialects\/[^/]+\//.test(path));
  // A class of OpenTelemetry.
  const codeOfOurs = (text: string) => codeOf(text).replaceAll('sdk.TracerProvider', '');
  assert.deepEqual(
    ours.flatMap((file) => [
      ...find(file, codeOfOurs(file.text), rejected),
      ...find(file, file.path, rejected),
    ]),
    [],
  );
});

test('nothing names a path or a package registry of one machine', () => {
  // A path into the working folders of a machine, or below its temporary one.
  const paths = /(?<![\w.*}-])\/(work|tmp|root|home\/\w+)\/\w/;
  const registries = /\bregistry\.[a-z]+\.|verdaccio|\bresolved"?: "?http/i;
  const places = everything
    .filter(({ path }) => path !== ownText)
    .flatMap((file) => [...find(file, file.text, paths), ...find(file, file.text, registries)]);
  assert.deepEqual(places, []);
});

/** What comes from the outside world, and the only files that may ask for it. */
const readers: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['the clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b/, ['src/lib/time/clock.ts']],
  [
    'randomness',
    /\bMath\.random\b|\brandom(Bytes|UUID|Int|Fill\w*)\b|\bgetRandomValues\b/,
    [
      'src/lib/random.ts',
      'src/lib/security/secrets.ts',
      'src/store/embedded/cluster.ts',
      'src/store/embedded/server-process.ts',
    ],
  ],
  ['the environment', /\bprocess\.env\b/, ['src/main/config/read-config.ts']],
  ['the console', /\bconsole\./, []],
];

for (const [what, pattern, allowed] of readers) {
  test(`${what} is used by ${allowed.join(', ') || 'no file'} alone`, () => {
    const others = production.filter(({ path }) => !allowed.includes(path));
    assert.deepEqual(
      others.flatMap((file) => find(file, codeOf(file.text), pattern)),
      [],
    );
  });
}

test('dependencies are exact, so that an installation is the one that was tested', () => {
  const [manifest] = readFiles('package.json');
  assert.ok(manifest);
  const parsed = JSON.parse(manifest.text) as Record<string, Record<string, string>>;
  const ranges = ['dependencies', 'optionalDependencies', 'devDependencies']
    .flatMap((kind) => Object.entries(parsed[kind] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  assert.deepEqual(ranges, []);
});
