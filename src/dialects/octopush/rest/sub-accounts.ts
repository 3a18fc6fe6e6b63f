// Endpoints of sub-accounts and of transfers of credit to them, in whole euros (docs/dialects/octopush.md#rest-the-account).
// Used by routes.ts and openapi.ts.

import { type Static, Type } from 'typebox';
import { transferUnaffordable } from '#domain/money/transfer-refusals.ts';
import { castText } from './cast.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { RestRefusal } from './errors.ts';
import { callbacksInput, callbacksOutput, readCallbacks, renderCallbacks } from './parameters.ts';
import { packUnknown, transferAmountInvalid } from './request-refusals.ts';
import { euros } from './response.ts';
import { optionalText } from './schemas.ts';

const group = 'Sub-accounts';

const contactPerson = Type.Object({
  first_name: optionalText('Of the contact person.', 100),
  last_name: optionalText('Of the contact person.', 100),
  company_name: optionalText('Of the company.', 100),
  password: optionalText('Accepted and not used: the API key is the only credential.'),
  callbacks: Type.Optional(callbacksInput),
});

const created = Type.Object({ login: Type.String(), api_key: Type.String() });

const subAccount = Type.Object({
  first_name: Type.String(),
  last_name: Type.String(),
  company_name: Type.String(),
  api_key: Type.Null({
    description: 'Null: the key is shown once, at the creation; only its hash is stored.',
  }),
  callback: callbacksOutput,
});

const tokenInput = Type.Object({ email_to: Type.String({ description: 'The login of the sub-account.' }) });

const transferInput = Type.Object({
  token: Type.String(),
  from_wallet_pack_id: Type.Optional(Type.Integer({ description: "The id of the account's only pack." })),
  amount: Type.Number({ description: 'Whole euros.' }),
});

const pack = Type.Object({ id: Type.Integer(), residual_credit: Type.Number() });

const maxEuros = 10_000_000;

export const subAccountEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/subaccount/create',
    group,
    summary: 'Creates a sub-account; the answer shows its key once',
    input: contactPerson,
    status: 201,
    output: created,
    async answer(call) {
      const { login, apiKey } = await call.services.subAccounts.create(call.access, readPerson(call));
      return { login, api_key: apiKey };
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/subaccount/{login}/edit',
    group,
    summary: 'Changes a sub-account',
    input: contactPerson,
    status: 200,
    output: subAccount,
    async answer(call) {
      const { services, access, place } = call;
      if (!(await services.subAccounts.edit(access, place['login']!, readPerson(call))))
        throw new RestRefusal('sub-account-unknown');
      return tell(call);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/subaccount/{login}',
    group,
    summary: 'A sub-account',
    input: Type.Object({}),
    status: 200,
    output: subAccount,
    answer: tell,
  }),
  endpoint({
    method: 'POST',
    path: '/subaccount/credit-transfer/token',
    group,
    summary: 'Opens a transfer of credit; one at a time, for five minutes',
    input: tokenInput,
    status: 201,
    output: Type.Object({ token: Type.String() }),
    async answer({ services, access, input }) {
      return { token: await services.transfers.open(access, input.email_to) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/subaccount/credit-transfer/transfer',
    group,
    summary: 'Transfers credit to the sub-account of the token',
    input: transferInput,
    status: 200,
    output: Type.Object({ wallet_pack_from: pack, wallet_pack_to: pack }),
    answer: transfer,
  }),
];

function readPerson({ members, input }: Call<Static<typeof contactPerson>>) {
  const written = members['callbacks'];
  const isNamed = typeof written === 'object' && written !== null;
  return {
    ...(input.first_name === undefined ? {} : { firstName: input.first_name }),
    ...(input.last_name === undefined ? {} : { lastName: input.last_name }),
    ...(input.company_name === undefined ? {} : { company: input.company_name }),
    ...(isNamed
      ? { callbacks: readCallbacks(written as Record<string, unknown>, input.callbacks ?? {}) }
      : {}),
  };
}

async function tell({ services, access, place }: Call<unknown>): Promise<Static<typeof subAccount>> {
  const found = await services.subAccounts.read(access, place['login']!);
  if (found === null) throw new RestRefusal('sub-account-unknown');
  return {
    first_name: found.firstName,
    last_name: found.lastName,
    company_name: found.company,
    api_key: null,
    callback: renderCallbacks(found.account.settings.callbacks),
  };
}

/** The amount in micros. Refuses `transfer-too-small`. */
function readAmount(euros: number | undefined): bigint {
  if (euros !== undefined && euros > maxEuros) throw transferUnaffordable();
  if (euros === undefined || !Number.isInteger(euros) || euros < 1) throw transferAmountInvalid();
  return BigInt(euros) * 1_000_000n;
}

/**
 * An account has one pack; the id of the account is the id of the pack. Checked before the token, which stays valid. Refuses `option-invalid`.
 */
function assertPack({ access: { account }, members }: Call<unknown>): void {
  const written = castText(members['from_wallet_pack_id']).trim();
  if (written === '' || written === String(account.id)) return;
  throw packUnknown(account.id);
}

async function transfer(call: Call<Static<typeof transferInput>>) {
  const { services, access, input } = call;
  assertPack(call);
  const done = await services.transfers.transfer(access, {
    token: input.token.trim(),
    amount: () => readAmount(input.amount),
    recipientEmail: null,
  });
  return {
    wallet_pack_from: { id: access.account.id, residual_credit: euros(done.availableMicros) },
    wallet_pack_to: { id: done.recipient.id, residual_credit: euros(done.recipientAvailableMicros) },
  };
}
