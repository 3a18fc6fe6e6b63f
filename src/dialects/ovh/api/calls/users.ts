// Creates, reads, changes and deletes users of an account: passwords, quotas, alerts, callbacks, allowed addresses
// (docs/dialects/ovh.md#the-account-and-its-users). Used by call-table.ts.

import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { badParameter, OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { shownUrl } from '#domain/account/callback-urls.ts';
import type { AlertMedia, UserAlert } from '#domain/account/user.ts';
import { fromCredits, toCredits } from '#domain/money/ovh-credits.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { isBlock } from '#lib/net/address-guard.ts';
import { isEmail } from '#lib/text/email.ts';
import type { UserOrder, UserWithUrls } from '#operations/account/users.ts';

interface OfUser {
  readonly login: string;
}

interface NewUser extends OfUser {
  readonly password: string;
}

interface QuotaInput {
  readonly quotaLeft?: number;
  readonly quotaStatus?: 'active' | 'inactive';
}

interface AlertInput {
  readonly alertThreshold?: number;
  readonly alertEmail?: string;
  readonly alertNumber?: string;
  readonly support?: AlertMedia;
}

interface UserInput extends OfUser {
  readonly password?: string;
  readonly callBack?: string | null;
  readonly stopCallBack?: string | null;
  readonly ipRestrictions?: readonly string[];
  readonly quotaInformations?: QuotaInput;
  readonly alertThresholdInformations?: AlertInput;
}

export const userAnswers: Answers = {
  'GET /sms/{serviceName}/users': answer(({ services, access }) => services.users.list(access)),

  'POST /sms/{serviceName}/users': answer<NewUser>(async ({ services, access, input }) => {
    const login = readLogin(input.login);
    if (!(await services.users.create(access, login, readPassword(input.password))))
      throw new OvhRefusal(409, `The user ${login} already exists`);
  }),

  'GET /sms/{serviceName}/users/{login}': answer<OfUser>(async ({ services, access, input }) => {
    const found = await services.users.read(access, input.login);
    if (found === null) throw unknownObject();
    return renderUser(found, services.credit.creditPriceMicros(access));
  }),

  'PUT /sms/{serviceName}/users/{login}': answer<UserInput>(async ({ services, access, input }) => {
    const order = readOrder(input, services.credit.creditPriceMicros(access));
    if (!(await services.users.edit(access, input.login, order))) throw unknownObject();
  }),

  'DELETE /sms/{serviceName}/users/{login}': answer<OfUser>(async ({ services, access, input }) => {
    if (!(await services.users.remove(access, input.login))) throw unknownObject();
  }),
};

/** The password is always shown empty; an empty one in a PUT changes nothing. */
function renderUser({ user, receiptUrl, optOutUrl }: UserWithUrls, priceMicros: bigint) {
  const { login, allowedIps, quotaMicros, alert } = user;
  return {
    login,
    password: '',
    callBack: shownUrl(receiptUrl),
    stopCallBack: shownUrl(optOutUrl),
    ipRestrictions: allowedIps,
    quotaInformations: {
      quotaLeft: toCredits(quotaMicros ?? 0n, priceMicros),
      quotaStatus: quotaMicros === null ? 'inactive' : 'active',
    },
    alertThresholdInformations: {
      alertThreshold: alert.bound ?? noThreshold,
      alertEmail: alert.email,
      alertNumber: alert.number,
      support: alert.media,
    },
  };
}

/** Disabled (docs/dialects/ovh.md#the-account-and-its-users). */
const noThreshold = -1;
const maxAddresses = 5;

function readOrder(input: UserInput, priceMicros: bigint): UserOrder {
  const { password, callBack, stopCallBack, ipRestrictions, quotaInformations: quota } = input;
  const alert = input.alertThresholdInformations;
  return {
    password: password === undefined || password === '' ? undefined : readPassword(password),
    allowedIps: ipRestrictions && readAddresses(ipRestrictions),
    alert: alert && readAlert(alert),
    urls: {
      ...(callBack === undefined ? {} : { receiptUrl: callBack || null }),
      ...(stopCallBack === undefined ? {} : { optOutUrl: stopCallBack || null }),
    },
    quota: quota && readQuota(quota, priceMicros),
  };
}

function readLogin(login: string): string {
  if (/^[a-z0-9][\w.@-]{0,39}$/i.test(login)) return login;
  throw badParameter('login', 'A login has at most 40 letters, digits, or characters of . _ - @');
}

function readPassword(password: string): string {
  if (/^[\x21-\x7e]{8,64}$/.test(password)) return password;
  throw badParameter('password', 'A password has 8 to 64 letters, digits or signs');
}

function readAddresses(addresses: readonly string[]): readonly string[] {
  if (addresses.length > maxAddresses)
    throw badParameter('ipRestrictions', `At most ${maxAddresses} addresses are allowed`);
  for (const address of addresses)
    if (!/^[\d.]+$/.test(address) || !isBlock(address))
      throw badParameter('ipRestrictions', `${address} is not an IPv4 address`);
  return addresses;
}

function readAlert({ alertThreshold, alertEmail, alertNumber, support }: AlertInput): Partial<UserAlert> {
  return {
    ...(alertThreshold === undefined ? {} : { bound: readThreshold(alertThreshold) }),
    ...(alertEmail === undefined ? {} : { email: readEmail(alertEmail) }),
    ...(alertNumber === undefined ? {} : { number: readNumber(alertNumber) }),
    ...(support === undefined ? {} : { media: support }),
  };
}

function readThreshold(threshold: number): number | null {
  if (threshold === noThreshold) return null;
  if (threshold >= 1) return threshold;
  throw badParameter(
    'alertThresholdInformations.alertThreshold',
    'A threshold is 1 or more; -1 switches it off',
  );
}

function readEmail(written: string): string {
  const email = written.trim();
  if (email === '' || isEmail(email)) return email;
  throw badParameter('alertThresholdInformations.alertEmail', `${email} is not an e-mail address`, email);
}

function readNumber(written: string): string {
  if (written.trim() === '') return '';
  const read = readMsisdn(written, null);
  if (read.ok) return `+${read.msisdn}`;
  throw badParameter(
    'alertThresholdInformations.alertNumber',
    `${written} is not an international number`,
    written,
  );
}

/** A given quota is active, unless its status says otherwise. */
function readQuota({ quotaLeft, quotaStatus }: QuotaInput, priceMicros: bigint): UserOrder['quota'] {
  if (quotaStatus === 'inactive') return () => null;
  if (quotaLeft === undefined) return (now) => (quotaStatus === 'active' ? (now ?? 0n) : now);
  const micros = quotaLeft === 0 ? 0n : fromCredits(quotaLeft, priceMicros);
  if (micros === null) throw badParameter('quotaInformations.quotaLeft', 'A quota is 0 credits or more');
  return () => micros;
}
