// The settings of an account that an operator changes, as a table: name, values and sentence of each. It produces the options of
// `chappe account set` and the form of the console. A new setting is one row here.
import {
  type Account,
  type AccountSettings,
  type AccountStatus,
  type CallbackSettings,
  defaultSmppSettings,
  type SmppSettings,
} from '#domain/account/account.ts';
import { type BillingDetails, readVatNumber } from '#domain/money/invoices.ts';
import { formatEuro, parseEuro } from '#domain/money/micros.ts';
import { isBlock } from '#lib/net/address-guard.ts';
import { isEmail } from '#lib/text/email.ts';

type ChangedSettings = Partial<Omit<AccountSettings, 'callbacks' | 'smpp' | 'billing'>>;

/** An absent field is not changed. */
export interface SettingsChange {
  readonly status?: AccountStatus;
  readonly settings: ChangedSettings;
  readonly callbacks: Partial<CallbackSettings>;
  readonly smpp: Partial<SmppSettings>;
  readonly billing: Partial<BillingDetails>;
}

export interface AccountSetting {
  /** Option of `chappe account set`, without dashes. */
  readonly flag: string;
  readonly placeholder: string;
  /** Values of a choice; empty: a text. */
  readonly choices: readonly string[];
  /** Completes "must be …". */
  readonly limit: string;
  readonly sentence: string;
  /** Its value is never shown. */
  readonly isSecret: boolean;
  /** Null: the text is outside the limit. */
  read(text: string): Partial<SettingsChange> | null;
  /** The value in the form that `read` takes. Of a secret: `set`, or `none`. */
  show(account: Account): string;
}

type Row = Pick<AccountSetting, 'flag' | 'placeholder' | 'sentence' | 'read' | 'show'> &
  Partial<Pick<AccountSetting, 'choices' | 'isSecret'>> & { readonly limit?: string };

const row = ({ choices = [], ...given }: Row): AccountSetting => ({
  choices,
  isSecret: false,
  ...given,
  limit: given.limit ?? `one of ${choices.join(', ')}`,
});

/** A choice of words, each with the change that it means. */
function choice(
  given: Pick<Row, 'flag' | 'placeholder' | 'sentence' | 'show'>,
  changes: Readonly<Record<string, Partial<SettingsChange>>>,
): AccountSetting {
  return row({
    ...given,
    choices: Object.keys(changes),
    read: (text) => (Object.hasOwn(changes, text) ? changes[text]! : null),
  });
}

type Flag = {
  [Name in keyof ChangedSettings]-?: AccountSettings[Name] extends boolean ? Name : never;
}[keyof ChangedSettings];

function yesOrNo(flag: string, name: Flag, sentence: string): AccountSetting {
  return choice(
    {
      flag,
      placeholder: 'YES|NO',
      sentence,
      show: ({ settings }) => (settings[name] ? 'yes' : 'no'),
    },
    { yes: { settings: { [name]: true } }, no: { settings: { [name]: false } } },
  );
}

/** `none` is null. */
const orNone = (text: string) => (text === 'none' ? null : text);

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const smppOf = ({ settings: { smpp } }: Account) => smpp ?? defaultSmppSettings;

type Count = {
  [Name in keyof SmppSettings]: SmppSettings[Name] extends number ? Name : never;
}[keyof SmppSettings];

function smppCount(
  flag: string,
  name: Count,
  [min, max]: readonly [number, number],
  sentence: string,
): AccountSetting {
  return row({
    flag,
    placeholder: 'N',
    limit: `a whole number from ${min} to ${max}`,
    sentence,
    read(text) {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
      return value < min || value > max ? null : { smpp: { [name]: value } };
    },
    show: (account) => String(smppOf(account)[name]),
  });
}

/** How the account sends over binds (docs/dialects/smpp.md#limits). */
const smppSettings: readonly AccountSetting[] = [
  smppCount('smpp-binds', 'maxBinds', [1, 1_000], 'binds at the same time in one process (4)'),
  smppCount('smpp-window', 'window', [1, 10_000], 'requests of a bind without a response (100)'),
  smppCount(
    'smpp-delivery-window',
    'deliveryWindow',
    [1, 10_000],
    'deliver_sm of a bind without a response (10)',
  ),
  smppCount(
    'smpp-rate',
    'segmentsPerSecond',
    [0, 1_000_000],
    'segments a second over binds; 0: no limit (0)',
  ),
  row({
    flag: 'smpp-addresses',
    placeholder: 'LIST',
    limit: 'addresses or blocks such as 192.0.2.0/24, with commas, or all',
    sentence: 'addresses and CIDR blocks that may bind, with commas; all: every address',
    read(text) {
      const blocks = text === 'all' ? [] : text.split(',').flatMap((block) => block.trim() || []);
      return blocks.every(isBlock) ? { smpp: { allowedAddresses: blocks } } : null;
    },
    show: (account) => smppOf(account).allowedAddresses.join(',') || 'all',
  }),
  choice(
    {
      flag: 'smpp-tls',
      placeholder: 'YES|NO',
      sentence: 'whether binds need TLS (no)',
      show: (account) => (smppOf(account).demandsTls ? 'yes' : 'no'),
    },
    { yes: { smpp: { demandsTls: true } }, no: { smpp: { demandsTls: false } } },
  ),
  choice(
    {
      flag: 'smpp-alphabet',
      placeholder: 'SET',
      sentence: 'of data_coding 0: gsm or latin1',
      show: (account) => smppOf(account).alphabet,
    },
    { gsm: { smpp: { alphabet: 'gsm' } }, latin1: { smpp: { alphabet: 'latin1' } } },
  ),
  choice(
    {
      flag: 'smpp-tier',
      placeholder: 'TIER',
      sentence: 'premium, low_cost or world',
      show: (account) => smppOf(account).tier,
    },
    {
      premium: { smpp: { tier: 'premium' } },
      low_cost: { smpp: { tier: 'low_cost' } },
      world: { smpp: { tier: 'world' } },
    },
  ),
];

/** The buyer on invoices, and the tax of the orders (docs/operating/credit.md#invoices). */
const billingSettings: readonly AccountSetting[] = [
  row({
    flag: 'billing-name',
    placeholder: 'NAME',
    limit: '1 to 200 characters, or none',
    sentence: 'buyer on invoices; none: the name of the account',
    read: (text) => (text === '' || text.length > 200 ? null : { billing: { name: orNone(text) } }),
    show: ({ settings: { billing } }) => billing.name ?? 'none',
  }),
  row({
    flag: 'billing-address',
    placeholder: 'LINES',
    limit: '1 to 6 lines with | between them, or none',
    sentence: 'address of the buyer on invoices, with | between the lines; none: no invoice is issued',
    read(text) {
      const lines = text === 'none' ? [] : text.split('|').flatMap((line) => line.trim() || []);
      const isValid = text === 'none' || (lines.length > 0 && lines.length <= 6 && text.length <= 600);
      return isValid ? { billing: { address: lines } } : null;
    },
    show: ({ settings: { billing } }) => billing.address.join(' | ') || 'none',
  }),
  row({
    flag: 'vat-number',
    placeholder: 'NUMBER',
    limit: 'a VAT number such as FR00000000000, or none',
    sentence: 'VAT number of the buyer on invoices',
    read(text) {
      const number = text === 'none' ? null : readVatNumber(text);
      return text !== 'none' && number === null ? null : { billing: { vatNumber: number } };
    },
    show: ({ settings: { billing } }) => billing.vatNumber ?? 'none',
  }),
  row({
    flag: 'vat',
    placeholder: 'PERCENT',
    limit: 'a percentage such as 20 or 5.5, or none',
    sentence: 'value added tax on the orders of this account; none: CHAPPE_VAT_PERCENT',
    read(text) {
      if (text === 'none') return { billing: { vatPercent: null } };
      return /^\d{1,2}(\.\d{1,2})?$/.test(text) ? { billing: { vatPercent: Number(text) } } : null;
    },
    show: ({ settings: { billing } }) => (billing.vatPercent === null ? 'none' : String(billing.vatPercent)),
  }),
];

export const accountSettings: readonly AccountSetting[] = [
  row({
    flag: 'callback',
    placeholder: 'URL',
    limit: 'an http:// or https:// address, or none',
    sentence: 'address of callbacks: receipts, replies and opt-outs; none: no callbacks',
    read(text) {
      if (text !== 'none' && !isHttpUrl(text)) return null;
      const url = orNone(text);
      return { callbacks: { receiptUrl: url, replyUrl: url, optOutUrl: url } };
    },
    show: ({ settings: { callbacks } }) => callbacks.receiptUrl ?? 'none',
  }),
  row({
    flag: 'signing-key',
    placeholder: 'KEY',
    limit: '1 to 200 characters, or none',
    sentence: 'key that signs callbacks (X-Chappe-Signature); none: unsigned',
    isSecret: true,
    read: (text) =>
      text.length === 0 || text.length > 200 ? null : { callbacks: { signingKey: orNone(text) } },
    show: ({ settings: { callbacks } }) => (callbacks.signingKey === null ? 'none' : 'set'),
  }),
  row({
    flag: 'reply-email',
    placeholder: 'EMAIL',
    limit: 'an e-mail address, or none',
    sentence: 'address that receives replies and opt-outs by mail (needs CHAPPE_MAIL_RELAY); none: no mails',
    read: (text) => (text !== 'none' && !isEmail(text) ? null : { callbacks: { replyEmail: orNone(text) } }),
    show: ({ settings: { callbacks } }) => callbacks.replyEmail ?? 'none',
  }),
  choice(
    {
      flag: 'opt-outs-cover',
      placeholder: 'WHAT',
      sentence: 'messages that a STOP ends: marketing, or all',
      show: ({ settings }) => (settings.optOutsCoverTransactional ? 'all' : 'marketing'),
    },
    {
      marketing: { settings: { optOutsCoverTransactional: false } },
      all: { settings: { optOutsCoverTransactional: true } },
    },
  ),
  row({
    flag: 'approve-above',
    placeholder: 'MESSAGES',
    limit: 'a number from 0 to 1000000, or none',
    sentence:
      "campaigns written in the console with more messages need another member's approval; 0: all; none: no approval",
    read(text) {
      if (text === 'none') return { settings: { approveAbove: null } };
      const isAllowed = /^\d{1,7}$/.test(text) && Number(text) <= 1_000_000;
      return isAllowed ? { settings: { approveAbove: Number(text) } } : null;
    },
    show: ({ settings }) => String(settings.approveAbove ?? 'none'),
  }),
  ...smppSettings,
  choice(
    {
      flag: 'status',
      placeholder: 'STATUS',
      sentence: 'active, not-validated, blocked',
      show: ({ status }) => status,
    },
    {
      active: { status: 'active' },
      'not-validated': { status: 'not-validated' },
      blocked: { status: 'blocked' },
    },
  ),
  row({
    flag: 'country',
    placeholder: 'CC',
    limit: 'two letters such as FR, or none',
    sentence: 'country of national numbers; none: national numbers are refused',
    read: (text) =>
      text !== 'none' && !/^[A-Za-z]{2}$/.test(text)
        ? null
        : { settings: { defaultCountry: text === 'none' ? null : text.toUpperCase() } },
    show: ({ settings }) => settings.defaultCountry ?? 'none',
  }),
  choice(
    {
      flag: 'number-format',
      placeholder: 'FORMAT',
      sentence: 'form of numbers in form callbacks: plus, zeros (00) or bare',
      show: ({ settings: { callbacks } }) => callbacks.formNumberFormat,
    },
    {
      plus: { callbacks: { formNumberFormat: 'plus' } },
      zeros: { callbacks: { formNumberFormat: 'zeros' } },
      bare: { callbacks: { formNumberFormat: 'bare' } },
    },
  ),
  yesOrNo('stop-clause', 'demandStopClause', 'whether marketing texts must carry their stop clause'),
  choice(
    {
      flag: 'default-purpose',
      placeholder: 'PURPOSE',
      sentence:
        'purpose of REST requests without one: by-text (transactional, unless the text looks like advertising), marketing, transactional',
      show: ({ settings }) => settings.defaultPurpose,
    },
    {
      'by-text': { settings: { defaultPurpose: 'by-text' } },
      marketing: { settings: { defaultPurpose: 'marketing' } },
      transactional: { settings: { defaultPurpose: 'transactional' } },
    },
  ),
  choice(
    {
      flag: 'send-status',
      placeholder: 'CODE',
      sentence: 'HTTP status of accepted REST requests: 201, or 200 for clients that accept no other',
      show: ({ settings }) => String(settings.restSendStatus),
    },
    { 201: { settings: { restSendStatus: 201 } }, 200: { settings: { restSendStatus: 200 } } },
  ),
  yesOrNo(
    'json-array',
    'legacyJsonAlwaysArray',
    'legacy JSON answers have an array also for one recipient (no)',
  ),
  yesOrNo(
    'decode-twice',
    'legacyDecodeTwice',
    'legacy texts that are percent-encoded twice are decoded twice (yes)',
  ),
  row({
    flag: 'credit-price',
    placeholder: 'EUR',
    limit: 'an amount such as 0.045, or none',
    sentence: 'price of an OVH credit; none: the price of an SMS to France',
    read(text) {
      if (text === 'none') return { settings: { creditPriceMicros: null } };
      const micros = parseEuro(text);
      return micros === null || micros <= 0n || micros > 1_000_000_000n
        ? null
        : { settings: { creditPriceMicros: Number(micros) } };
    },
    show: ({ settings: { creditPriceMicros: micros } }) =>
      micros === null ? 'none' : formatEuro(BigInt(micros), 6),
  }),
  yesOrNo(
    'local-receivers',
    'readsNationalReceivers',
    'OVH: receivers can be national numbers of --country (no)',
  ),
  yesOrNo('flash-class', 'honoursFlash', 'OVH: jobs and batches of class flash are sent as flash SMS (no)'),
  yesOrNo('automatic-top-up', 'buysOnAccount', 'add automatic top-ups before their payment'),
  ...billingSettings,
  choice(
    {
      flag: 'chars-per-part',
      placeholder: 'N',
      sentence: 'characters of a part of a long text: 153, or 137 for prices as of 2014',
      show: ({ settings }) => String(settings.concatenatedCharsPerPart),
    },
    {
      153: { settings: { concatenatedCharsPerPart: 153 } },
      137: { settings: { concatenatedCharsPerPart: 137 } },
    },
  ),
];

/** Reads texts by flag. `mistakes` has one sentence for each text that is not valid. */
export function readAccountSettings(texts: Readonly<Record<string, string>>): {
  readonly change: SettingsChange;
  readonly mistakes: readonly string[];
} {
  const mistakes: string[] = [];
  let change: SettingsChange = { settings: {}, callbacks: {}, smpp: {}, billing: {} };
  for (const [flag, text] of Object.entries(texts)) {
    const setting = accountSettings.find((known) => known.flag === flag);
    const read = setting?.read(text.trim()) ?? null;
    if (setting === undefined) mistakes.push(`--${flag} is not a setting of an account`);
    else if (read === null)
      mistakes.push(
        setting.isSecret
          ? `--${flag} cannot be used: it must be ${setting.limit}`
          : `--${flag} is "${text}", but must be ${setting.limit}`,
      );
    else
      change = {
        ...change,
        ...read,
        settings: { ...change.settings, ...read.settings },
        callbacks: { ...change.callbacks, ...read.callbacks },
        smpp: { ...change.smpp, ...read.smpp },
        billing: { ...change.billing, ...read.billing },
      };
  }
  return { change, mistakes };
}
