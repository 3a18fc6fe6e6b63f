// Creates, reads, restricts and ends keys of a customer (docs/dialects/ovh.md#keys-and-signatures). Used by call-table.ts.
import { type AccessRule, isRule, maxBlocks, maxRules } from '#dialects/ovh/api/access-rules.ts';
import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { renderDate, renderDateOrNull } from '#dialects/ovh/api/dates.ts';
import { badParameter, OvhRefusal, unknownApplication, unknownObject } from '#dialects/ovh/api/errors.ts';
import { readWebAddress } from '#dialects/ovh/api/web-address.ts';
import type { KnownConsumer } from '#operations/account/credentials/service.ts';
import type { OvhKeys } from '#operations/account/ovh-keys/service.ts';
import { handleOf } from './customer.ts';

interface CredentialRequest {
  readonly accessRules: readonly AccessRule[];
  readonly allowedIPs?: readonly string[] | null;
  readonly redirection?: string | null;
}

type ConsumerKey = NonNullable<KnownConsumer['key']>;
type Application = NonNullable<Awaited<ReturnType<OvhKeys['readApplication']>>>;
type State = 'pendingValidation' | 'validated' | 'refused' | 'expired';

export const keyAnswers: Answers = {
  'POST /auth/credential': answer<CredentialRequest>(async ({ services, application, baseUrl, input }) => {
    // Quirk: php-ovh signs this call when it has a key already; the signature is ignored
    // (docs/dialects/ovh.md#keys-and-signatures).
    if (!application) throw unknownApplication();
    const requested = await services.ovhKeys.request(application, readRequest(input));
    if (requested === 'no-application') throw unknownApplication();
    if (requested === 'too-many') throw new OvhRefusal(429, 'Too many credentials wait for their validation');
    return {
      consumerKey: requested.consumerKey,
      state: 'pendingValidation',
      validationUrl: `${baseUrl}/auth/?credentialToken=${requested.validationToken}`,
    };
  }),
  'GET /auth/currentCredential': answer(({ services, consumer }) =>
    renderCredential(consumer.key!, services.clock.now()),
  ),
  'GET /auth/details': answer(async ({ services, customer, consumer }) => {
    const { rules, applicationId } = consumer.key!;
    const application = await services.ovhKeys.readApplication(customer, applicationId);
    const handle = handleOf(customer.account.serviceName);
    return {
      account: handle,
      allowedRoutes: rules,
      description: application?.description ?? null,
      // OVH's name of an account in its rights: `v1` and the region of the API.
      identities: [`urn:v1:eu:identity:account:${handle}`],
      method: 'account',
      roles: null,
      user: null,
    };
  }),
  'POST /auth/logout': answer(({ services, customer, consumer }) =>
    services.ovhKeys.end(customer, consumer.key!.id),
  ),

  'GET /me/api/application': answer(({ services, customer }) => services.ovhKeys.listApplications(customer)),
  'GET /me/api/application/{applicationId}': answer<{ applicationId: number }>(async (call) =>
    renderApplication(await applicationOf(call, call.input.applicationId)),
  ),
  'DELETE /me/api/application/{applicationId}': answer<{ applicationId: number }>(
    async ({ services, customer, input }) =>
      mustBe(await services.ovhKeys.dropApplication(customer, input.applicationId)),
  ),

  'GET /me/api/credential': answer<{ applicationId?: number; status?: State }>(
    async ({ services, customer, input: { applicationId, status } }) => {
      const nowMs = services.clock.now();
      const keys = await services.ovhKeys.list(customer);
      return keys
        .filter((key) => applicationId === undefined || key.applicationId === applicationId)
        .filter((key) => status === undefined || stateOf(key, nowMs) === status)
        .map(({ id }) => id);
    },
  ),
  'GET /me/api/credential/{credentialId}': answer<{ credentialId: number }>(async (call) =>
    renderCredential(await keyOf(call), call.services.clock.now()),
  ),
  'PUT /me/api/credential/{credentialId}': answer<{
    credentialId: number;
    allowedIPs?: readonly string[] | null;
  }>(async ({ services, customer, input: { credentialId, allowedIPs } }) => {
    if (allowedIPs === undefined)
      return mustBe((await services.ovhKeys.read(customer, credentialId)) !== null);
    const blocks = readBlocks(allowedIPs);
    return mustBe(await services.ovhKeys.restrict(customer, credentialId, blocks));
  }),
  'DELETE /me/api/credential/{credentialId}': answer<{ credentialId: number }>(
    async ({ services, customer, input }) =>
      mustBe(await services.ovhKeys.drop(customer, input.credentialId)),
  ),
  'GET /me/api/credential/{credentialId}/application': answer<{ credentialId: number }>(async (call) =>
    renderApplication(await applicationOf(call, (await keyOf(call)).applicationId)),
  ),
};

function readRequest({ accessRules, allowedIPs, redirection }: CredentialRequest) {
  if (accessRules.length === 0) throw badParameter('accessRules', 'Name at least one rule');
  if (accessRules.length > maxRules) throw badParameter('accessRules', `A key has at most ${maxRules} rules`);
  for (const { method, path } of accessRules)
    if (!isRule(method, path))
      throw badParameter('accessRules', 'A rule has a method, and a path that begins with /');
  return {
    rules: accessRules,
    allowedIps: readBlocks(allowedIPs ?? []),
    redirection: redirection ? readRedirection(redirection) : null,
  };
}

function readRedirection(text: string): string {
  const address = readWebAddress(text);
  if (address === null) throw badParameter('redirection', 'A redirection is an http or https address');
  return address;
}

function readBlocks(blocks: readonly string[] | null): readonly string[] {
  if (blocks !== null && blocks.length > maxBlocks)
    throw badParameter('allowedIPs', `A key has at most ${maxBlocks} addresses`);
  return blocks ?? [];
}

async function keyOf({ services, customer, input }: Call<{ credentialId: number }>): Promise<ConsumerKey> {
  const key = await services.ovhKeys.read(customer, input.credentialId);
  if (key === null) throw unknownObject();
  return key;
}

async function applicationOf({ services, customer }: Call, id: number): Promise<Application> {
  const application = await services.ovhKeys.readApplication(customer, id);
  if (application === null) throw unknownObject();
  return application;
}

function mustBe(isThere: boolean): void {
  if (!isThere) throw unknownObject();
}

function stateOf({ status, expiresAtMs }: ConsumerKey, nowMs: number): State {
  if (status === 'pending') return 'pendingValidation';
  if (status === 'refused') return 'refused';
  return status === 'ended' || (expiresAtMs !== null && expiresAtMs <= nowMs) ? 'expired' : 'validated';
}

function renderCredential(key: ConsumerKey, nowMs: number) {
  return {
    allowedIPs: key.allowedIps.length === 0 ? null : key.allowedIps,
    applicationId: key.applicationId,
    creation: renderDate(key.createdAtMs),
    credentialId: key.id,
    expiration: renderDateOrNull(key.expiresAtMs),
    lastUse: renderDateOrNull(key.lastUseAtMs),
    ovhSupport: false,
    rules: key.rules,
    status: stateOf(key, nowMs),
  };
}

function renderApplication({ id, key, name, description }: Application) {
  return { applicationId: id, applicationKey: key, description, name, status: 'active' };
}
