// Answers calls of options that no account has: OVH's SMPP, web chats, accounts by order, tokens of other applications. Used by
// call-table.ts. A read is 404; a change or a purchase is 403 with the remedy. Never part of the published description.
import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';
import { OvhRefusal } from '#dialects/ovh/api/errors.ts';
import { findOfAccount, type OfNumber } from './numbers.ts';

const noSmpp = 'This account does not have the SMPP option; ask the operator for SMPP access';
const noChat = 'This number does not have the web chat option';
const noNewAccounts = 'Accounts are not sold here; ask the operator for another one';
const noTokens = 'Tokens of other applications are not given out; make a consumer key instead';
const noRecord = 'The record of a customer is not changed here; ask the operator';

const absent = (message: string) =>
  answer(() => {
    throw new OvhRefusal(404, message);
  });
const refused = (message: string) =>
  answer(() => {
    throw new OvhRefusal(403, message);
  });
/** A number of another account is 404, whatever its options are. */
const ofNumber = (status: 403 | 404) =>
  answer<OfNumber>(async (call) => {
    await findOfAccount(call);
    throw new OvhRefusal(status, noChat);
  });

const chat = '/sms/{serviceName}/virtualNumbers/{number}/chatAccess';

export const optionAnswers: Answers = {
  'GET /sms/{serviceName}/smpp/settings': absent(noSmpp),
  'GET /sms/{serviceName}/smpp/allowedIPs': absent(noSmpp),
  'PUT /sms/{serviceName}/smpp/allowedIPs': refused(noSmpp),
  'POST /sms/{serviceName}/smpp/password': refused(noSmpp),
  [`GET ${chat}`]: ofNumber(404),
  [`DELETE ${chat}`]: ofNumber(404),
  [`POST ${chat}`]: ofNumber(403),
  'GET /order/sms/new': refused(noNewAccounts),
  'POST /order/sms/new': refused(noNewAccounts),
  'POST /auth/token': refused(noTokens),
  'PUT /me': refused(noRecord),
};
