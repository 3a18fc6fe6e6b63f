// Who may import whom. The rules of the checker are built from these tables, and from nothing else; `npm run check`
// applies them and test/tidy.test.ts plants violations to see each of them caught (docs/decisions/0003-import-rules-and-lint.md).
// Tests may import what they like; everything else, types included, keeps to this.

import type { DependencyType } from 'dependency-cruiser';

/** Each room, from the ground up, and the rooms (or single files) below that it may look down to. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  gsm: [],
  smpp: ['lib/assert.ts'],
  domain: ['gsm', 'lib/assert.ts'],
  store: ['domain', 'gsm', 'lib'],
  connectors: ['domain', 'smpp', 'gsm', 'lib'],
  simulator: ['domain', 'smpp', 'gsm', 'lib'],
  operations: ['store', 'domain', 'gsm', 'lib'],
  dialects: ['operations', 'domain', 'smpp', 'gsm', 'lib'],
  workers: ['operations', 'lib'],
  main: [
    'workers',
    'dialects',
    'operations',
    'simulator',
    'connectors',
    'store',
    'domain',
    'smpp',
    'gsm',
    'lib',
  ],
  cli: ['main', 'operations', 'simulator', 'store', 'domain', 'lib'],
};

/** Rooms of plain computation: they import no Node module and no package, so that they are pure all the way down. */
const pureRooms = ['gsm', 'smpp', 'domain'];
const pureExceptions = [{ file: 'gsm/msisdn.ts', mayImport: 'node_modules/libphonenumber-js/' }];

/** Packages and Node modules that have one home each: where they may be imported, and why only there. */
const homes = [
  {
    what: 'pg',
    path: 'node_modules/(@types/)?pg/',
    homes: ['store/'],
    why: 'SQL has one room. Write a statement in src/store and call it.',
  },
  {
    what: 'fastify',
    path: 'node_modules/(@fastify/|fastify/)',
    homes: ['dialects/', 'main/'],
    why: 'HTTP is spoken at the doors. Below them nobody knows that a request was HTTP: return a value or throw a refusal.',
  },
  {
    what: 'smtp-server',
    path: 'node_modules/(smtp-server|postal-mime|nodemailer)/',
    homes: ['dialects/smtp/', 'lib/net/mail-relay.ts'],
    why: 'Mail is read by one dialect and sent by one relay. Hand what you need through #dialects/shared/dialect.ts.',
  },
  {
    what: 'undici',
    path: 'node_modules/undici/|^undici$',
    homes: ['workers/', 'lib/net/http-client.ts', 'lib/net/http-download.ts'],
    why: 'Every request to an address of a customer goes through the guarded client, or it may reach private networks.',
  },
  {
    what: 'pino',
    path: 'node_modules/pino/',
    homes: ['lib/observability/log.ts'],
    why: 'Take a Log from #lib/observability/log.ts as an argument.',
  },
  {
    what: 'sockets',
    path: '^(node:)?(net|tls|dgram)$',
    homes: [
      'lib/net/tcp-server.ts',
      'lib/net/tcp-link.ts',
      'lib/net/http-client.ts',
      'lib/net/address-guard.ts',
      'lib/security/x509/certificates.ts',
      'connectors/',
      'simulator/',
      'main/',
    ],
    why: 'Sockets are opened by #lib/net/tcp-server.ts, so that limits, time-outs and stopping are the same at all doors.',
  },
  {
    what: 'child-process',
    path: '^(node:)?(child_process|cluster)$',
    homes: ['store/embedded/'],
    why: 'The only program we start is the embedded PostgreSQL.',
  },
];

/** What several files of src/store may share; everything else there keeps to itself. */
const sharedInStore = ['database', 'codes', 'ids', 'partitions'];

const notTest = '\\.test\\.ts$';
const literally = (text: string) => text.replaceAll('.', '\\.');

/** A pattern for rooms and single files, named from src/. */
function anyOf(paths: readonly string[]): string {
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
  /** Addressed to whoever trips over the rule: why the wall is there, and where the code probably belongs. */
  readonly comment: string;
  readonly from: Condition;
  readonly to: Condition;
}

function forbid(name: string, comment: string, from: Condition, to: Condition): Rule {
  return { name, severity: 'error', comment, from, to };
}

const roomRules = Object.entries(rooms).map(([room, below]) =>
  forbid(
    `${room}-looks-down`,
    `src/${room} may import ${below.length ? below.join(', ') : 'no other room'}. What you need from elsewhere is either ` +
      'a rule that belongs further down, or a value that your caller should hand you.',
    { path: `^src/${room}/`, pathNot: notTest },
    { path: '^src/', pathNot: anyOf([room, ...below]) },
  ),
);

const homeRules = homes.map(({ what, path, homes: places, why }) =>
  forbid(`home-of-${what}`, why, { path: '^src/', pathNot: [notTest, anyOf(places)] }, { path }),
);

const purityRules = [
  forbid(
    'pure-rooms',
    `${pureRooms.join(', ')} compute and nothing else: time, randomness, bytes and settings are arguments. Do the ` +
      'reading where you call from and hand the value in.',
    {
      path: anyOf(pureRooms),
      pathNot: [notTest, anyOf(pureExceptions.map(({ file }) => file))],
    },
    { pathNot: '^src/' },
  ),
  ...pureExceptions.map(({ file, mayImport }) =>
    forbid(
      'pure-exception',
      `src/${file} may import that one package of facts and no other.`,
      { path: anyOf([file]) },
      { pathNot: ['^src/', mayImport] },
    ),
  ),
];

const siblingRules = [
  forbid(
    'dialect-to-dialect',
    'Dialects never see each other. What two of them share is a rule of the domain, or a file beside dialect.ts.',
    { path: '^src/dialects/([^/]+)/', pathNot: notTest },
    { path: '^src/dialects/[^/]+/', pathNot: '^src/dialects/$1/' },
  ),
  forbid(
    'dialect-from-below',
    'A file that all dialects share knows none of them: let the dialect hand in what differs.',
    { path: '^src/dialects/[^/]+\\.ts$', pathNot: notTest },
    { path: '^src/dialects/[^/]+/' },
  ),
  forbid(
    'connector-to-connector',
    'Connectors never see each other. What two of them share belongs to src/domain/delivery/connector.ts or to src/lib.',
    { path: '^src/connectors/([^/]+)/', pathNot: notTest },
    { path: '^src/connectors/[^/]+/', pathNot: '^src/connectors/$1/' },
  ),
  forbid(
    'operation-to-operation',
    'An operation is one verb and never calls another. Move what both need down to src/domain or src/store.',
    { path: '^src/operations/', pathNot: notTest },
    { path: '^src/operations/', pathNot: '^src/operations/(context|operator/find-account)\\.ts$' },
  ),
  forbid(
    'table-to-table',
    'A table file imports no other table file. What joins tables is one statement, or an operation that calls both.',
    { path: '^src/store/[^/]+\\.ts$', pathNot: notTest },
    { path: '^src/store/', pathNot: `^src/store/(${sharedInStore.join('|')})\\.ts$` },
  ),
];

const graphRules = [
  forbid(
    'no-circle',
    'These files import each other, if only by a type. One of them holds something that belongs to a third.',
    { path: '^(src|test|scripts)/' },
    { circular: true },
  ),
  forbid(
    'no-index',
    'One import line names the real home of a thing: import that file itself.',
    { path: '^(src|test|scripts)/' },
    { path: '(^|/)index\\.ts$' },
  ),
  forbid(
    'no-re-export',
    'One import line names the real home of a thing: let your users import it from there.',
    { path: '^src/' },
    { dependencyTypes: ['export'] },
  ),
  forbid(
    'no-test-in-source',
    'What the product needs is not a test: move it out of the test, or hand it in.',
    { path: '^src/', pathNot: notTest },
    { path: '^(test|bench|scripts)/|\\.test\\.ts$' },
  ),
  forbid(
    'no-development-package',
    'This package is not among the dependencies in package.json, so an installation will not have it.',
    { path: '^src/', pathNot: notTest },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  ),
  forbid('resolvable', 'There is no such file or package.', {}, { couldNotResolve: true }),
];

/** Until the command line exists, a file that it does not reach is work under way. */
const reachable = (hasCli: boolean): Rule => ({
  ...forbid(
    'reachable',
    'Nothing leads from src/cli/cli.ts to this file: it is dead, or its caller forgot it.',
    { path: '^src/cli/cli\\.ts$' },
    { path: '^src/', pathNot: notTest, reachable: false },
  ),
  severity: hasCli ? 'error' : 'warn',
});

/** All the rules, as dependency-cruiser wants them. */
export function wallRules(hasCli: boolean): Rule[] {
  return [...roomRules, ...siblingRules, ...purityRules, ...homeRules, ...graphRules, reachable(hasCli)];
}
