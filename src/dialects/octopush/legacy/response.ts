// Writes the answers of the legacy API, XML and JSON, in the field order of the manual. Used by routes.ts.
// Clients rely on order and formats: VB reads the first child, C# searches text, others read by position
// (docs/dialects/octopush.md#legacy-how-it-answers). Numbers never have a thousands separator or a decimal comma.

import { escapeMarkup, xmlDeclaration } from '#dialects/shared/markup.ts';
import { renderParisTime } from '#dialects/shared/paris-time.ts';
import type { Tier } from '#domain/base/campaign.ts';
import { equivalentHundredths } from '#domain/money/rate-card.ts';
import type { FailedRecipient, PlannedMessage, SubmissionReport } from '#domain/plan/plan.ts';
import type { UserInfo } from '#operations/account/sub-accounts/read-user-info.ts';
import type { Wallet } from '#operations/money/credit/service.ts';
import type { NewsItem } from '#operations/operator/news.ts';
import type { JudgedPart } from '#operations/sending/campaign-drafts.ts';
import { type LegacyErrorCode, legacyErrorCode } from './errors.ts';

export type AnswerForm = 'xml' | 'json';

export const contentTypes: Readonly<Record<AnswerForm, string>> = {
  xml: 'text/xml; charset=UTF-8',
  json: 'application/json; charset=UTF-8',
};

const simulationTicket = 'XXXSIMULATIONXXX';

/** The public name of a campaign: `api` and at least twelve digits. */
export function legacyTicket(campaignId: number): string {
  return `api${String(campaignId).padStart(12, '0')}`;
}

/** The campaign id in such a ticket. Null: not a ticket of this form. */
export function readLegacyTicket(ticket: string): number | null {
  const digits = /^api(\d{12,15})$/.exec(ticket)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The documented answer to an error: only its code. */
export function renderError(code: LegacyErrorCode, form: AnswerForm): string {
  if (form === 'json') return `{"error_code":"${code}"}`;
  return `${xmlDeclaration}<octopush>\n  <error_code>${code}</error_code>\n</octopush>\n`;
}

/** A success with a few elements after its code. */
export function renderElements(elements: readonly (readonly [name: string, text: string])[]): string {
  const lines = elements.map(([name, text]) => `  <${name}>${escapeMarkup(text)}</${name}>\n`);
  return `${xmlDeclaration}<octopush>\n  <error_code>000</error_code>\n${lines.join('')}</octopush>\n`;
}

/**
 * The answer to a send. A dry run has the ticket of simulation; all else is as in a real send.
 * Quirk: plug-ins look their recipients up by the string they sent (docs/dialects/octopush.md#legacy-campaigns-in-parts).
 */
export function renderSentXml(
  report: SubmissionReport,
  tier: Tier,
  recipients: 'normalised' | 'as-sent' = 'normalised',
): string {
  const { plan } = report;
  let successes = '';
  for (const message of plan.messages) {
    successes +=
      `    <success>\n      <recipient>${recipients === 'as-sent' ? escapeMarkup(message.number) : `+${message.msisdn}`}</recipient>\n` +
      `      <country_code>${message.country}</country_code>\n` +
      `      <cost>${renderMicros(message.costMicros, 4)}</cost>\n` +
      `      <sms_needed>${message.segments}</sms_needed>\n    </success>\n`;
  }
  return (
    `${xmlDeclaration}<octopush>\n  <error_code>000</error_code>\n` +
    `${renderTotals(report)}${renderLists(successes, plan.failures, tier)}</octopush>\n`
  );
}

function renderTotals(report: SubmissionReport): string {
  const { plan } = report;
  return (
    `  <cost>${renderMicros(plan.costMicros, 3)}</cost>\n` +
    `  <balance>${renderBalance(report.availableMicros)}</balance>\n` +
    `  <ticket>${ticketOf(report.campaignId)}</ticket>\n` +
    `  <sending_date>${Math.floor(plan.dueAtMs / 1000)}</sending_date>\n` +
    `  <number_of_sendings>${plan.segments}</number_of_sendings>\n` +
    `  <currency_code>€</currency_code>\n`
  );
}

function renderLists(successes: string, failed: readonly FailedRecipient[], tier: Tier): string {
  let failures = '';
  for (const failure of failed) {
    failures +=
      `    <failure>\n      <recipient>${escapeMarkup(failure.number)}</recipient>\n` +
      `      <error_code>${legacyErrorCode(failure.refusal.reason, tier)}</error_code>\n    </failure>\n`;
  }
  return (
    // Quirk: three s. Every client that parses reads `successs` (docs/dialects/octopush.md#legacy-how-it-answers).
    (successes === '' ? '  <successs/>\n' : `  <successs>\n${successes}  </successs>\n`) +
    (failures === '' ? '  <failures/>\n' : `  <failures>\n${failures}  </failures>\n`)
  );
}

/** The answer to a part of a campaign: every recipient as it was sent, in one of the two lists. */
export function renderPartXml(part: JudgedPart, tier: Tier): string {
  let successes = '';
  for (const recipient of part.accepted) {
    successes +=
      `    <success>\n      <recipient>${escapeMarkup(recipient.number)}</recipient>\n` +
      `      <cost>${renderMicros(recipient.costMicros, 4)}</cost>\n` +
      `      <sms_needed>${recipient.segments}</sms_needed>\n    </success>\n`;
  }
  return (
    `${xmlDeclaration}<octopush>\n  <error_code>000</error_code>\n` +
    `  <ticket>${ticketOf(part.campaignId)}</ticket>\n` +
    `${renderLists(successes, part.failures, tier)}</octopush>\n`
  );
}

/** The answer to the confirmation of a campaign; earlier answers had its recipients. */
export function renderConfirmedXml(report: SubmissionReport): string {
  return `${xmlDeclaration}<octopush>\n  <error_code>000</error_code>\n${renderTotals(report)}</octopush>\n`;
}

/** The same in JSON, in the order of the sample of the page on deferred sends (S1). */
export function renderSentJson(report: SubmissionReport, tier: Tier, isAlwaysArray: boolean): string {
  const { plan } = report;
  const successes = plan.messages.map(renderSuccessJson);
  // Quirk: the sample is a conversion from XML: one success is an object, several are an array
  // (docs/dialects/octopush.md#legacy-how-it-answers). With the account setting jsonArray it is always an array.
  const isObject = successes.length === 1 && !isAlwaysArray;
  const failures = plan.failures.map((failure) => renderFailureJson(failure, tier)).join(',');
  return (
    // Quirk: the code is a string, Uptime Kuma compares it with one; the costs and the balance are numbers.
    `{"error_code":"000","cost":${renderMicros(plan.costMicros, 3)},` +
    `"balance":${renderBalance(report.availableMicros)},"ticket":"${ticketOf(report.campaignId)}",` +
    `"sending_date":${Math.floor(plan.dueAtMs / 1000)},"number_of_sendings":${plan.segments},` +
    `"currency_code":"\\u20ac","failures":[${failures}],` +
    `"successs":${isObject ? successes[0] : `[${successes.join(',')}]`}}`
  );
}

function renderSuccessJson(message: PlannedMessage): string {
  return (
    `{"recipient":"+${message.msisdn}","country_code":"${message.country}",` +
    `"cost":${renderMicros(message.costMicros, 4)},"sms_needed":${message.segments}}`
  );
}

function renderFailureJson(failure: FailedRecipient, tier: Tier): string {
  const code = legacyErrorCode(failure.refusal.reason, tier);
  return `{"recipient":${JSON.stringify(failure.number.toWellFormed())},"error_code":"${code}"}`;
}

function ticketOf(campaignId: number | null): string {
  return campaignId === null ? simulationTicket : legacyTicket(campaignId);
}

/** The credit as two numbers of SMS to France: alternatives, not a sum. Premium comes first. */
export function renderBalances(wallet: Wallet, form: AnswerForm): string {
  const premium = renderEquivalent(wallet, 'premium');
  const lowCost = renderEquivalent(wallet, 'low_cost');
  // Quirk: strings, a Go client decodes a map of strings (docs/dialects/octopush.md#legacy-how-it-answers).
  if (form === 'json') return `{"error_code":"000","balance":{"FR":"${premium}","XXX":"${lowCost}"}}`;
  return (
    // Quirk: the manual has no error_code here, and seven clients require it
    // (docs/dialects/octopush.md#legacy-how-it-answers).
    `${xmlDeclaration}<octopush>\n  <error_code>000</error_code>\n` +
    `${renderBalanceElements(premium, lowCost)}</octopush>\n`
  );
}

function renderBalanceElements(premium: string, lowCost: string): string {
  return `  <balance type="FR">${premium}</balance>\n  <balance type="XXX">${lowCost}</balance>\n`;
}

const tierNames: Readonly<Record<Tier, string>> = { premium: 'FR', low_cost: 'XXX', world: 'WWW' };

/** Ours: the answer is not documented. The names are those of the parameters that set the values. */
export function renderUserInfo(info: UserInfo, wallet: Wallet): string {
  const { email, settings } = info.account;
  const elements = renderElements([
    ['user_login', email],
    ['first_name', info.firstName],
    ['last_name', info.lastName],
    ['raison_sociale', info.company],
    ['answer_email', settings.callbacks.replyEmail ?? ''],
    ['alert_bound', String(settings.creditAlert?.bound ?? 0)],
    ['alert_sms_type', tierNames[settings.creditAlert?.tier ?? 'premium']],
    ['credit', renderBalance(wallet.availableMicros)],
  ]);
  const balances = renderBalanceElements(
    renderEquivalent(wallet, 'premium'),
    renderEquivalent(wallet, 'low_cost'),
  );
  return elements.replace('</octopush>', () => `${balances}</octopush>`);
}

/** Quirk: without news there is no `news` element: the Magento plug-in reads an empty one as a list. */
export function renderNews(items: readonly NewsItem[]): string {
  let list = '';
  for (const { lang, title, text, publishedAtMs, author } of items) {
    list +=
      `    <new>\n      <lang>${escapeMarkup(lang)}</lang>\n      <title>${escapeMarkup(title)}</title>\n` +
      `      <text>${escapeMarkup(text)}</text>\n      <date>${renderParisTime(publishedAtMs)}</date>\n` +
      `      <author>${escapeMarkup(author)}</author>\n    </new>\n`;
  }
  const news = list === '' ? '' : `  <news>\n${list}  </news>\n`;
  return `${xmlDeclaration}<octopush>\n  <error_code>000</error_code>\n${news}</octopush>\n`;
}

/** The credit in euros. */
export function renderCredit(wallet: Wallet, form: AnswerForm): string {
  const credit = renderBalance(wallet.availableMicros);
  if (form === 'json') return `{"error_code":"000","credit":"${credit}"}`;
  return `${xmlDeclaration}<octopush>\n  <error_code>000</error_code>\n  <credit>${credit}</credit>\n</octopush>\n`;
}

function renderEquivalent(wallet: Wallet, tier: Tier): string {
  const price = wallet.priceMicros('FR', tier);
  return renderUnits(equivalentHundredths(wallet.availableMicros, price ?? 0n), 2);
}

/** Two decimals, rounded down: never more than the credit. */
function renderBalance(micros: bigint): string {
  const isWhole = micros % 10_000n === 0n;
  return renderUnits(micros / 10_000n - (micros < 0n && !isWhole ? 1n : 0n), 2);
}

/** Euros with a fixed number of decimals, half a unit rounded up. Never negative. */
export function renderMicros(micros: bigint, decimals: 3 | 4): string {
  const unit = decimals === 3 ? 1000n : 100n;
  return renderUnits((micros + unit / 2n) / unit, decimals);
}

/** A whole number of the smallest decimal place, with its decimal point. */
function renderUnits(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
