// Answers the calls about accounts: options, sub-accounts, transfers of credit, news of plug-ins
// (docs/dialects/octopush.md#legacy-sub-accounts-and-transfers). Used by routes.ts. Undocumented answers have a form of ours.

import type { Fields } from '#dialects/shared/form-fields.ts';
import type { CreditAlert } from '#domain/account/account.ts';
import type { Tier } from '#domain/base/campaign.ts';
import { transferUnaffordable } from '#domain/money/transfer-refusals.ts';
import { isEmail, maxEmailLength } from '#lib/text/email.ts';
import type { Action, LegacyServices } from './action.ts';
import {
  answerEmailInvalid,
  numberOfSmsInvalid,
  tierNotSold,
  tierOptionUnknown,
  transferNumberInvalid,
} from './call-refusals.ts';
import { renderElements, renderNews, renderUserInfo } from './response.ts';

const longestWord = 100;
const longestNumber = 9;

const tiers: Readonly<Record<string, Tier>> = { FR: 'premium', XXX: 'low_cost', WWW: 'world' };

export const editOptions: Action = async ({ accounts }, access, fields) => {
  const email = fields.get('answer_email')?.trim();
  const alertBound = readNumber(fields, 'sms_alert_bound');
  const alertTier = readTier(fields, 'sms_alert_type');
  if (email !== undefined && email !== '' && (email.length > maxEmailLength || !isEmail(email)))
    throw answerEmailInvalid();
  await accounts.editOptions(access, {
    ...(email === undefined ? {} : { replyEmail: email === '' ? null : email }),
    ...(alertBound === null ? {} : { alertBound }),
    ...(alertTier === null ? {} : { alertTier }),
  });
  return renderElements([]);
};

/** Only this answer contains the keys of the new account. */
export const addSubAccount: Action = async ({ subAccounts }, access, fields) => {
  const bound = readNumber(fields, 'alert_bound') ?? 0;
  const tier = readTier(fields, 'alert_sms_type') ?? 'premium';
  const creditAlert: CreditAlert | null = bound === 0 ? null : { bound, tier, email: null };
  const { login, apiKey } = await subAccounts.create(access, {
    firstName: readWord(fields, 'first_name'),
    lastName: readWord(fields, 'last_name'),
    // Quirk: the Ruby kit misspells it (docs/dialects/octopush.md#legacy-sub-accounts-and-transfers).
    company: readWord(fields, 'raison_sociale') || readWord(fields, 'raison_sociable'),
    settings: { creditAlert },
  });
  return renderElements([
    ['user_login', login],
    ['api_key', apiKey],
  ]);
};

export const openTransfer: Action = async ({ transfers }, access, fields) => {
  const token = await transfers.open(access, fields.get('sub_account_email') ?? '');
  // Quirk: the npm client demands an error_code beside the token
  // (docs/dialects/octopush.md#legacy-sub-accounts-and-transfers).
  return renderElements([['token', token]]);
};

/** A number of SMS to France of a type, at today's price. Quirk: npm sends `token[0]`; the form reads it as `token`. */
export const transfer: Action = async ({ credit, transfers }, access, fields) => {
  const { priceMicros } = await credit.read(access);
  await transfers.transfer(access, {
    token: (fields.get('token') ?? '').trim().toUpperCase(),
    recipientEmail: fields.get('sub_account_email') ?? '',
    amount() {
      const number = (fields.get('sms_number') ?? '').trim();
      if (/^\d+$/.test(number) && number.length > longestNumber) throw transferUnaffordable();
      if (!/^\d+$/.test(number) || Number(number) < 1) throw transferNumberInvalid();
      const price = priceMicros('FR', readTier(fields, 'sms_type') ?? 'premium');
      if (price === null) throw tierNotSold();
      return BigInt(number) * price;
    },
  });
  return renderElements([]);
};

/** Ours: parameter and answer are not documented. Without a login: the calling account. */
export const userInfo: Action = async ({ subAccounts, credit }, access, fields) => {
  const asked = ['sub_account_email', 'sub_account_login', 'login'].map((name) => fields.get(name)?.trim());
  const email = asked.find((written) => written) ?? access.account.email;
  const info = await subAccounts.readInfo(access, email);
  return renderUserInfo(info, await credit.read(info.access));
};

/** This call has no credentials. */
export async function news(services: LegacyServices, fields: Fields): Promise<string> {
  return renderNews(await services.news.read(fields.get('lang') ?? '', fields.get('channel') ?? ''));
}

/** Null if it is absent. */
function readNumber(fields: Fields, name: string): number | null {
  const value = (fields.get(name) ?? '').trim();
  if (value === '') return null;
  if (/^\d+$/.test(value) && value.length <= longestNumber) return Number(value);
  throw numberOfSmsInvalid(name);
}

function readTier(fields: Fields, name: string): Tier | null {
  const value = (fields.get(name) ?? '').trim().toUpperCase();
  if (value === '') return null;
  const tier = Object.hasOwn(tiers, value) ? tiers[value] : undefined;
  if (tier === undefined) throw tierOptionUnknown(name);
  return tier;
}

function readWord(fields: Fields, name: string): string {
  return (fields.get(name) ?? '').trim().slice(0, longestWord).toWellFormed();
}
