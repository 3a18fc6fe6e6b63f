// Endpoints of the settings for all campaigns of an account (docs/dialects/octopush.md#rest-the-account). Used by routes.ts and
// openapi.ts. Quirk: clients send the members nested, as documented, or flat, with new or old names.

import { type Static, Type } from 'typebox';
import type { AccountSettings } from '#domain/account/account.ts';
import { shownUrl } from '#domain/account/callback-urls.ts';
import { isInternetEmail } from '#lib/text/email.ts';
import type { ParametersChange } from '#operations/account/accounts/parameters.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { castSender } from './request.ts';
import { emailInvalid } from './request-refusals.ts';
import { callbackMembers, optionalText } from './schemas.ts';

const group = 'Settings';

const alertMembers = {
  alert_type: Type.Optional(
    Type.Enum(['sms_premium', 'sms_low_cost', 'sms_world'], { description: 'The SMS that are counted.' }),
  ),
  alert_bound: Type.Optional(
    Type.Integer({
      description: 'Below this number of SMS to France a mail is sent, once for each fall. 0: none.',
      minimum: 0,
      maximum: 1_000_000_000,
    }),
  ),
  alert_email_to: optionalText('The recipient of the mail. Empty: the e-mail of the account.', 254),
  alert_emails_to: Type.Optional(
    Type.Array(Type.String({ maxLength: 254 }), { description: 'Only the first is used.' }),
  ),
  alert_phone_number_to: optionalText('The recipient of an additional SMS, paid by the account.', 30),
};

const senderMembers = {
  sender_for_sms_premium: optionalText('The sender of campaigns without one.'),
  sender_for_voice_sms: optionalText('Kept.', 15),
  sender_for_vocal_sms: optionalText('The old name of sender_for_voice_sms.', 15),
  phone_number_for_test_sms: optionalText('Kept.', 30),
};

export const callbacksInput = Type.Object(callbackMembers);

const input = Type.Object({
  sms_campaign_alert_parameters: Type.Optional(Type.Object(alertMembers)),
  campaign_parameters: Type.Optional(Type.Object(senderMembers)),
  callbacks: Type.Optional(callbacksInput),
  ...alertMembers,
  ...senderMembers,
  ...callbackMembers,
});

const text = Type.Union([Type.String(), Type.Null()]);

export const callbacksOutput = Type.Object({
  callback_url_for_inbounds: text,
  callback_url_for_deliveries: text,
  callback_url_for_sms_deliveries: text,
  callback_url_for_visits: text,
  callback_url_for_blacklisted_numbers: text,
  email_for_inbounds: text,
  payload_type: Type.Enum(['json', 'html']),
});

const output = Type.Object({
  sms_campaign_alert_parameters: Type.Object({
    alert_type: text,
    alert_bound: Type.Union([Type.Number(), Type.Null()]),
    alert_email_to: text,
    alert_emails_to: Type.Array(Type.String()),
    alert_phone_number_to: text,
  }),
  campaign_parameters: Type.Object({
    sender_for_sms_premium: text,
    sender_for_voice_sms: text,
    phone_number_for_test_sms: text,
  }),
  callbacks: callbacksOutput,
});

const reading = { method: 'GET', group, input: Type.Object({}), status: 200, output } as const;

export const parameterEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'PATCH',
    path: '/user/campaign-parameters/edit',
    group,
    summary: 'Sets callbacks, sender and alerts; omitted values stay, empty values are removed',
    input,
    status: 200,
    output,
    answer: edit,
  }),
  endpoint({
    ...reading,
    path: '/user/campaign-parameters',
    summary: 'Reads callbacks, sender and alerts',
    answer: read,
  }),
  endpoint({
    ...reading,
    path: '/campaign/parameters',
    summary: 'Reads callbacks, sender and alerts (second address)',
    answer: read,
  }),
];

/** The value of the first of these names that occurs. Null: empty. Undefined: none occurs. */
type Given = (...names: readonly string[]) => string | null | undefined;

/** `written`: as received, where an empty text differs from an absent one. `cast`: as read. */
function givenIn(written: Readonly<Record<string, unknown>>, cast: Readonly<Record<string, unknown>>): Given {
  return (...names) => {
    for (const name of names) {
      if (!Object.hasOwn(written, name)) continue;
      const value = cast[name];
      return value === undefined || value === '' ? null : String(value).trim() || null;
    }
    return undefined;
  };
}

function asMembers(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Only the given settings. Refuses `sender-invalid` and `option-invalid`. */
export function readCallbacks(
  written: Readonly<Record<string, unknown>>,
  cast: Readonly<Record<string, unknown>>,
): NonNullable<ParametersChange['callbacks']> {
  const given = givenIn(written, cast);
  const replyEmail = given('email_for_inbounds');
  if (replyEmail && !isEmail(replyEmail)) throw emailInvalid('email_for_inbounds');
  const payload = given('payload_type');
  return defined({
    receiptUrl: given('callback_url_for_deliveries', 'callback_url_for_sms_deliveries'),
    replyUrl: given('callback_url_for_inbounds'),
    optOutUrl: given('callback_url_for_blacklisted_numbers'),
    visitUrl: given('callback_url_for_visits'),
    replyEmail,
    restPayloadIsJson: payload == null ? undefined : payload === 'json',
  });
}

function readCampaign(
  written: Readonly<Record<string, unknown>>,
  cast: Readonly<Record<string, unknown>>,
): NonNullable<ParametersChange['campaign']> {
  const given = givenIn(written, cast);
  const sender = given('sender_for_sms_premium');
  return defined({
    premiumSender: sender == null ? sender : castSender(sender),
    voiceSender: given('sender_for_voice_sms', 'sender_for_vocal_sms'),
    testNumber: given('phone_number_for_test_sms'),
    alertNumber: given('alert_phone_number_to'),
  });
}

const tierByWord = { sms_premium: 'premium', sms_low_cost: 'low_cost', sms_world: 'world' } as const;
const wordByTier = { premium: 'sms_premium', low_cost: 'sms_low_cost', world: 'sms_world' } as const;

/** Refuses `option-invalid`. */
function readAlert(
  written: Readonly<Record<string, unknown>>,
  cast: Readonly<Record<string, unknown>>,
): NonNullable<ParametersChange['alert']> {
  const word = cast['alert_type'] as keyof typeof tierByWord | undefined;
  const bound = cast['alert_bound'] as number | undefined;
  const several = cast['alert_emails_to'] as readonly string[] | undefined;
  const one = givenIn(written, cast)('alert_email_to');
  const email = one === undefined && several !== undefined ? (several[0] ?? null) : one;
  if (email && !isEmail(email)) throw emailInvalid('alert_email_to');
  return defined({ bound, tier: word === undefined ? undefined : tierByWord[word], email });
}

function isEmail(text: string): boolean {
  return isInternetEmail(text);
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}

async function edit({ services, access, members, input: cast }: Call<Static<typeof input>>) {
  const callbacks = {
    ...readCallbacks(members, cast),
    ...readCallbacks(asMembers(members['callbacks']), cast.callbacks ?? {}),
  };
  const nested = ['sms_campaign_alert_parameters', 'campaign_parameters'] as const;
  let campaign = readCampaign(members, cast);
  let alert = readAlert(members, cast);
  for (const name of nested) {
    const [written, read] = [asMembers(members[name]), cast[name] ?? {}];
    campaign = { ...campaign, ...readCampaign(written, read) };
    alert = { ...alert, ...readAlert(written, read) };
  }
  await services.accounts.editParameters(access, { callbacks, campaign, alert });
  const { settings } = access.account;
  const creditAlert = { bound: 0, tier: 'premium', email: null, ...settings.creditAlert, ...alert } as const;
  return render({
    ...settings,
    callbacks: { ...settings.callbacks, ...callbacks },
    campaign: { ...settings.campaign, ...campaign },
    creditAlert: creditAlert.bound === 0 ? null : creditAlert,
  });
}

async function read({ access }: Call<unknown>) {
  return render(access.account.settings);
}

function render({ campaign, callbacks, creditAlert }: AccountSettings): Static<typeof output> {
  return {
    sms_campaign_alert_parameters: {
      alert_type: creditAlert === null ? null : wordByTier[creditAlert.tier],
      alert_bound: creditAlert?.bound ?? null,
      alert_email_to: creditAlert?.email ?? null,
      alert_emails_to: creditAlert?.email == null ? [] : [creditAlert.email],
      alert_phone_number_to: campaign.alertNumber,
    },
    campaign_parameters: {
      sender_for_sms_premium: campaign.premiumSender,
      sender_for_voice_sms: campaign.voiceSender,
      phone_number_for_test_sms: campaign.testNumber,
    },
    callbacks: renderCallbacks(callbacks),
  };
}

export function renderCallbacks(callbacks: AccountSettings['callbacks']): Static<typeof callbacksOutput> {
  return {
    callback_url_for_inbounds: shownUrl(callbacks.replyUrl),
    callback_url_for_deliveries: shownUrl(callbacks.receiptUrl),
    callback_url_for_sms_deliveries: shownUrl(callbacks.receiptUrl),
    callback_url_for_visits: shownUrl(callbacks.visitUrl),
    callback_url_for_blacklisted_numbers: shownUrl(callbacks.optOutUrl),
    email_for_inbounds: callbacks.replyEmail,
    payload_type: callbacks.restPayloadIsJson ? 'json' : 'html',
  };
}
