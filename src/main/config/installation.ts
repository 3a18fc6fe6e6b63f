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
};
