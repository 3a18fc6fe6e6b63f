// Reads an account of OVH's SMS API, or of a platform that speaks it: everything first, so that an interrupted import has
// changed nothing. Used by import-ovh.ts. The calls are those of docs/dialects/ovh.md; only GET is used.
import { hash } from 'node:crypto';
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { Clock } from '#lib/time/clock.ts';
import { createRemote, type Remote, type RemoteOptions } from './remote.ts';

export interface OvhKeys {
  readonly applicationKey: string;
  readonly applicationSecret: string;
  readonly consumerKey: string;
}

export interface OvhUser {
  readonly login: string;
  readonly callBack: string | null;
  readonly stopCallBack: string | null;
  readonly ipRestrictions: readonly string[];
  readonly quotaInformations: { readonly quotaLeft: number; readonly quotaStatus: 'active' | 'inactive' };
  readonly alertThresholdInformations: {
    readonly alertThreshold: number;
    readonly alertEmail: string | null;
    readonly alertNumber: string | null;
    readonly support: 'mail' | 'sms' | 'both';
  };
}

interface OvhReplies {
  readonly responseType: 'none' | 'text' | 'cgi';
  readonly cgiUrl: string | null;
  readonly text: string | null;
}

interface OvhAccount {
  readonly name: string;
  readonly description: string;
  readonly callBack: string | null;
  readonly stopCallBack: string | null;
  readonly smsResponse: OvhReplies;
  readonly creditsLeft: number;
}

interface OvhSender {
  readonly sender: string;
  readonly status: string;
}

interface OvhTemplate {
  readonly name: string;
  readonly activity: string;
  readonly message: string;
  readonly description: string;
}

export interface OvhContact {
  readonly name: string;
  readonly surname: string;
  readonly group: string;
  readonly homeMobile: string | null;
  readonly homePhone: string | null;
  readonly workMobile: string | null;
  readonly workPhone: string | null;
}

export interface OvhPhonebook {
  readonly name: string;
  readonly contacts: readonly OvhContact[];
}

interface OvhOptOut {
  readonly number: string;
  readonly dateCreation: string;
}

interface OvhSlot {
  readonly slotId: number;
  readonly description: string;
  readonly records: number;
}

export interface OvhSource {
  readonly account: OvhAccount;
  readonly senders: readonly OvhSender[];
  readonly users: readonly OvhUser[];
  readonly templates: readonly OvhTemplate[];
  readonly phonebooks: readonly OvhPhonebook[];
  readonly optOuts: readonly OvhOptOut[];
  readonly slots: readonly OvhSlot[];
}

/** Signs a GET without a body, as docs/dialects/ovh.md#keys-and-signatures says. */
function signedHeaders(keys: OvhKeys, url: string, seconds: number): Record<string, string> {
  const signed = [keys.applicationSecret, keys.consumerKey, 'GET', url, '', seconds].join('+');
  return {
    accept: 'application/json',
    'x-ovh-application': keys.applicationKey,
    'x-ovh-consumer': keys.consumerKey,
    'x-ovh-timestamp': String(seconds),
    'x-ovh-signature': `$1$${hash('sha1', signed, 'hex')}`,
  };
}

export type SourceOptions = Omit<RemoteOptions, 'headersOf'> & { readonly clock: Clock };

/** `service` is the name of the account there. `note` receives a line for each finished part. */
export async function readOvhSource(
  options: SourceOptions,
  keys: OvhKeys,
  service: string,
  note: (line: string) => void,
): Promise<OvhSource> {
  const remote = await openRemote(options, keys);
  const at = `/sms/${encodeURIComponent(service)}`;
  const account = await remote.read<OvhAccount>(at);
  if (account === null)
    throw new OperatorRefusal(`${options.base} has no SMS account ${service}; check --service and --api`);
  note(`account ${account.name}`);
  const senders = await readEach<OvhSender>(remote, `${at}/senders`);
  const users = await readEach<OvhUser>(remote, `${at}/users`);
  const templates = await readEach<OvhTemplate>(remote, `${at}/templatesControl`);
  note(`${senders.length} senders, ${users.length} users, ${templates.length} templates`);
  const optOuts = await readEach<OvhOptOut>(remote, `${at}/blacklists`);
  note(`${optOuts.length} opt-outs`);
  const phonebooks = await readPhonebooks(remote, `${at}/phonebooks`, note);
  const slots = await readEach<OvhSlot>(remote, `${at}/receivers`);
  return { account, senders, users, templates, phonebooks, optOuts, slots };
}

/** The clock there decides about signatures. Our own may differ. */
export async function openRemote(options: SourceOptions, keys: OvhKeys): Promise<Remote> {
  const { clock } = options;
  const open = createRemote({ ...options, headersOf: () => ({ accept: 'application/json' }) });
  const theirs = await open.read<number>('/auth/time');
  if (typeof theirs !== 'number')
    throw new OperatorConflict(`${options.base}/auth/time is no OVH API. Nothing was imported. Check --api.`);
  const aheadMs = theirs * 1_000 - clock.now();
  const seconds = () => Math.floor((clock.now() + aheadMs) / 1_000);
  return createRemote({ ...options, headersOf: (url) => signedHeaders(keys, url, seconds()) });
}

/** Reads a list of keys, then what each stands for. Keys that ended between the two calls are left out. */
async function readEach<T>(remote: Remote, path: string): Promise<T[]> {
  const keys = (await remote.read<(string | number)[]>(path)) ?? [];
  const rows = await remote.readAll<T>(keys.map((key) => `${path}/${encodeURIComponent(key)}`));
  return rows.filter((row) => row !== null);
}

async function readPhonebooks(
  remote: Remote,
  path: string,
  note: (line: string) => void,
): Promise<OvhPhonebook[]> {
  const phonebooks: OvhPhonebook[] = [];
  for (const key of (await remote.read<string[]>(path)) ?? []) {
    const own = `${path}/${encodeURIComponent(key)}`;
    const phonebook = await remote.read<{ name: string }>(own);
    if (phonebook === null) continue;
    const contacts = await readEach<OvhContact>(remote, `${own}/phonebookContact`);
    phonebooks.push({ name: phonebook.name, contacts });
    note(`phonebook ${phonebooks.length}: ${contacts.length} contacts`);
  }
  return phonebooks;
}
