// Settings of the installation: data, database, roles, log, secret key.
import { roles } from './roles.ts';
import { oneOf, optionalText, readYesOrNo, type Setting, text } from './setting.ts';

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

const demo: Setting<boolean | null> = {
  name: 'CHAPPE_DEMO',
  fallback: 'true when the database is empty and embedded',
  meaning: 'Creates the demo account on first start.',
  read: readYesOrNo,
};

const secretKey: Setting<string | null> = {
  name: 'CHAPPE_SECRET_KEY',
  fallback: 'unset: a random key, stored in the database',
  meaning:
    'The key that seals the secrets of OVH applications, 16 characters or more. A later change makes existing applications unusable.',
  isSecret: true,
  read(value) {
    if (value === undefined || value === '') return null;
    if (value.length < 16) throw new Error('16 characters or more');
    return value;
  },
};

const otlpUrl: Setting<string | null> = {
  name: 'CHAPPE_OTLP_URL',
  // It can have a name and a password.
  isSecret: true,
  fallback: 'unset: no traces',
  meaning:
    'Address of an OTLP receiver for traces over HTTP, such as http://127.0.0.1:4318/v1/traces. It gets one trace for each sampled message.',
  read(value) {
    if (value === undefined || value === '') return null;
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
      throw new Error('an http:// or https:// address such as http://127.0.0.1:4318/v1/traces');
    return value;
  },
};

const traceSampling: Setting<number> = {
  name: 'CHAPPE_TRACE_SAMPLING',
  fallback: '0.01',
  meaning:
    'Part of the messages that are traced, from 0 to 1. Equal in every process; it needs CHAPPE_OTLP_URL.',
  read(value) {
    const written = value === undefined || value === '' ? this.fallback : value;
    const ratio = Number(written);
    if (!/^\d(\.\d{1,9})?$/.test(written) || ratio > 1) throw new Error('a number from 0 to 1 such as 0.01');
    return ratio;
  },
};

export const installationSettings = {
  dataDir: text(
    'CHAPPE_DATA_DIR',
    './data',
    'Folder of the embedded database and of the local certificate authority. Nothing else is stored on disk.',
  ),
  databaseUrl,
  demo,
  roles,
  secretKey,
  label: optionalText(
    'CHAPPE_LABEL',
    'unset: none',
    'A short name of this installation, such as staging, which the console shows on every page.',
  ),
  logLevel: oneOf(
    'CHAPPE_LOG_LEVEL',
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    'warn',
    'The lowest level of log entries, written as JSON lines to standard error; silent writes none.',
  ),
  otlpUrl,
  traceSampling,
};
