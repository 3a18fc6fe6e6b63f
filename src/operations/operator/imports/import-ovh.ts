// Writes an account that was read from OVH's API into an account here. Each part adds only what is not there yet, so a second import,
// or one after an interruption, doubles nothing and changes nothing that the account set itself. Used by the service of imports.

import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { TemplateActivity } from '#domain/campaign/message-template.ts';
import { fromCredits } from '#domain/money/ovh-credits.ts';
import { contactColumns, noGroup } from '#domain/recipients/phonebook.ts';
import { randomToken } from '#lib/security/secrets.ts';
import { neutralizeCell } from '#lib/text/csv-formulas.ts';
import { readCsv, renderCsv } from '#lib/text/csv-reader.ts';
import type { AccountAccess, OperatorAccess } from '#operations/access/access.ts';
import { isHidden } from './hidden-password.ts';
import type { ImportPhonebooks, ImportServices } from './needs.ts';
import type { OvhContact, OvhPhonebook, OvhSource, OvhUser } from './ovh-source.ts';
import { type Report, ReportLines } from './report.ts';

interface Target {
  readonly services: ImportServices;
  readonly operator: OperatorAccess;
  readonly access: AccountAccess;
  readonly creditPriceMicros: bigint;
  /** Only tells what would happen. */
  readonly isDryRun: boolean;
}

export async function importOvh(target: Target, source: OvhSource): Promise<Report> {
  const lines = new ReportLines(target.isDryRun);
  await importSettings(target, source, lines);
  await importSenders(target, source, lines);
  for (const user of source.users) await importUser(target, user, lines);
  await importTemplates(target, source, lines);
  for (const phonebook of source.phonebooks) await importPhonebook(target, phonebook, lines);
  await importOptOuts(target, source, lines);
  for (const { slotId, description, records } of source.slots)
    lines.leaveOut(
      `recipient list ${slotId} (${description}, ${records} numbers): its file is not readable by the API`,
    );
  lines.leaveOut('replies: they stay at the other platform; export them there');
  if (source.account.creditsLeft > 0)
    lines.leaveOut(`${source.account.creditsLeft} credits: they stay there; see chappe account credit`);
  return lines.report();
}

/** Sets only what the account has not set itself. */
async function importSettings(
  { services, access, isDryRun }: Target,
  { account: theirs }: OvhSource,
  lines: ReportLines,
): Promise<void> {
  const { account } = await services.accounts.read(access);
  const { callbacks, description } = account.settings;
  const { responseType, cgiUrl, text } = theirs.smsResponse;
  const parts = [
    [
      'address for receipts',
      callbacks.receiptUrl,
      theirs.callBack,
      { callbacks: { receiptUrl: theirs.callBack } },
    ],
    [
      'address for STOPs',
      callbacks.optOutUrl,
      theirs.stopCallBack,
      { callbacks: { optOutUrl: theirs.stopCallBack } },
    ],
    [
      'address for replies',
      callbacks.replyUrl,
      responseType === 'cgi' ? cgiUrl : null,
      { replies: { kind: 'callback', url: cgiUrl } },
    ],
    [
      'answer to replies',
      callbacks.replyUrl ?? (account.settings.replyPolicy.text || null),
      responseType === 'text' ? text : null,
      { replies: { kind: 'text', text } },
    ],
    ['description', description, theirs.description || null, { description: theirs.description }],
  ] as const;
  for (const [name, ours, wanted, change] of parts) {
    if (wanted === null || wanted === '') continue;
    if (ours !== null) lines.know('settings');
    else if (isHidden(wanted))
      lines.leaveOut(`${name}: its password is hidden there; set it with chappe account set`);
    else
      await lines.attempt('settings', name, isDryRun, () => services.accounts.editParameters(access, change));
  }
}

async function importSenders(target: Target, { senders }: OvhSource, lines: ReportLines): Promise<void> {
  const { services, operator, access, isDryRun } = target;
  const ours = await services.reviews.listSenders(operator, false);
  const known = new Set(ours.filter((s) => s.serviceName === access.account.serviceName).map((s) => s.name));
  for (const { sender, status } of senders) {
    if (known.has(sender)) lines.know('senders');
    else if (status !== 'enable')
      lines.leaveOut(`sender ${sender}: it is ${status} there, and only enabled ones are taken over`);
    else
      await lines.attempt('senders', `sender ${sender}`, isDryRun, () =>
        services.reviews.addSender(operator, access.account.serviceName, sender),
      );
  }
}

async function importUser(target: Target, user: OvhUser, lines: ReportLines): Promise<void> {
  const { services, access, isDryRun } = target;
  const { login } = user;
  if ((await services.users.read(access, login)) !== null) {
    lines.know('users');
    return;
  }
  // The platform there does not reveal passwords.
  const password = randomToken(16);
  const isMade = await lines.attempt('users', `user ${login}`, isDryRun, () =>
    services.users.create(access, login, password),
  );
  if (!isMade || isDryRun) return;
  lines.addPassword(login, password);
  for (const [name, order] of userOrders(user, target.creditPriceMicros))
    await lines.complete(`${name} of the user ${login}`, () => services.users.edit(access, login, order));
}

/** One change for each part: one that is refused, such as a quota without the credit, does not prevent the others. */
function userOrders(user: OvhUser, creditPriceMicros: bigint) {
  const { quotaLeft, quotaStatus } = user.quotaInformations;
  const { alertThreshold, alertEmail, alertNumber, support } = user.alertThresholdInformations;
  const quota = quotaStatus === 'active' ? (fromCredits(quotaLeft, creditPriceMicros) ?? 0n) : null;
  const alert = { bound: alertThreshold, email: alertEmail ?? '', number: alertNumber ?? '', media: support };
  const urls = { receiptUrl: user.callBack, optOutUrl: user.stopCallBack };
  return [
    ...(user.ipRestrictions.length === 0
      ? []
      : [['allowed addresses', { allowedIps: user.ipRestrictions }] as const]),
    ...(alertThreshold < 0 ? [] : [['alert', { alert }] as const]),
    ...(urls.receiptUrl === null && urls.optOutUrl === null
      ? []
      : [['callback addresses', { urls }] as const]),
    ...(quota === null ? [] : [['quota', { quota: () => quota }] as const]),
  ];
}

async function importTemplates(target: Target, { templates }: OvhSource, lines: ReportLines): Promise<void> {
  const { services, access, isDryRun } = target;
  const known = new Set(await services.templates.list(access));
  for (const { name, activity: written, message, description } of templates) {
    const activity = activities[written];
    if (known.has(name)) lines.know('templates');
    else if (activity === undefined)
      lines.leaveOut(`template ${name}: its activity ${written} is unknown here`);
    else
      await lines.attempt('templates', `template ${name}`, isDryRun, () =>
        services.templates.create(access, { name, activity, message, description, reason: 'imported' }),
      );
  }
}

/** Quirk: the word for authentication is French (docs/dialects/ovh.md#senders-templates-and-numbers). */
const activities: Readonly<Record<string, TemplateActivity>> = {
  alerting: 'alerting',
  authentification: 'authentication',
  transactional: 'transactional',
};

async function importPhonebook(
  { services, access, isDryRun }: Target,
  { name, contacts }: OvhPhonebook,
  lines: ReportLines,
): Promise<void> {
  const { phonebooks } = services;
  const key = await findPhonebook(phonebooks, access, name);
  const known = key === null ? new Set<string>() : await readRows(phonebooks, access, key);
  const fresh = contacts.map(rowOf).filter((row) => !known.has(row));
  lines.know('contacts', contacts.length - fresh.length);
  if (key !== null) lines.know('phonebooks');
  if (isDryRun || fresh.length === 0) {
    lines.add('contacts', fresh.length);
    if (key === null) lines.add('phonebooks');
    return;
  }
  await lines.attempt('contacts', `phonebook ${name}`, false, async () => {
    const own = key ?? (await phonebooks.create(access, name));
    if (own === null) throw new OperatorRefusal('the account has as many phonebooks as are allowed');
    if (key === null) lines.add('phonebooks');
    await phonebooks.import(access, own, csvOf(fresh), null);
    // `attempt` counts one.
    lines.add('contacts', fresh.length - 1);
  });
}

async function findPhonebook(
  phonebooks: ImportPhonebooks,
  access: AccountAccess,
  name: string,
): Promise<string | null> {
  for (const key of await phonebooks.list(access))
    if ((await phonebooks.read(access, key))?.name === name) return key;
  return null;
}

/** The columns of a contact as one text: two contacts are the same if all columns are. */
function rowOf(contact: OvhContact): string {
  const named = { ...contact, group: contact.group || noGroup };
  return renderCsv(contactColumns.map((column) => neutralizeCell(named[column] ?? '')));
}

async function readRows(
  phonebooks: ImportPhonebooks,
  access: AccountAccess,
  key: string,
): Promise<Set<string>> {
  const rows = new Set<string>();
  for await (const lines of readCsv(phonebooks.render(access, key)))
    for (const { fields } of lines) rows.add(renderCsv(fields));
  return rows;
}

async function* csvOf(rows: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(renderCsv(contactColumns));
  for (let at = 0; at < rows.length; at += 1_000) yield Buffer.from(rows.slice(at, at + 1_000).join(''));
}

async function importOptOuts(target: Target, { optOuts }: OvhSource, lines: ReportLines): Promise<void> {
  const { services, operator, access, isDryRun } = target;
  if (optOuts.length === 0) return;
  const account = access.account.serviceName;
  if (isDryRun) {
    const known = await listOptedOut(services.optOuts, operator, account);
    // The API writes numbers with their plus, so their digits are the msisdn.
    const fresh = optOuts.filter(({ number }) => !known.has(Number(number.replace(/\D/g, ''))));
    lines.add('opt-outs', fresh.length);
    lines.know('opt-outs', optOuts.length - fresh.length);
    return;
  }
  const reason = 'imported from the OVH account';
  const rows = optOuts.map(({ number, dateCreation }) => renderCsv([number, dateCreation]));
  const csv = Buffer.from([renderCsv(['number', 'at']), ...rows].join(''));
  const report = await services.optOuts.import(operator, { account, csv, reason, skipsInvalid: true });
  lines.add('opt-outs', report.added);
  lines.know('opt-outs', report.known + report.repeated);
  for (const sentence of report.skipped) lines.leaveOut(`opt-out: ${sentence}`);
}

const optOutsAtOnce = 20_000;

async function listOptedOut(
  optOuts: ImportServices['optOuts'],
  operator: OperatorAccess,
  account: string,
): Promise<Set<number>> {
  const known = new Set<number>();
  for (let after = 0; ; ) {
    const page = await optOuts.list(operator, account, { after, limit: optOutsAtOnce });
    for (const { msisdn } of page) known.add(msisdn);
    if (page.length < optOutsAtOnce) return known;
    after = page.at(-1)!.msisdn;
  }
}
