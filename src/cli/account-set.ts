// chappe account set: changes how the requests of an account are planned, and its callback addresses.

import type { AccountSettings, AccountStatus, CallbackSettings } from '#domain/account/account.ts';
import { parseEuro } from '#domain/money/micros.ts';
import { isEmail } from '#lib/text/email.ts';
import { createOperatorAccounts } from '#operations/operator/accounts/service.ts';
import { readUrl } from './account.ts';
import { oneOf, readSmppOptions, smppOptions } from './account-smpp.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { withService } from './with-runtime.ts';

const statuses: readonly AccountStatus[] = ['active', 'not-validated', 'blocked'];

export const accountSet: Command = {
  words: 'account set',
  positionals: ['SERVICE'],
  summary: 'Changes settings of an account; the others stay.',
  options: {
    callback: {
      type: 'string',
      value: 'URL',
      help: 'address of callbacks: receipts, replies and opt-outs; none: no callbacks',
    },
    'signing-key': {
      type: 'string',
      value: 'KEY',
      help: 'key that signs callbacks (X-Chappe-Signature); none: unsigned',
    },
    'reply-email': {
      type: 'string',
      value: 'EMAIL',
      help: 'address that receives replies and opt-outs by mail (needs CHAPPE_MAIL_RELAY); none: no mails',
    },
    'opt-outs-cover': {
      type: 'string',
      value: 'WHAT',
      help: 'messages that a STOP ends: marketing, or all',
    },
    ...smppOptions,
    status: { type: 'string', value: 'STATUS', help: statuses.join(', ') },
    country: {
      type: 'string',
      value: 'CC',
      help: 'country of national numbers; none: national numbers are refused',
    },
    'number-format': {
      type: 'string',
      value: 'FORMAT',
      help: 'form of numbers in form callbacks: plus, zeros (00) or bare',
    },
    'stop-clause': {
      type: 'string',
      value: 'YES|NO',
      help: 'whether marketing texts must carry their stop clause',
    },
    'default-purpose': {
      type: 'string',
      value: 'PURPOSE',
      help: 'purpose of REST requests without one: by-text (transactional, unless the text looks like advertising), marketing, transactional',
    },
    'send-status': {
      type: 'string',
      value: 'CODE',
      help: 'HTTP status of accepted REST requests: 201, or 200 for clients that accept no other',
    },
    'json-array': {
      type: 'string',
      value: 'YES|NO',
      help: 'legacy JSON answers have an array also for one recipient (no)',
    },
    'decode-twice': {
      type: 'string',
      value: 'YES|NO',
      help: 'legacy texts that are percent-encoded twice are decoded twice (yes)',
    },
    'credit-price': {
      type: 'string',
      value: 'EUR',
      help: 'price of an OVH credit; none: the price of an SMS to France',
    },
    'local-receivers': {
      type: 'string',
      value: 'YES|NO',
      help: 'OVH: receivers can be national numbers of --country (no)',
    },
    'flash-class': {
      type: 'string',
      value: 'YES|NO',
      help: 'OVH: jobs and batches of class flash are sent as flash SMS (no)',
    },
    'automatic-top-up': {
      type: 'string',
      value: 'YES|NO',
      help: 'add automatic top-ups before their payment',
    },
    'chars-per-part': {
      type: 'string',
      value: 'N',
      help: 'characters of a part of a long text: 153, or 137 for prices as of 2014',
    },
  },
  run: (call) =>
    withService(call, createOperatorAccounts, async (accounts, access) => {
      const status = oneOf(call, 'status', statuses);
      const [settings, callbacks, smpp] = [readSettings(call), readCallbacks(call), readSmppOptions(call)];
      if (status === undefined && Object.keys({ ...settings, ...callbacks, ...smpp }).length === 0)
        throw new UsageError('no setting is given; see chappe account set --help');
      const change = { settings, callbacks, smpp, ...(status !== undefined && { status }) };
      const { account, changed } = await accounts.set(access, call.positionals[0]!, change);
      call.print({ account, changed }, [`account ${account} changed`]);
      return 0;
    }),
};

type ChangedSettings = Omit<AccountSettings, 'callbacks' | 'smpp'>;

function readSettings(call: Call): Partial<ChangedSettings> {
  const settings: { -readonly [Name in keyof ChangedSettings]?: ChangedSettings[Name] } = {};
  const country = call.text('country');
  if (country !== undefined) {
    if (country !== 'none' && !/^[A-Za-z]{2}$/.test(country))
      throw new UsageError('--country takes two letters such as FR, or none');
    settings.defaultCountry = country === 'none' ? null : country.toUpperCase();
  }
  const stopClause = oneOf(call, 'stop-clause', ['yes', 'no'] as const);
  if (stopClause !== undefined) settings.demandStopClause = stopClause === 'yes';
  const jsonArray = oneOf(call, 'json-array', ['yes', 'no'] as const);
  if (jsonArray !== undefined) settings.legacyJsonAlwaysArray = jsonArray === 'yes';
  const decodeTwice = oneOf(call, 'decode-twice', ['yes', 'no'] as const);
  if (decodeTwice !== undefined) settings.legacyDecodeTwice = decodeTwice === 'yes';
  const covered = oneOf(call, 'opt-outs-cover', ['marketing', 'all'] as const);
  if (covered !== undefined) settings.optOutsCoverTransactional = covered === 'all';
  const purpose = oneOf(call, 'default-purpose', ['by-text', 'marketing', 'transactional'] as const);
  if (purpose !== undefined) settings.defaultPurpose = purpose;
  const sendStatus = oneOf(call, 'send-status', ['200', '201'] as const);
  if (sendStatus !== undefined) settings.restSendStatus = sendStatus === '200' ? 200 : 201;
  const creditPrice = call.text('credit-price');
  if (creditPrice !== undefined) settings.creditPriceMicros = readPrice(creditPrice);
  const national = oneOf(call, 'local-receivers', ['yes', 'no'] as const);
  if (national !== undefined) settings.readsNationalReceivers = national === 'yes';
  const flash = oneOf(call, 'flash-class', ['yes', 'no'] as const);
  if (flash !== undefined) settings.honoursFlash = flash === 'yes';
  const buysOnAccount = oneOf(call, 'automatic-top-up', ['yes', 'no'] as const);
  if (buysOnAccount !== undefined) settings.buysOnAccount = buysOnAccount === 'yes';
  const chars = oneOf(call, 'chars-per-part', ['137', '153'] as const);
  if (chars !== undefined) settings.concatenatedCharsPerPart = chars === '137' ? 137 : 153;
  return settings;
}

function readPrice(written: string): number | null {
  if (written === 'none') return null;
  const micros = parseEuro(written);
  if (micros === null || micros <= 0n)
    throw new UsageError(`--credit-price is "${written}", but must be an amount such as 0.045, or none`);
  return Number(micros);
}

function readCallbacks(call: Call): Partial<CallbackSettings> {
  const changed: { -readonly [Name in keyof CallbackSettings]?: CallbackSettings[Name] } = {};
  const isNone = call.text('callback') === 'none';
  const url = isNone ? null : readUrl(call, 'callback');
  if (isNone || url !== null) Object.assign(changed, { receiptUrl: url, replyUrl: url, optOutUrl: url });
  const key = call.text('signing-key');
  if (key !== undefined) changed.signingKey = key === 'none' ? null : key;
  const email = call.text('reply-email');
  if (email !== undefined) {
    if (email !== 'none' && !isEmail(email))
      throw new UsageError(`--reply-email is "${email}", but must be an e-mail address, or none`);
    changed.replyEmail = email === 'none' ? null : email;
  }
  const format = oneOf(call, 'number-format', ['plus', 'zeros', 'bare'] as const);
  if (format !== undefined) changed.formNumberFormat = format;
  return changed;
}
