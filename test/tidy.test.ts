// The repository about itself: the walls hold and can be seen to hold, words and sizes are kept, nothing of one
// machine has slipped in. What a linter can check by itself is in biome.json.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { checkWalls } from '../scripts/import-rules.ts';
import { codeOf, find, readFiles, root } from './support/source-text.ts';

const source = readFiles('src/**/*.ts');
const production = source.filter(({ path }) => !path.endsWith('.test.ts'));
const everything = readFiles('**/*.{ts,mjs,js,json,md,sql,yaml,yml,sh}', '.ci/*', '.npmrc', '.gitignore');

const ownText = 'test/tidy.test.ts';

test('the walls see every source file, and none is broken', async () => {
  const { files, violations } = await checkWalls(root, ['src']);
  const cruised = files.filter((file) => file.startsWith('src/')).sort();
  assert.deepEqual(cruised, source.map(({ path }) => path).sort());
  const broken = violations.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    broken.map(({ rule, from, to, comment }) => `${rule}: ${from} → ${to}: ${comment}`),
    [],
  );
});

/** File, what it imports, and the rule that has to notice. */
const plants: readonly (readonly [string, string, string])[] = [
  ['src/domain/a.ts', "import { x } from '#store/t.ts'; x;", 'domain-looks-down'],
  ['src/domain/b.ts', "import type { X } from '#store/t.ts'; export type Y = X;", 'domain-looks-down'],
  ['src/domain/c.ts', "import { now } from '../src/lib/time/clock.ts'; now;", 'domain-looks-down'],
  ['src/domain/d.ts', "import { randomBytes } from 'node:crypto'; randomBytes;", 'pure-rooms'],
  ['src/smpp/a.ts', "import net from 'node:net'; net;", 'pure-rooms'],
  ['src/gsm/msisdn.ts', "import { pino } from 'pino'; pino;", 'pure-exception'],
  ['src/lib/a.ts', "import { x } from '#gsm/t.ts'; x;", 'lib-looks-down'],
  ['src/store/a.ts', "import { x } from './t.ts'; x;", 'table-to-table'],
  ['src/connectors/smpp/a.ts', "import { x } from '#operations/t.ts'; x;", 'connectors-looks-down'],
  ['src/connectors/smpp/b.ts', "import { x } from '../http/t.ts'; x;", 'connector-to-connector'],
  ['src/operations/a.ts', "import { x } from './t.ts'; x;", 'operation-to-operation'],
  ['src/operations/operator/a.ts', "import { x } from './t.ts'; x;", 'operation-to-operation'],
  ['src/operations/b.ts', "import pg from 'pg'; pg;", 'home-of-pg'],
  ['src/operations/c.ts', "import { fastify } from 'fastify'; fastify;", 'home-of-fastify'],
  ['src/operations/d.ts', "import { spawn } from 'node:child_process'; spawn;", 'home-of-child-process'],
  ['src/dialects/ovh/a.ts', "import { x } from '../smtp/t.ts'; x;", 'dialect-to-dialect'],
  ['src/dialects/ovh/b.ts', "import { x } from '#store/t.ts'; x;", 'dialects-looks-down'],
  ['src/dialects/ovh/c.ts', "import { request } from 'undici'; request;", 'home-of-undici'],
  ['src/dialects/a.ts', "import { x } from './smtp/t.ts'; x;", 'dialect-from-below'],
  ['src/workers/a.ts', "import net from 'node:net'; net;", 'home-of-sockets'],
  ['src/workers/b.ts', "import { x } from '#store/t.ts'; x;", 'workers-looks-down'],
  ['src/main/a.ts', "import { x } from '#lib/index.ts'; x;", 'no-index'],
  ['src/main/b.ts', "export { x } from '#lib/t.ts';", 'no-re-export'],
  ['src/main/c.ts', "import { x } from '../../test/t.ts'; x;", 'no-test-in-source'],
  ['src/main/d.ts', "import fc from 'fast-check'; fc;", 'no-development-package'],
  ['src/main/e.ts', "import { x } from './nowhere.ts'; x;", 'resolvable'],
  ['src/main/f.ts', "import type { G } from './g.ts'; export type F = G;", 'no-circle'],
  ['src/main/h.ts', 'export const h = 1;', 'reachable'],
];

/** The other half of the circle. */
const circle = ['src/main/g.ts', "import type { F } from './f.ts'; export type G = F;"] as const;

const targets = [
  'store',
  'gsm',
  'lib',
  'connectors/http',
  'operations',
  'operations/operator',
  'dialects/smtp',
].map((room) => `src/${room}/t.ts`);

test('each wall is seen to catch what is planted against it, values and types', async () => {
  const planted = mkdtempSync(join(tmpdir(), 'chappe-walls-'));
  after(() => rmSync(planted, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(planted, path)), { recursive: true });
    writeFileSync(join(planted, path), text);
  };
  copyFileSync(join(root, 'package.json'), join(planted, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(planted, 'node_modules'), 'junction');
  for (const path of [...targets, 'src/lib/index.ts', 'src/lib/time/clock.ts', 'test/t.ts']) {
    write(path, 'export const x = 1; export type X = 1; export const now = 1;');
  }
  for (const [path, text] of [...plants, circle]) write(path, text);
  // All but the unreachable one are used, so that only what was planted is wrong with them.
  const used = [...plants.filter(([, , rule]) => rule !== 'reachable').map(([path]) => path), ...targets];
  write('src/cli/cli.ts', '');
  write('src/main/z.ts', used.map((path) => `import '../${path.slice('src/'.length)}';`).join('\n'));
  write('src/cli/cli.ts', "import '#main/z.ts';");

  const { violations } = await checkWalls(planted, ['src']);
  for (const [path, , rule] of plants) {
    const seen = violations.filter(({ from, to }) => from === path || (rule === 'reachable' && to === path));
    assert.ok(
      seen.some((violation) => violation.rule === rule && violation.severity === 'error'),
      `${path} should break ${rule}; seen: ${seen.map((violation) => violation.rule).join(', ') || 'nothing'}`,
    );
  }
});

test('every source file says in its first lines what it is for', () => {
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

test('names keep to the glossary: what dialects call things stays in their folders', () => {
  // Ours: carrier, connector, callback, operator.
  const strangers = /\w*(webhook|gateway|supplier|messenger|[pP]rovider|\b[aA]dmin)\w*/;
  const ours = production.filter(({ path }) => !/^src\/dialects\/[^/]+\//.test(path));
  assert.deepEqual(
    ours.flatMap((file) => [
      ...find(file, codeOf(file.text), strangers),
      ...find(file, file.path, strangers),
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

/** Tables of facts, and nothing but tables, may be longer. */
const longTables = [
  'src/gsm/numbering-plan.ts',
  'src/smpp/protocol/commands.ts',
  'src/smpp/protocol/status.ts',
  'src/main/config.ts',
];
/** The aim is 300; beyond this there is something to divide. */
const longestFile = 360;

test('a file can be read at one sitting', () => {
  const long = production
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > longestFile && !longTables.includes(path))
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  assert.deepEqual(long, []);
});

/** What comes from the outside world, and the only files that may ask for it. */
const readers: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['the clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b/, ['src/lib/time/clock.ts']],
  [
    'randomness',
    /\bMath\.random\b|\brandom(Bytes|UUID|Int|Fill\w*)\b|\bgetRandomValues\b/,
    [
      'src/lib/ids.ts',
      'src/lib/random.ts',
      'src/lib/security/secrets.ts',
      'src/store/embedded/cluster.ts',
      'src/store/embedded/server-process.ts',
    ],
  ],
  ['the environment', /\bprocess\.env\b/, ['src/main/config.ts']],
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
