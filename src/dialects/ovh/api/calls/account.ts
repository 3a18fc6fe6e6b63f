// Lists, reads and changes accounts of a customer, with the treatment of replies
// (docs/dialects/ovh.md#two-way-and-opt-outs). Used by call-table.ts. A change never touches fields that the body omits.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { badParameter } from '#dialects/ovh/api/errors.ts';
import { shownUrl } from '#domain/account/callback-urls.ts';
import { type ReplyKind, replyKindOf, replyUrlOf } from '#domain/account/change-replies.ts';
import type { ReplyForward } from '#domain/account/reply-policy.ts';
import type { AlertTemplates } from '#domain/account/user-alert.ts';
import { toCredits } from '#domain/money/ovh-credits.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import { isEmail } from '#lib/text/email.ts';
import type { ParametersChange } from '#operations/account/accounts/parameters.ts';
import type { AccountRecord } from '#operations/account/accounts/record.ts';

interface TrackingInput {
  readonly media?: 'email' | 'sms' | 'voice';
  readonly sender?: string;
  readonly target?: string;
}

interface ResponseInput {
  readonly responseType?: WireReplyKind;
  readonly cgiUrl?: string | null;
  readonly text?: string | null;
  readonly trackingOptions?: readonly TrackingInput[] | null;
  readonly trackingDefaultSmsSender?: string | null;
}

interface TemplatesInput {
  readonly customizedEmailMode?: boolean;
  readonly customizedSmsMode?: boolean;
  readonly emailFrom?: string | null;
  readonly emailSubject?: string | null;
  readonly emailBody?: string | null;
  readonly smsBody?: string | null;
}

interface AccountInput {
  readonly callBack?: string | null;
  readonly stopCallBack?: string | null;
  readonly description?: string;
  readonly automaticRecreditAmount?: number | null;
  readonly creditThresholdForAutomaticRecredit?: number;
  readonly smsResponse?: ResponseInput;
  readonly templates?: TemplatesInput;
}

type WireReplyKind = 'none' | 'text' | 'cgi';

const replyKinds = { none: 'none', text: 'text', cgi: 'callback' } as const satisfies Record<
  WireReplyKind,
  ReplyKind
>;
const wireReplyKinds = { none: 'none', text: 'text', callback: 'cgi' } as const satisfies Record<
  ReplyKind,
  WireReplyKind
>;
const maxText = 1600;
const maxDescription = 255;
const maxForwards = 10;

export const accountAnswers: Answers = {
  'GET /sms': answer(async ({ services, customer }) =>
    (await services.accounts.listOwn(customer)).map((account) => account.serviceName),
  ),

  'GET /sms/{serviceName}': answer(async ({ services, access }) =>
    renderAccount(await services.accounts.read(access), services.credit.creditPriceMicros(access)),
  ),

  'PUT /sms/{serviceName}': answer<AccountInput>(async (call) => {
    const { services, access, input } = call;
    if (input.smsResponse !== undefined) await assertSenders(call, input.smsResponse);
    await services.accounts.editParameters(access, readChange(input));
  }),
};

function renderAccount({ account, availableMicros, quotas }: AccountRecord, priceMicros: bigint) {
  const { callbacks, automaticTopUp, description } = account.settings;
  return {
    name: account.serviceName,
    description: description ?? account.name,
    status: account.status === 'active' ? 'enable' : 'disable',
    channel: 'both',
    smpp: false,
    creditsLeft: toCredits(availableMicros, priceMicros),
    creditsHoldByQuota: toCredits(quotas.heldMicros, priceMicros),
    userQuantityWithQuota: quotas.users,
    creditThresholdForAutomaticRecredit: automaticTopUp.threshold,
    automaticRecreditAmount: automaticTopUp.quantity,
    callBack: shownUrl(callbacks.receiptUrl),
    stopCallBack: shownUrl(callbacks.optOutUrl),
    smsResponse: renderResponse(account.settings),
    templates: renderTemplates(account.settings.alertTemplates),
    iam: null,
  };
}

function renderResponse(settings: AccountRecord['account']['settings']) {
  const { text, forwards, forwardSender } = settings.replyPolicy;
  return {
    responseType: wireReplyKinds[replyKindOf(settings)],
    cgiUrl: shownUrl(replyUrlOf(settings)),
    text,
    trackingDefaultSmsSender: forwardSender,
    trackingOptions: forwards.map(({ media, sender, target }) => ({
      media: media === 'mail' ? 'email' : media,
      sender,
      target,
    })),
  };
}

function renderTemplates(templates: AlertTemplates) {
  return {
    customizedEmailMode: templates.customizesMail,
    customizedSmsMode: templates.customizesSms,
    emailFrom: templates.mailFrom,
    emailSubject: templates.mailSubject,
    emailBody: templates.mailBody,
    smsBody: templates.smsBody,
  };
}

/** An empty text clears an optional value (docs/dialects/ovh.md#the-account-and-its-users). */
function readChange(input: AccountInput): ParametersChange {
  const { callBack, stopCallBack, description, smsResponse, templates } = input;
  const { automaticRecreditAmount: quantity, creditThresholdForAutomaticRecredit: threshold } = input;
  return {
    callbacks: named({ receiptUrl: orNull(callBack), optOutUrl: orNull(stopCallBack) }),
    topUp: named({ quantity, threshold: threshold === undefined ? undefined : readThreshold(threshold) }),
    ...(description === undefined
      ? {}
      : { description: limited('description', description, maxDescription) }),
    ...(smsResponse && { replies: readReplies(smsResponse) }),
    ...(templates && { alertTemplates: readTemplates(templates) }),
  };
}

function readReplies(input: ResponseInput) {
  const { responseType, cgiUrl, text, trackingOptions, trackingDefaultSmsSender } = input;
  return named({
    kind: responseType && replyKinds[responseType],
    url: orNull(cgiUrl),
    text: orNull(text && limited('smsResponse.text', text, maxText)),
    forwards: trackingOptions === undefined ? undefined : readForwards(trackingOptions ?? []),
    forwardSender: orNull(trackingDefaultSmsSender),
  });
}

function readForwards(options: readonly TrackingInput[]): ReplyForward[] {
  if (options.length > maxForwards)
    throw badParameter('smsResponse.trackingOptions', `At most ${maxForwards} copies are allowed`);
  return options.map(({ media, sender = '', target = '' }) => {
    if (media === undefined)
      throw badParameter('smsResponse.trackingOptions.media', 'Missing required parameter');
    if (media === 'voice')
      throw badParameter(
        'smsResponse.trackingOptions.media',
        'This platform does not call: use email or sms',
      );
    return media === 'email'
      ? { media: 'mail', sender: sender.trim(), target: readEmail(target) }
      : { media, sender: sender.trim(), target: readNumber(target) };
  });
}

/** Copies of replies have an enabled sender of the account. Empty: the default sender. */
async function assertSenders({ services, access }: Call, input: ResponseInput): Promise<void> {
  const { trackingOptions, trackingDefaultSmsSender } = input;
  const copies = (trackingOptions ?? []).flatMap(({ media, sender }) =>
    media === 'sms' ? [sender ?? ''] : [],
  );
  for (const sender of new Set([...copies, trackingDefaultSmsSender ?? ''])) {
    if (sender.trim() === '') continue;
    const senderStatus = await services.senders.statusOf(access, sender);
    if (senderStatus === 'unknown' || senderStatus === 'not-enabled')
      throw badParameter('smsResponse', `${sender} is not an enabled sender of this account`);
  }
}

function readEmail(written: string): string {
  const email = written.trim();
  if (isEmail(email)) return email;
  throw badParameter('smsResponse.trackingOptions.target', `${email} is not an e-mail address`, email);
}

function readNumber(written: string): string {
  const read = readMsisdn(written, null);
  if (read.ok) return `+${read.msisdn}`;
  throw badParameter(
    'smsResponse.trackingOptions.target',
    `${written} is not an international number`,
    written,
  );
}

function readTemplates(input: TemplatesInput): Partial<AlertTemplates> {
  const { customizedEmailMode, customizedSmsMode, emailFrom, emailSubject, emailBody, smsBody } = input;
  return named({
    customizesMail: customizedEmailMode,
    customizesSms: customizedSmsMode,
    mailFrom: orNull(emailFrom),
    mailSubject: orNull(emailSubject && limited('templates.emailSubject', emailSubject, maxDescription)),
    mailBody: orNull(emailBody && limited('templates.emailBody', emailBody, maxText)),
    smsBody: orNull(smsBody && limited('templates.smsBody', smsBody, maxText)),
  });
}

function readThreshold(threshold: number): number {
  if (threshold >= 0) return threshold;
  throw badParameter('creditThresholdForAutomaticRecredit', 'A threshold is 0 credits or more');
}

function limited(field: string, text: string, most: number): string {
  if (text.length > most) throw badParameter(field, `At most ${most} characters`);
  return text;
}

const orNull = (text: string | null | undefined) => (text === '' ? null : text);

type Named<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The object without its undefined members. */
function named<T extends object>(members: T): Named<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Named<T>;
}
