// A walk through all calls of OVH's API: each valid and once, on objects of earlier calls. The caller of the walk decides
// on the checks of each call. For tests only.
import assert from 'node:assert/strict';
import type { Route } from '../../src/dialects/ovh/api/contract.ts';
import { assignNumber, insertReplyNumber } from '../../src/store/platform/reply-numbers.ts';
import { mobile } from './clients.ts';
import { routeNamed } from './ovh-contract.ts';
import { withShortCode } from './ovh-jobs.ts';
import type { PlatformOptions, TestAccount, TestPlatform } from './platform.ts';
import { until } from './until.ts';

export interface Step {
  readonly route: Route;
  /** Values of its path parameters. */
  readonly places: Readonly<Record<string, string>>;
  /** Of its query or its body. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Makes one call and returns its answer. */
export type Take = (step: Step) => Promise<unknown>;

/** Where the operator decides about senders and templates, so that they can be met waiting. */
export const walkPlatform: PlatformOptions = { config: { senderReview: 'manual' } };

/** The path of a step, below the version, with these path parameters instead of its values. */
export function pathOf({ route, members }: Step, places: Readonly<Record<string, string>>): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(places[name]!));
  const query = new URLSearchParams(members as Record<string, string>).toString();
  return hasBody(route) || query === '' ? path : `${path}?${query}`;
}

export function bodyOf({ route, members }: Step): unknown {
  return hasBody(route) ? members : undefined;
}

const hasBody = ({ method }: Route) => method === 'POST' || method === 'PUT';

type Call = <T = unknown>(name: string, places?: object, members?: object) => Promise<T>;

const account = '/sms/{serviceName}';
const number = '33757000001';
const phone = (n: number, ending?: string) => `+${mobile(n, ending)}`;
const notice = { message: 'Votre colis est en route', sender: 'Chappe', noStopClause: true };

/** The names of the routes that were walked. */
export async function walk(
  platform: TestPlatform,
  customer: TestAccount,
  take: Take,
): Promise<ReadonlySet<string>> {
  const walked = new Set<string>();
  const call: Call = async <T>(name: string, places: object = {}, members: object = {}) => {
    const step = {
      route: routeNamed(name),
      places: { serviceName: customer.serviceName, login: 'alice', number: `+${number}`, ...places },
      members: members as Record<string, unknown>,
    };
    walked.add(name);
    return (await take(step)) as T;
  };
  await prepare(platform, customer);
  await walkOpenCalls(call);
  await walkAccount(platform, customer, call);
  await walkSenders(platform, call);
  await walkSending(call);
  await walkHistories(platform, call);
  await walkLists(platform, call);
  await walkContacts(platform, call);
  await walkLookups(platform, call);
  await walkKeys(platform, customer, call);
  return walked;
}

async function prepare(platform: TestPlatform, customer: TestAccount): Promise<void> {
  await withShortCode(platform);
  await insertReplyNumber(platform.query, { number, kind: 'virtual', countries: [] }, platform.clock.now());
  await assignNumber(platform.query, number, customer.id);
}

async function walkOpenCalls(call: Call): Promise<void> {
  await call('GET /auth/time');
  await call('POST /auth/credential', {}, { accessRules: [{ method: 'GET', path: '/*' }] });
  await call('GET /auth/currentCredential');
  await call('GET /auth/details');
  await call('GET /me');
  await call('GET /sms/ptts', {}, { ptt: 4 });
  await call('GET /sms/rates/destinations', {}, { country: 'fr' });
  await call('GET /sms/rates/packs', {}, { country: 'fr', billingCountry: 'fr' });
  const text = { message: 'Bonjour', noStopClause: true, senderType: 'alpha' };
  await call('POST /sms/estimate', {}, text);
}

async function walkAccount(platform: TestPlatform, customer: TestAccount, call: Call): Promise<void> {
  const child = await platform.anAccount({ parent: customer });
  await call('GET /sms');
  await call(`GET ${account}`);
  await call(`PUT ${account}`, {}, { description: 'the shop' });
  const offer = { countryDestination: 'fr', countryCurrencyPrice: 'fr', quantity: 100 };
  await call(`GET ${account}/seeOffers`, {}, offer);
  await call(`POST ${account}/transferCredits`, {}, { credits: 10, smsAccountTarget: child.serviceName });
  await call('GET /order/sms');
  await call('GET /order/sms/{serviceName}');
  await call('GET /order/sms/{serviceName}/credits', {}, { quantity: 100 });
  await call('POST /order/sms/{serviceName}/credits', {}, { quantity: 100 });
  await call(`POST ${account}/users`, {}, { login: 'alice', password: 'motdepasse1' });
  await call(`GET ${account}/users`);
  await call(`GET ${account}/users/{login}`);
  await call(`PUT ${account}/users/{login}`, {}, { ipRestrictions: ['127.0.0.1'] });
  await call('GET /sms/virtualNumbers');
  await call('GET /sms/virtualNumbers/{number}');
  await call(`GET ${account}/virtualNumbers`);
  await call(`GET ${account}/virtualNumbers/{number}`);
  for (const service of [account, '/sms/virtualNumbers/{number}']) {
    await call(`GET ${service}/serviceInfos`);
    await call(`PUT ${service}/serviceInfos`, {}, { renew: { automatic: true } });
  }
  await call(`GET ${account}/exceptions`, {}, { receiver: phone(1) });
}

async function walkSenders(platform: TestPlatform, call: Call): Promise<void> {
  const base = `${account}/senders`;
  await call(`POST ${base}`, {}, { sender: phone(7), reason: 'our shop' });
  await platform.quiet();
  const text = platform.carrier.inbox().find((sent) => sent.text.includes('confirms'))?.text;
  const sender = phone(7);
  await call(`GET ${base}`);
  await call(`GET ${base}/{sender}`, { sender });
  await call(`POST ${base}/{sender}/validate`, { sender }, { code: /^\d{6}/.exec(text ?? '')?.[0] });
  await call(`PUT ${base}/{sender}`, { sender }, { description: 'the boss' });
  const { documentID } = await call<{ documentID: string }>(
    `POST ${base}/{sender}/documents`,
    { sender },
    { name: 'proof.pdf' },
  );
  await call(`GET ${base}/{sender}/documents`, { sender });
  await call(`GET ${base}/{sender}/documents/{documentID}`, { sender, documentID });
  await call(`PUT ${base}/{sender}/documents/{documentID}`, { sender, documentID }, { description: 'x' });
  await call(`DELETE ${base}/{sender}`, { sender });
  await call(`GET ${account}/sendersAvailableForValidation`);

  const templates = `${account}/templatesControl`;
  const template = { name: 'code', activity: 'authentification', message: 'Code #VALUE#' };
  await call(`POST ${templates}`, {}, template);
  await platform.query(`update message_templates set status = 'refused'`);
  await call(`GET ${templates}`);
  await call(`GET ${templates}/{name}`, { name: 'code' });
  const again = { message: 'Your code: #VALUE#', description: 'longer' };
  await call(`POST ${templates}/{name}/relaunchValidation`, { name: 'code' }, again);
  await call(`PUT ${templates}/{name}`, { name: 'code' }, { description: 'longer' });
  await call(`DELETE ${templates}/{name}`, { name: 'code' });
}

/** Where SMS are sent from, and read again: the account, a user of it, a number of it. */
const scopes = [account, `${account}/users/{login}`, `${account}/virtualNumbers/{number}`];

async function walkSending(call: Call): Promise<void> {
  for (const [i, scope] of scopes.entries()) {
    const job = scope.includes('number') ? { message: 'Bonjour' } : notice;
    const waiting = { ...job, receivers: [phone(10 + i)], differedPeriod: 60 };
    const { ids } = await call<{ ids: number[] }>(`POST ${scope}/jobs`, {}, waiting);
    await call(`GET ${scope}/jobs`);
    await call(`GET ${scope}/jobs/{id}`, { id: ids[0] });
    await call(`DELETE ${scope}/jobs/{id}`, { id: ids[0] });
  }
  const batch = {
    message: 'Bonjour',
    name: 'may',
    from: 'Chappe',
    noStop: true,
    deferred: '2026-11-19T10:00:00',
  };
  const { id } = await call<{ id: string }>(`POST ${account}/batches`, {}, { ...batch, to: [phone(20)] });
  await call(`GET ${account}/batches`);
  await call(`GET ${account}/batches/{id}`, { id });
  await call(`PUT ${account}/batches/{id}`, { id }, { name: 'june' });
  await call(`GET ${account}/batches/{id}/statistics`, { id });
  await call(`POST ${account}/batches/{id}/cancel`, { id });
  await call(`DELETE ${account}/batches/{id}`, { id });
}

async function walkHistories(platform: TestPlatform, call: Call): Promise<void> {
  const sent = [
    { message: 'Oui ou non ?', senderForResponse: true, receivers: [phone(30, '98')] },
    { message: 'Oui ou non ?', senderForResponse: true, receivers: [phone(31, '98')] },
    { message: 'Oui ou non ?', receivers: [phone(32, '98')] },
  ];
  for (const [i, scope] of scopes.entries()) await call(`POST ${scope}/jobs`, {}, sent[i]);
  await call(
    `POST ${account}/jobs`,
    {},
    { message: 'Soldes', sender: 'Chappe', receivers: [phone(33, '99')] },
  );
  await until('three phones have answered, and one said STOP', async () => {
    const [row] = await platform.query<{ replies: number; stops: number }>(
      'select (select count(*) from replies) as replies, (select count(*) from opt_outs) as stops',
    );
    return row!.replies >= 4 && row!.stops === 1;
  });
  await platform.quiet();
  // The account last: its lists hold what its users' do, in the order in which phones happened to answer.
  for (const scope of scopes.toReversed()) {
    const outgoing = await call<number[]>(`GET ${scope}/outgoing`);
    await call(`GET ${scope}/outgoing/{id}`, { id: outgoing[0] });
    await call(`GET ${scope}/outgoing/{id}/hlr`, { id: outgoing[0] });
    await call(`DELETE ${scope}/outgoing/{id}`, { id: outgoing[0] });
    const incoming = await call<number[]>(`GET ${scope}/incoming`);
    await call(`GET ${scope}/incoming/{id}`, { id: incoming[0] });
    await call(`DELETE ${scope}/incoming/{id}`, { id: incoming[0] });
  }
  await call(`GET ${account}/document`, {}, { wayType: 'outgoing' });
  await call(`GET ${account}/users/{login}/document`, {}, { wayType: 'incoming' });
  await call(`GET ${account}/blacklists`);
  await call(`GET ${account}/blacklists/{number}`, { number: phone(33, '99') });
  await call(`DELETE ${account}/blacklists/{number}`, { number: phone(33, '99') });
}

/** The simulated carrier looks numbers up while there is no other. */
async function walkLookups(platform: TestPlatform, call: Call): Promise<void> {
  await platform.query('update connectors set removed_at = now()');
  const { ids } = await call<{ ids: number[] }>(`POST ${account}/hlr`, {}, { receivers: [phone(60)] });
  await until('it is looked up', async () => {
    await platform.advance(61_000);
    return (await platform.query(`select from lookup_orders where status = 'waiting'`)).length === 0;
  });
  await call(`GET ${account}/hlr`);
  await call(`GET ${account}/hlr/{id}`, { id: ids[0] });
  await call(`GET ${account}/hlr/{id}/operator`, { id: ids[0] });
}

/** The id of a document with this in it. */
async function upload(call: Call, text: string): Promise<string> {
  const made = await call<{ id: string; putUrl: string }>('POST /me/document', {}, { name: 'list.csv' });
  const put = await fetch(made.putUrl, { method: 'PUT', body: text });
  assert.ok(put.ok, `${put.status} for an upload`);
  return made.id;
}

async function walkLists(platform: TestPlatform, call: Call): Promise<void> {
  const documentId = await upload(call, `number;nom\n${phone(40)};Durant\n`);
  await call('POST /me/document/cors', {}, { origin: 'https://shop.example' });
  await call('GET /me/document');
  await call('GET /me/document/{id}', { id: documentId });
  const later = new Date(platform.clock.now() + 3_600_000).toISOString();
  await call('PUT /me/document/{id}', { id: documentId }, { expirationDate: later });
  for (const scope of scopes.slice(0, 2)) {
    const slot = { slotId: 3, description: 'clients', autoUpdate: false, documentId };
    await call(`POST ${scope}/receivers`, {}, slot);
    await call(`GET ${scope}/receivers`);
    await call(`GET ${scope}/receivers/{slotId}`, { slotId: 3 });
    await call(`GET ${scope}/receivers/{slotId}/csv`, { slotId: 3 });
    await call(`PUT ${scope}/receivers/{slotId}`, { slotId: 3 }, { description: 'all of them' });
    const clean = { freemium: true, priceOnly: false };
    const { taskId } = await call<{ taskId: number }>(
      `POST ${scope}/receivers/{slotId}/clean`,
      { slotId: 3 },
      clean,
    );
    await call(`GET ${account}/task`);
    await call(`GET ${account}/task/{taskId}`, { taskId });
    await platform.quiet();
    await call(`DELETE ${scope}/receivers/{slotId}`, { slotId: 3 });
  }
  await call('DELETE /me/document/{id}', { id: documentId });
}

async function walkContacts(platform: TestPlatform, call: Call): Promise<void> {
  const base = `${account}/phonebooks`;
  const bookKey = await call<string>(`POST ${base}`, {}, { name: 'friends' });
  await call(`GET ${base}`);
  await call(`GET ${base}/{bookKey}`, { bookKey });
  await call(`PUT ${base}/{bookKey}`, { bookKey }, { name: 'foes' });
  const contacts = `${base}/{bookKey}/phonebookContact`;
  const contact = { group: 'No group', name: 'Durant', surname: 'Pierre', homeMobile: phone(50) };
  const id = await call<number>(`POST ${contacts}`, { bookKey }, contact);
  await call(`GET ${contacts}`, { bookKey });
  await call(`GET ${contacts}/{id}`, { bookKey, id });
  await call(`PUT ${contacts}/{id}`, { bookKey, id }, { surname: 'Paul' });
  await call(`GET ${base}/{bookKey}/export`, { bookKey }, { format: 'csv' });
  const documentId = await upload(call, `group;name;surname;homeMobile\nNo group;A;B;${phone(51)}\n`);
  await call(`POST ${base}/{bookKey}/import`, { bookKey }, { documentId });
  await platform.quiet();
  await call(`DELETE ${contacts}/{id}`, { bookKey, id });
  await call(`DELETE ${base}/{bookKey}`, { bookKey });
}

/** Last: it ends with the key of the walk itself. */
async function walkKeys(platform: TestPlatform, { login, apiKey }: TestAccount, call: Call): Promise<void> {
  const fields = { email: login, apiKey, name: 'Shop', lifetime: '1d', rights: 'GET /sms' };
  await fetch(`${platform.url}/createToken/`, { method: 'POST', body: new URLSearchParams(fields) });
  const applicationId = (await call<number[]>('GET /me/api/application')).at(-1);
  const credentialId = (await call<number[]>('GET /me/api/credential')).at(-1);
  await call('GET /me/api/application/{applicationId}', { applicationId });
  await call('GET /me/api/credential/{credentialId}', { credentialId });
  await call('GET /me/api/credential/{credentialId}/application', { credentialId });
  await call('PUT /me/api/credential/{credentialId}', { credentialId }, { allowedIPs: ['127.0.0.1'] });
  await call('DELETE /me/api/credential/{credentialId}', { credentialId });
  await call('DELETE /me/api/application/{applicationId}', { applicationId });
  await call(`DELETE ${account}/users/{login}`);
  await call('POST /auth/logout');
}
