// Writes the settings of an Octopush account into an account here. Sets only what the account has not set itself, so a second import
// changes nothing. Used by the service of imports.

import { readSenderName } from '#domain/account/sender.ts';
import type { Tier } from '#domain/base/campaign.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { isHidden } from './hidden-password.ts';
import type { ImportServices, SettingsChange } from './needs.ts';
import type { OctopushSource } from './octopush-source.ts';
import { type Report, ReportLines } from './report.ts';

interface Target {
  readonly services: Pick<ImportServices, 'accounts'>;
  readonly access: AccountAccess;
  readonly isDryRun: boolean;
}

type Part = readonly [name: string, ours: unknown, wanted: string | null | undefined, change: SettingsChange];

export async function importOctopush(target: Target, source: OctopushSource): Promise<Report> {
  const { services, access, isDryRun } = target;
  const lines = new ReportLines(isDryRun);
  const { account } = await services.accounts.read(access);
  for (const [name, ours, wanted, change] of partsOf(account.settings, source)) {
    if (wanted === null || wanted === undefined || wanted === '') continue;
    if (ours !== null) lines.know('settings');
    else if (isHidden(wanted))
      lines.leaveOut(`${name}: its password is hidden there; set it with chappe account set`);
    else
      await lines.attempt('settings', name, isDryRun, () => services.accounts.editParameters(access, change));
  }
  lines.leaveOut(
    'contacts, lists and opt-outs: the API cannot read them; export them on the pages there, then chappe opt-out import',
  );
  lines.leaveOut('history and replies: they stay at the other platform');
  if (source.balance !== null && source.balance > 0)
    lines.leaveOut(`${source.balance} EUR of credit: it stays there; see chappe account credit`);
  return lines.report();
}

/** Words of the API (docs/dialects/octopush.md#rest-the-account). */
const tiers: Readonly<Record<string, Tier>> = {
  sms_premium: 'premium',
  sms_low_cost: 'low_cost',
  sms_world: 'world',
};

function partsOf(
  settings: AccountAccess['account']['settings'],
  { callbacks: theirs, campaign_parameters: campaign, sms_campaign_alert_parameters: alert }: OctopushSource,
): Part[] {
  const { callbacks } = settings;
  const receiptUrl = theirs.callback_url_for_deliveries ?? theirs.callback_url_for_sms_deliveries ?? null;
  const replyUrl = theirs.callback_url_for_inbounds ?? null;
  const optOutUrl = theirs.callback_url_for_blacklisted_numbers ?? null;
  const replyEmail = theirs.email_for_inbounds ?? null;
  const premiumSender = campaign.sender_for_sms_premium ?? null;
  const canSend = premiumSender === null || readSenderName(premiumSender) !== null;
  const bound = Number(alert.alert_bound ?? 0);
  const hasAlert = Number.isSafeInteger(bound) && bound > 0;
  const tier = tiers[alert.alert_type ?? ''] ?? 'premium';
  return [
    ['address for receipts', callbacks.receiptUrl, receiptUrl, { callbacks: { receiptUrl } }],
    ['address for replies', callbacks.replyUrl, replyUrl, { callbacks: { replyUrl } }],
    ['address for STOPs', callbacks.optOutUrl, optOutUrl, { callbacks: { optOutUrl } }],
    ['mail for replies', callbacks.replyEmail, replyEmail, { callbacks: { replyEmail } }],
    [
      'default sender',
      settings.campaign.premiumSender,
      canSend ? premiumSender : null,
      { campaign: { premiumSender } },
    ],
    [
      'credit alert',
      settings.creditAlert,
      hasAlert ? String(bound) : null,
      { alert: { bound, tier, email: alert.alert_email_to || null } },
    ],
  ];
}
