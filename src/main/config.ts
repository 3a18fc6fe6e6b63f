// Every setting of the platform: name, default, meaning. Read once, checked whole, all mistakes reported together.
// No other file knows that an environment exists.
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ReviewPolicy } from '#domain/account/sender.ts';
import { leastDaysKept } from '#domain/delivery/retention.ts';
import type { PackDiscount } from '#domain/money/orders.ts';
import type { PurposeGuard } from '#domain/plan/plan.ts';
import { isBlock } from '#lib/net/address-guard.ts';

export const allRoles = ['doors', 'dispatch', 'callbacks'] as const;
export type Role = (typeof allRoles)[number];

interface Setting<T> {
  readonly name: string;
  /** In words, for the reference page. */
  readonly fallback: string;
  readonly meaning: string;
  /** Its value is never printed. */
  readonly isSecret?: true;
  /** Undefined when the setting is absent. Throws with what is expected. */
  read(text: string | undefined): T;
}

function text(name: string, fallback: string, meaning: string): Setting<string> {
  return { name, fallback, meaning, read: (value) => value ?? fallback };
}

function optionalText(name: string, fallback: string, meaning: string): Setting<string | null> {
  return { name, fallback, meaning, read: (value) => (value === undefined || value === '' ? null : value) };
}

function wholeNumber(
  name: string,
  fallback: number,
  least: number,
  most: number,
  meaning: string,
): Setting<number> {
  return {
    name,
    fallback: String(fallback),
    meaning,
    read(value) {
      if (value === undefined || value === '') return fallback;
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < least || number > most)
        throw new Error(`a whole number from ${least} to ${most}`);
      return number;
    },
  };
}

function oneOf<T extends string>(
  name: string,
  values: readonly T[],
  fallback: T,
  meaning: string,
): Setting<T> {
  return {
    name,
    fallback,
    meaning,
    read(value) {
      if (value === undefined || value === '') return fallback;
      if (!(values as readonly string[]).includes(value)) throw new Error(`one of ${values.join(', ')}`);
      return value as T;
    },
  };
}

function yesOrNo(name: string, fallback: boolean, meaning: string): Setting<boolean> {
  return {
    name,
    fallback: String(fallback),
    meaning,
    read(value) {
      if (value === undefined || value === '') return fallback;
      if (value === 'true' || value === '1') return true;
      if (value === 'false' || value === '0') return false;
      throw new Error('true or false');
    },
  };
}

/** Host names and IP addresses, separated by commas; `*.` stands for one label in front. */
function hostNames(name: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    fallback: 'unset: none',
    meaning,
    read(value) {
      const names = (value ?? '')
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== '');
      const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
      const form = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`);
      if (names.every((host) => isIP(host) !== 0 || (host.length <= 253 && form.test(host)))) return names;
      throw new Error('host names or addresses such as sms.example.com, separated by commas');
    },
  };
}

/** A door of a later version: only "closed" is understood, so that nobody believes it to be open. */
function closedDoor(name: string, door: string): Setting<0> {
  return {
    name,
    fallback: '0',
    meaning: `Port of the ${door} door. This version has none: only 0 (closed) is accepted.`,
    read(value) {
      if (value !== undefined && value !== '' && value !== '0')
        throw new Error(`0 (closed): this version has no ${door} door yet`);
      return 0;
    },
  };
}

const roles: Setting<readonly Role[]> = {
  name: 'CHAPPE_ROLES',
  fallback: 'all',
  meaning: `Which roles this process plays, separated by commas: ${allRoles.join(', ')}. Several processes on one database share the work.`,
  read(value) {
    if (value === undefined || value === '' || value === 'all') return allRoles;
    const names = value.split(',').map((name) => name.trim());
    for (const name of names)
      if (!(allRoles as readonly string[]).includes(name))
        throw new Error(`all, or of ${allRoles.join(', ')}`);
    return names as Role[];
  },
};

const demo: Setting<boolean | null> = {
  name: 'CHAPPE_DEMO',
  fallback: 'true when the database is empty and embedded',
  meaning: 'Creates the demo account on first start.',
  read(value) {
    if (value === undefined || value === '') return null;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw new Error('true or false');
  },
};

const databaseUrl: Setting<string | null> = {
  name: 'DATABASE_URL',
  fallback: 'unset: the embedded PostgreSQL',
  meaning: "The operator's own PostgreSQL, 15 or later, as postgres://user:password@host:port/database.",
  isSecret: true,
  read(value) {
    if (value === undefined) return null;
    if (value.trim() === '')
      throw new Error('set, or left out altogether for the embedded PostgreSQL: it is empty');
    if (!/^(postgres(ql)?:\/\/|socket:)/.test(value))
      throw new Error('of the form postgres://user:password@host:port/database');
    return value;
  },
};

const mailboxes: Setting<readonly string[]> = {
  name: 'CHAPPE_SMTP_MAILBOXES',
  fallback: 'sms@octopush-dm.com',
  meaning: 'The addresses, separated by commas, to which a mail becomes an SMS; others are refused.',
  read(value) {
    const written = value === undefined || value === '' ? this.fallback : value;
    const addresses = written.split(',').map((address) => address.trim().toLowerCase());
    for (const address of addresses)
      if (!/^[^@\s]+@[^@\s]+$/.test(address)) throw new Error('mail addresses, separated by commas');
    return addresses;
  },
};

const trustedProxies: Setting<readonly string[]> = {
  name: 'CHAPPE_TRUSTED_PROXIES',
  fallback: 'unset: nobody is believed',
  meaning:
    'Addresses or CIDR blocks, separated by commas, of the proxies in front of this platform: what they say in X-Forwarded-For and X-Forwarded-Proto counts as the address and the scheme of a client.',
  read(value) {
    const blocks = (value ?? '')
      .split(',')
      .map((block) => block.trim())
      .filter((block) => block !== '');
    for (const block of blocks)
      if (!isBlock(block))
        throw new Error('addresses or CIDR blocks such as 10.0.0.0/8, separated by commas');
    return blocks;
  },
};

const ovhMailboxes: Setting<readonly string[]> = {
  name: 'CHAPPE_OVH_MAILBOXES',
  fallback: 'email2sms@ovh.net,@email2sms.ovh.net',
  meaning:
    "The addresses, separated by commas, to which a mail in OVH's form becomes an SMS; one that begins with @ stands for every address of its domain.",
  read(value) {
    const written = value === undefined || value === '' ? this.fallback : value;
    const addresses = written.split(',').map((address) => address.trim().toLowerCase());
    for (const address of addresses)
      if (!/^[^@\s]*@[^@\s]+$/.test(address)) throw new Error('mail addresses, or domains as @example.com');
    return addresses;
  },
};

const mailRelay: Setting<string | null> = {
  name: 'CHAPPE_MAIL_RELAY',
  fallback: 'unset: no mail leaves',
  meaning:
    'The mail server that forwarded replies, alerts, orders and reports leave through, as smtp://user:password@host:port or smtps://…',
  isSecret: true,
  read(value) {
    if (value === undefined || value === '') return null;
    if (!/^smtps?:$/.test(URL.parse(value)?.protocol ?? ''))
      throw new Error('of the form smtp://user:password@host:port');
    return value;
  },
};

const secretKey: Setting<string | null> = {
  name: 'CHAPPE_SECRET_KEY',
  fallback: 'unset: a key of chance, kept in the database',
  meaning:
    'What the secrets of OVH applications are sealed with, 16 characters or more. Changed later, it makes existing applications unusable.',
  isSecret: true,
  read(value) {
    if (value === undefined || value === '') return null;
    if (value.length < 16) throw new Error('16 characters or more');
    return value;
  },
};

const vatPercent: Setting<number> = {
  name: 'CHAPPE_VAT_PERCENT',
  fallback: '20',
  meaning: 'The value added tax on credit that is ordered, in percent.',
  read(value) {
    const written = value === undefined || value === '' ? this.fallback : value;
    if (!/^\d{1,2}(\.\d{1,2})?$/.test(written)) throw new Error('a percentage such as 20 or 5.5');
    return Number(written);
  },
};

const packDiscounts: Setting<readonly PackDiscount[]> = {
  name: 'CHAPPE_PACK_DISCOUNTS',
  fallback: 'unset: none',
  meaning:
    'What is taken off the price of large orders of credit, as credits:percent separated by commas: 1000:2,10000:5.5 takes 2 % off from 1,000 credits on.',
  read(value) {
    if (value === undefined || value === '') return [];
    return value.split(',').map((step) => {
      const [, quantity, percent] = /^\s*(\d{1,9}):(\d{1,2}(?:\.\d{1,2})?)\s*$/.exec(step) ?? [];
      if (quantity === undefined) throw new Error('steps such as 1000:2,10000:5.5');
      return { fromQuantity: Number(quantity), percent: Number(percent) };
    });
  },
};

const keepMessagesDays: Setting<number | null> = {
  name: 'CHAPPE_KEEP_MESSAGES_DAYS',
  fallback: '366',
  meaning: `Days after its time that a message, its text, its number and what followed from it are kept; they are gone a few days later. ${leastDaysKept} or more, because a STOP is heard for so long; 0 keeps them for ever.`,
  read(value) {
    const written = value === undefined || value === '' ? this.fallback : value;
    const days = Number(written);
    if (!/^\d{1,5}$/.test(written) || (days !== 0 && days < leastDaysKept))
      throw new Error(`0, or a whole number from ${leastDaysKept} to 99999`);
    return days === 0 ? null : days;
  },
};

/** Lines of a document, written in one. */
function lines(name: string, fallback: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    fallback,
    meaning,
    read: (value) =>
      (value === undefined || value.trim() === '' ? fallback : value)
        .split('|')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
  };
}

/** The one list: configuration, its reference page and its checks all come from here. */
export const settings = {
  dataDir: text(
    'CHAPPE_DATA_DIR',
    './data',
    'Folder of the embedded database and of the local certificate authority; nothing else is on disk.',
  ),
  databaseUrl,
  host: text('CHAPPE_HOST', '127.0.0.1', 'Address to listen on.'),
  httpPort: wholeNumber('CHAPPE_HTTP_PORT', 8080, 0, 65535, 'Port of the HTTP door; 0 closes it.'),
  httpsPort: wholeNumber('CHAPPE_HTTPS_PORT', 8443, 0, 65535, 'Port of the HTTPS door; 0 closes it.'),
  proxy: yesOrNo(
    'CHAPPE_PROXY',
    false,
    'Whether clients with an https host written into them may use the HTTP and HTTPS doors as their proxy: whatever host they ask for, they reach this platform.',
  ),
  smtpPort: wholeNumber(
    'CHAPPE_SMTP_PORT',
    2525,
    0,
    65535,
    'Port of the SMTP door, where a mail becomes an SMS; 0 closes it.',
  ),
  smppPort: closedDoor('CHAPPE_SMPP_PORT', 'SMPP'),
  demo,
  roles,
  publicUrl: optionalText(
    'CHAPPE_PUBLIC_URL',
    'derived',
    'What customers call us by, as https://sms.example.com: in the addresses that answers name, and where OVH calls are signed for it.',
  ),
  trustedProxies,
  secretKey,
  ovhClockWindow: wholeNumber(
    'CHAPPE_OVH_CLOCK_WINDOW',
    300,
    10,
    86_400,
    'Seconds that the time in a signed OVH call may differ from ours: clients measure the difference once in their life, or never.',
  ),
  logLevel: oneOf(
    'CHAPPE_LOG_LEVEL',
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    'warn',
    'How much is logged, as JSON lines on standard error.',
  ),
  stopShortCode: text(
    'CHAPPE_STOP_SHORT_CODE',
    '36180',
    'The short code that replaces XXXXX in the mention "STOP au XXXXX" of French marketing texts.',
  ),
  defaultSender: optionalText('CHAPPE_DEFAULT_SENDER', 'unset', 'The sender of texts that name none.'),
  validityMinutes: wholeNumber(
    'CHAPPE_VALIDITY_MINUTES',
    2880,
    1,
    43_200,
    'How long after its due time a message may still be handed to a carrier.',
  ),
  receiptWindowHours: wholeNumber(
    'CHAPPE_RECEIPT_WINDOW',
    72,
    1,
    720,
    'Hours after the end of its validity that a message waits for its receipt; then it ends as unknown.',
  ),
  keepMessagesDays,
  perEndpoint: wholeNumber(
    'CHAPPE_CALLBACK_CONNECTIONS',
    32,
    1,
    500,
    'Callbacks under way to one endpoint at the same time.',
  ),
  callbackTimeoutSeconds: wholeNumber(
    'CHAPPE_CALLBACK_TIMEOUT',
    15,
    1,
    120,
    'Seconds an endpoint has to answer a callback.',
  ),
  allowPrivateCallbacks: yesOrNo(
    'CHAPPE_ALLOW_PRIVATE_CALLBACKS',
    false,
    'Whether addresses that customers set for their callbacks may be private ones, of this machine or its network.',
  ),
  documentMegabytes: wholeNumber(
    'CHAPPE_DOCUMENT_MEGABYTES',
    50,
    1,
    2_000,
    'The largest file that a customer may upload, and the largest list that is fetched from an address of his.',
  ),
  documentAccountMegabytes: wholeNumber(
    'CHAPPE_DOCUMENT_ACCOUNT_MEGABYTES',
    1_000,
    1,
    1_000_000,
    'How many megabytes all files of one account may have together: documents, exports, lists in slots. Beyond, its uploads are refused until it deletes some.',
  ),
  documentTotalMegabytes: wholeNumber(
    'CHAPPE_DOCUMENT_TOTAL_MEGABYTES',
    20_000,
    1,
    100_000_000,
    'How many megabytes the files of all accounts may have together: they are in the database. Beyond, uploads are refused.',
  ),
  documentDays: wholeNumber(
    'CHAPPE_DOCUMENT_DAYS',
    30,
    1,
    366,
    'How long an uploaded file, or one that was exported, is kept unless its owner says otherwise.',
  ),
  downloadSeconds: wholeNumber(
    'CHAPPE_DOWNLOAD_TIMEOUT',
    60,
    1,
    600,
    'Seconds that fetching a list from an address of a customer may take as a whole.',
  ),
  allowPrivateDownloads: yesOrNo(
    'CHAPPE_ALLOW_PRIVATE_DOWNLOADS',
    false,
    'Whether lists may be fetched from private addresses, of this machine or its network. Customers read what is fetched: allow it only where all of them may read whatever these addresses answer.',
  ),
  purposeGuard: oneOf<PurposeGuard>(
    'CHAPPE_PURPOSE_GUARD',
    ['note', 'hold', 'refuse'],
    'note',
    'What happens to a text that reads like advertising and is sent as transactional: it is noted on its campaign, held until the operator releases it, or refused.',
  ),
  senderReview: oneOf<ReviewPolicy>(
    'CHAPPE_SENDER_REVIEW',
    ['automatic', 'manual'],
    'automatic',
    'Whether senders and templates that customers ask for through the OVH API are enabled at once, or wait until you approve or refuse them.',
  ),
  mailRelay,
  mailFrom: text('CHAPPE_MAIL_FROM', 'chappe@localhost', 'The sender of all mails that leave.'),
  smtpMailboxes: mailboxes,
  ovhMailboxes,
  connections: wholeNumber(
    'CHAPPE_CONNECTIONS',
    4096,
    8,
    1_000_000,
    'Connections that all listeners of a process hold at the same time; fewer where the limit of open files (ulimit -n) is low, because the database and the carriers need some. Those beyond are cut.',
  ),
  connectionsPerAddress: wholeNumber(
    'CHAPPE_CONNECTIONS_PER_ADDRESS',
    1024,
    1,
    1_000_000,
    'Connections from one address at the same time; those beyond are cut. CHAPPE_TRUSTED_PROXIES are not counted.',
  ),
  heldMegabytes: wholeNumber(
    'CHAPPE_BODY_MEGABYTES',
    128,
    16,
    100_000,
    'Memory for the bodies of requests that are being received or answered; a quarter of it at most for one address. Beyond, the oldest unfinished request is refused.',
  ),
  smtpConnections: wholeNumber(
    'CHAPPE_SMTP_CONNECTIONS',
    2000,
    1,
    100_000,
    'Connections that the SMTP door holds at the same time; those beyond are told to come again.',
  ),
  smtpPerAddress: wholeNumber(
    'CHAPPE_SMTP_PER_ADDRESS',
    12_000,
    0,
    1_000_000,
    'Mails a minute from one address; those beyond are told to come again. 0 is no limit.',
  ),
  smtpPerAccount: wholeNumber(
    'CHAPPE_SMTP_PER_ACCOUNT',
    12_000,
    0,
    1_000_000,
    'Mails a minute for one account; those beyond are told to come again. 0 is no limit.',
  ),
  vatPercent,
  packDiscounts,
  seller: lines(
    'CHAPPE_SELLER',
    'The operator of this platform',
    'Who sells credit, on the forms of orders: name, address, registration, with | between the lines.',
  ),
  payment: lines(
    'CHAPPE_PAYMENT',
    'Ask the operator of this platform how to pay.',
    'How an order of credit is paid, on its form: the account to pay to and the like, with | between the lines.',
  ),
  orderTerms: optionalText(
    'CHAPPE_ORDER_TERMS',
    'unset: a few sentences of our own',
    'File of the terms of sale (plain text, UTF-8) that orders of credit are made under.',
  ),
  tlsCert: optionalText(
    'CHAPPE_TLS_CERT',
    'unset: one of the local authority for HTTPS, none for STARTTLS',
    'File of the certificate (PEM, with its chain) that the HTTPS door shows and the SMTP door offers with STARTTLS.',
  ),
  tlsNames: hostNames(
    'CHAPPE_TLS_NAMES',
    'Further host names and addresses for the certificate of the local authority, separated by commas. With CHAPPE_PROXY these are hosts that clients may ask a tunnel for.',
  ),
  tlsKey: optionalText('CHAPPE_TLS_KEY', 'unset', 'File of the private key (PEM) of that certificate.'),
} satisfies Record<string, Setting<unknown>>;

type Settings = typeof settings;
export type Config = { readonly [Name in keyof Settings]: ReturnType<Settings[Name]['read']> };

/** The name of the command-line flag of a setting: CHAPPE_HTTP_PORT is --http-port. */
export function flagOf(name: string): string {
  return name
    .replace(/^CHAPPE_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}

/** Thrown with every mistake at once. */
export class ConfigError extends Error {}

/**
 * Reads the configuration: `flags` (by flag name) before the environment before the file `.env` of the working folder.
 */
export function readConfig(flags: Readonly<Record<string, string>> = {}): Config {
  const mistakes: string[] = [];
  if (existsSync('.env')) {
    mistakes.push(...envFileMistakes(readFileSync('.env', 'utf8')));
    process.loadEnvFile('.env');
  }
  mistakes.push(...unknownNames(Object.keys(process.env)));
  const config: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries<Setting<unknown>>(settings)) {
    const value = flags[flagOf(setting.name)] ?? process.env[setting.name];
    try {
      config[key] = setting.read(value);
    } catch (error) {
      const said = setting.isSecret ? '' : ` is "${value}", but`;
      mistakes.push(`${setting.name}${said} must be ${(error as Error).message}`);
    }
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes.join('\n'));
  return Object.freeze(config) as Config;
}

/** Names of ours that are no settings: the launcher's, and what commands read besides. */
const otherNames: ReadonlySet<string> = new Set([
  'CHAPPE_LAUNCHER',
  'CHAPPE_CARRIER_PASSWORD',
  'CHAPPE_TEST_SERVER',
]);

/** A misspelled setting would be silently without effect. */
export function unknownNames(names: readonly string[]): string[] {
  const known = Object.values(settings).map(({ name }) => name);
  return names
    .filter((name) => name.startsWith('CHAPPE_') && !known.includes(name) && !otherNames.has(name))
    .map((name) => {
      const nearest = known
        .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
        .sort((a, b) => a.distance - b.distance)[0]!;
      const advice =
        nearest.distance <= 4 ? `did you mean ${nearest.candidate}?` : 'see chappe help settings';
      return `${name} is not a setting; ${advice}`;
    });
}

/** Beside the settings: what `carrier add` reads, so that the password is not in the list of processes. */
export function carrierPasswordOfEnvironment(): string | undefined {
  return process.env['CHAPPE_CARRIER_PASSWORD'];
}

/** Lines that are neither NAME=value, nor a comment, nor within a quoted value of several lines. */
export function envFileMistakes(text: string): string[] {
  const mistakes: string[] = [];
  let openQuote: string | null = null;
  for (const [index, line] of text.split(/\r\n|\n/).entries()) {
    if (openQuote !== null) {
      if (line.includes(openQuote)) openQuote = null;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    const [, value] = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(.*)$/.exec(line) ?? [];
    if (value === undefined) {
      // Its words may be a secret on a line of its own, so they are not repeated.
      mistakes.push(`line ${index + 1} of .env is not of the form NAME=value`);
      continue;
    }
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote !== undefined && value.indexOf(quote, 1) === -1) openQuote = quote;
  }
  return mistakes;
}

/** Levenshtein's: how many letters differ. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
