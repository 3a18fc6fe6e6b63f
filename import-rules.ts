// Which folder may import which, as data. `npm run check` applies the rules and test/tidy.test.ts plants a violation of
// each of them. docs/architecture.md shows the same table, and a test compares the two. Tests may import freely; everything
// else, types included, follows the rules (docs/decisions/0003-import-rules-and-lint.md).

import type { DependencyType } from 'dependency-cruiser';

/** Pure files of `lib`: they import only each other, so that pure folders may use them. */
export const pureLibrary = [
  'lib/assert.ts',
  'lib/time/duration.ts',
  'lib/time/zoned-time.ts',
  'lib/text/email.ts',
];

/** Each folder of src, from the bottom up, and the folders (or single files) below it that it may import. */
export const folders: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  gsm: [],
  'smpp/protocol': ['lib/assert.ts'],
  'smpp/server': ['smpp/protocol', 'lib'],
  domain: ['gsm', ...pureLibrary],
  store: ['domain', 'gsm', 'lib'],
  connectors: ['domain', 'smpp/protocol', 'gsm', 'lib'],
  simulator: ['smpp', 'domain', 'gsm', 'lib'],
  pipeline: ['store', 'domain', 'gsm', 'lib'],
  operations: ['pipeline', 'store', 'domain', 'gsm', 'lib'],
  listeners: ['smpp', 'lib'],
  dialects: ['operations', 'listeners', 'smpp', 'domain', 'gsm', 'lib'],
  main: [
    'dialects',
    'listeners',
    'operations',
    'pipeline',
    'simulator',
    'connectors',
    'store',
    'domain',
    'smpp/server',
    'smpp/protocol',
    'gsm',
    'lib',
  ],
  cli: ['main', 'operations', 'simulator', 'domain', 'lib'],
};

/** What the browser application (console/) may import of src: types of its contract, and the code that counts segments. */
export const consoleImports = [
  'dialects/console/contract.ts',
  'dialects/console/contract',
  'gsm/alphabet.ts',
  'gsm/segments.ts',
  'gsm/optimize.ts',
];

/** Folders of pure computation: they import no Node module and no package. */
const pureFolders = ['gsm', 'smpp/protocol', 'domain'];
/** Packages of facts that one pure file imports. */
export const pureExceptions = [
  // Types only.
  { file: 'gsm/msisdn.ts', mayImport: 'node_modules/libphonenumber-js/' },
  // Node's `module` for a require at the first use.
  { file: 'gsm/phone-library.ts', mayImport: '^module$|node_modules/libphonenumber-js/' },
];

/** Packages and Node modules that few files may import, with the reason and the place to use instead. */
export const places = [
  {
    what: 'pg',
    path: 'node_modules/(@types/)?pg/',
    allowed: ['store/database/', 'store/embedded/'],
    why: 'SQL belongs to src/store. Write a statement there and call it.',
  },
  {
    what: 'fastify',
    path: 'node_modules/(@fastify/|fastify/)',
    allowed: ['dialects/', 'listeners/', 'main/'],
    why: 'HTTP ends in the listeners and dialects. Code below them returns a value or throws a refusal.',
  },
  {
    what: 'mail',
    path: 'node_modules/(smtp-server|postal-mime|nodemailer)/',
    allowed: ['listeners/', 'lib/net/mail-relay.ts'],
    why: 'Mail is received by one listener and sent by one relay.',
  },
  {
    what: 'undici',
    path: 'node_modules/undici/|^undici$',
    allowed: [
      'lib/net/http-client.ts',
      'lib/net/http-download.ts',
      'lib/net/http-exchange.ts',
      'lib/net/undici.ts',
    ],
    why: 'Every request to a customer address uses the guarded client, which refuses private networks. Carriers, whose addresses operators set, are called by http-exchange.ts.',
  },
  {
    what: 'pino',
    path: 'node_modules/pino/',
    allowed: ['lib/observability/log.ts'],
    why: 'Take a Log from #lib/observability/log.ts as an argument.',
  },
  {
    what: 'prom-client',
    path: 'node_modules/prom-client/',
    allowed: ['lib/observability/metrics.ts'],
    why: 'Declare metrics with #lib/observability/metrics.ts, so that one page lists all of them.',
  },
  {
    what: 'opentelemetry',
    path: 'node_modules/@opentelemetry/',
    allowed: ['lib/observability/tracing.ts'],
    why: 'Record steps with #lib/observability/tracing.ts, which loads the SDK only when tracing is on.',
  },
  {
    what: 'lru-cache',
    path: 'node_modules/lru-cache/',
    allowed: ['lib/async/expiring-cache.ts'],
    why: 'Use ExpiringCache, which takes the clock of the caller.',
  },
  {
    what: 'argon2',
    path: 'node_modules/@node-rs/argon2/',
    allowed: ['lib/security/passwords.ts'],
    why: 'Passwords are hashed by #lib/security/passwords.ts, which limits the hashes at one time.',
  },
  {
    what: 'sockets',
    path: '^(node:)?(net|tls|dgram)$',
    allowed: [
      'lib/net/',
      'lib/security/x509/certificates.ts',
      'listeners/',
      'connectors/',
      'simulator/',
      'main/',
    ],
    why: 'Sockets are opened by #lib/net/tcp-server.ts, so that limits, time-outs and stop are equal in all listeners.',
  },
  {
    what: 'child-process',
    path: '^(node:)?(child_process|cluster)$',
    allowed: ['store/embedded/'],
    why: 'The embedded PostgreSQL is the only program that Chappe starts.',
  },
];

/** Files that stages of src/pipeline share, and parts of one stage. A stage imports no stage. */
const sharedInPipeline = [
  'context',
  'ports',
  'credit-refusal',
  'callback-wishes',
  'side-records',
  'accept-batch',
  'recipient-list-parts',
  'outcome-batch',
  'callback-rows',
  'callback-content',
  'resend-failed',
  'stage-metrics',
  'stage-traces',
];

/** Files and folders that may make access values (src/operations/access/grant.ts). */
const grantors = [
  'operations/account/credentials/',
  'operations/account/members/',
  'operations/account/sign-in.ts',
  'operations/access/operator-access.ts',
];

/** Files of src/main that may import src/store. */
const storeUsers = ['main/runtime.ts', 'main/connector-set.ts'];

/** Areas of src/operations whose folders are subjects; a file directly in an area is a subject of its own. */
const areas = 'sending|account|money|audience|reading|operator';

const notTest = '\\.test\\.ts$';
const literally = (text: string) => text.replaceAll('.', '\\.');

/** A pattern for folders and single files, named from src/. */
export function anyOf(paths: readonly string[]): string {
  const patterns = paths.map((path) =>
    path.endsWith('.ts') ? `${literally(path)}$` : `${path.replace(/\/$/, '')}/`,
  );
  return `^src/(${patterns.join('|')})`;
}

interface Condition {
  readonly path?: string | string[];
  readonly pathNot?: string | string[];
  readonly circular?: boolean;
  readonly reachable?: boolean;
  readonly couldNotResolve?: boolean;
  readonly dependencyTypes?: DependencyType[];
}

export interface Rule {
  readonly name: string;
  readonly severity: 'error' | 'warn';
  /** Addressed to the developer who broke the rule: its reason and the probable place for the code. */
  readonly comment: string;
  readonly from: Condition;
  readonly to: Condition;
}

function forbid(name: string, comment: string, from: Condition, to: Condition): Rule {
  return { name, severity: 'error', comment, from, to };
}

const folderRules = Object.entries(folders).map(([folder, below]) =>
  forbid(
    `${folder.replace('/', '-')}-imports`,
    `src/${folder} may import ${below.length ? below.join(', ') : 'no other folder'}. Anything else is a rule that ` +
      'belongs further down, or a value that the caller passes.',
    { path: `^src/${folder}/`, pathNot: notTest },
    { path: '^src/', pathNot: anyOf([folder, ...below]) },
  ),
);

const placeRules = places.map(({ what, path, allowed, why }) =>
  forbid(`place-of-${what}`, why, { path: '^src/', pathNot: [notTest, anyOf(allowed)] }, { path }),
);

const purityRules = [
  forbid(
    'pure-folder',
    `${pureFolders.join(', ')} compute only: time, randomness, bytes and settings are arguments. Read them in the ` +
      'caller and pass the value.',
    {
      path: anyOf(pureFolders),
      pathNot: [notTest, anyOf(pureExceptions.map(({ file }) => file))],
    },
    { pathNot: '^src/' },
  ),
  ...pureExceptions.map(({ file, mayImport }) =>
    forbid(
      'pure-exception',
      `src/${file} may import its one package of facts and no other.`,
      { path: anyOf([file]) },
      { pathNot: ['^src/', mayImport] },
    ),
  ),
  forbid(
    'pure-library',
    'Pure files of lib import nothing, so that gsm, smpp/protocol and domain may use them.',
    { path: anyOf(pureLibrary) },
    { pathNot: anyOf(pureLibrary) },
  ),
];

const siblingRules = [
  forbid(
    'family-to-family',
    'Dialect families never import each other. A shared rule belongs to the domain, a shared form to dialects/shared.',
    { path: '^src/dialects/([^/]+)/', pathNot: [notTest, '^src/dialects/shared/'] },
    { path: '^src/dialects/[^/]+/', pathNot: ['^src/dialects/$1/', '^src/dialects/shared/'] },
  ),
  forbid(
    'shared-from-family',
    'dialects/shared imports no family: the family passes its differences.',
    { path: '^src/dialects/(shared/|[^/]+\\.ts$)', pathNot: notTest },
    { path: '^src/dialects/[^/]+/', pathNot: '^src/dialects/shared/' },
  ),
  forbid(
    'kind-to-kind',
    'Connector kinds never import each other. Shared code belongs to src/domain/delivery or src/lib.',
    { path: '^src/connectors/([^/]+)/', pathNot: notTest },
    { path: '^src/connectors/[^/]+/', pathNot: '^src/connectors/$1/' },
  ),
  forbid(
    'stage-to-stage',
    `A stage imports no stage. Stages share ${sharedInPipeline.join(', ')} and meet through ports.`,
    { path: '^src/pipeline/', pathNot: notTest },
    { path: '^src/pipeline/', pathNot: `^src/pipeline/(${sharedInPipeline.join('|')})\\.ts$` },
  ),
  forbid(
    'subject-to-subject',
    'A subject of operations imports no other subject: declare the needed function in its needs.',
    { path: `^src/operations/((?:${areas})/[^/.]+)(?:\\.ts$|/)`, pathNot: notTest },
    { path: '^src/operations/', pathNot: ['^src/operations/$1(\\.ts$|/)', '^src/operations/access/'] },
  ),
  forbid(
    'grant',
    `Only code that authenticates may make access values: ${grantors.join(', ')}. Take an access value as an argument.`,
    { path: '^src/', pathNot: [notTest, anyOf(grantors)] },
    { path: '^src/operations/access/grant\\.ts$' },
  ),
  forbid(
    'role-to-role',
    'A role of main imports no other role. Roles meet through ports, or share a file of src/main.',
    { path: '^src/main/roles/([^/]+)', pathNot: notTest },
    { path: '^src/main/roles/', pathNot: '^src/main/roles/$1$' },
  ),
  forbid(
    'main-to-store',
    `Only ${storeUsers.join(' and ')} may import src/store. Statements of main belong to pipeline or operations.`,
    { path: '^src/main/', pathNot: [notTest, anyOf(storeUsers)] },
    { path: '^src/store/' },
  ),
  forbid(
    'table-to-table',
    'A file of store imports no other table file. A join is one statement, or a caller that uses both.',
    { path: '^src/store/(?!database/|embedded/)', pathNot: notTest },
    { path: '^src/store/', pathNot: '^src/store/database/' },
  ),
];

const graphRules = [
  forbid(
    'no-circle',
    'These files import each other, possibly by a type only. One of them holds code that belongs to a third.',
    { path: '^(src|test|scripts)/' },
    { circular: true },
  ),
  forbid(
    'no-index',
    'An import line names the real file: import that file itself.',
    { path: '^(src|test|scripts)/' },
    { path: '(^|/)index\\.ts$' },
  ),
  forbid(
    'no-re-export',
    'An import line names the real file: importers import it from there.',
    { path: '^src/' },
    { dependencyTypes: ['export'] },
  ),
  forbid(
    'no-test-in-source',
    'The product needs no test code: move it out of the test, or pass it as an argument.',
    { path: '^src/', pathNot: notTest },
    { path: '^(test|bench|scripts)/|\\.test\\.ts$' },
  ),
  forbid(
    'no-development-package',
    'This package is not among the dependencies of package.json, so an installation does not have it.',
    { path: '^src/', pathNot: notTest },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  ),
  forbid('resolvable', 'There is no such file or package.', {}, { couldNotResolve: true }),
  forbid(
    'reachable',
    'Nothing leads from src/cli/cli.ts to this file: it is unused, or its caller is missing.',
    { path: '^src/cli/cli\\.ts$' },
    { path: '^src/', pathNot: notTest, reachable: false },
  ),
];

const consoleRules = [
  forbid(
    'console-imports',
    `console/ may import ${consoleImports.join(', ')}. Everything else of src reaches the browser as an answer of a call.`,
    { path: '^console/', pathNot: '^console/vite\\.config\\.ts$' },
    { path: '^src/', pathNot: anyOf(consoleImports) },
  ),
  forbid(
    'source-from-console',
    'src is the server. A value that both need belongs to src/gsm or to the contract.',
    { path: '^(src|bench)/' },
    { path: '^console/' },
  ),
  forbid(
    'place-of-browser-packages',
    'These packages run in a browser, or build for one: they belong to console/.',
    { path: '^src/' },
    {
      path: 'node_modules/(react|react-dom|vite|@vitejs|@mantine|@tanstack|@tabler|@fontsource[^/]*|papaparse|uplot|uqr)/',
    },
  ),
];

/** All rules, in the form that dependency-cruiser reads. */
export const importRules: readonly Rule[] = [
  ...consoleRules,
  ...folderRules,
  ...siblingRules,
  ...purityRules,
  ...placeRules,
  ...graphRules,
];

/** Violations that exist today, as `rule: from → to`. The list only shrinks: an entry that no longer occurs is an error. */
export const knownViolations: readonly string[] = [
  'unused-allowance: import-rules.ts → domain → lib/text/email.ts',
  'unused-allowance: import-rules.ts → listeners → smpp',
  'unused-allowance: import-rules.ts → listeners/ → fastify',
  'unused-allowance: import-rules.ts → main → smpp/protocol',
  'unused-allowance: import-rules.ts → main → smpp/server',
  'unused-allowance: import-rules.ts → store → gsm',
];
