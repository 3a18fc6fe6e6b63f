// Services of the dialect http2sms: those of OVH's API, and users by their passwords. Used by the listeners.

import type { OvhDesks } from '#dialects/ovh/api/services.ts';
import type { Http2smsServices } from '#dialects/ovh/http2sms/routes.ts';
import type { QuotaOf } from '#dialects/ovh/sending.ts';
import type { Customers } from '#dialects/shared/dialect.ts';
import type { UserCache } from '#operations/account/credentials/user-passwords.ts';

export function http2smsServicesOf(
  { submit }: Customers,
  { desks, users }: { readonly desks: OvhDesks; readonly users: UserCache },
): Http2smsServices {
  return {
    authenticate: (...credentials) => users.authenticate(...credentials),
    submit,
    senderStatusOf: desks.sending.senderStatusOf,
    hasReplyNumbers: desks.sending.hasReplyNumbers,
    enabledSenders: desks.sending.enabledSenders,
    creditPriceMicros: (account) => desks.accounts.creditPriceMicros(account),
    quotaOf: quotaOf(desks.users),
  };
}

/** Read after each submission, so that the answer has the remaining credit. */
export function quotaOf(users: OvhDesks['users']): QuotaOf {
  return async (account, { login }) => (await users.read(account, login))?.user.quotaMicros ?? null;
}
