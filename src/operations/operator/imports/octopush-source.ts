// Reads the settings of an account of Octopush's REST API, or of a platform that speaks it. Used by the service of imports. The API has no
// call that reads contacts, lists, opt-outs or history (docs/dialects/octopush.md#what-is-served): customers export these on its pages.
import { OperatorConflict, OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { createRemote, type RemoteOptions } from './remote.ts';

export interface OctopushKeys {
  readonly login: string;
  readonly key: string;
}

type Text = string | null | undefined;

export interface OctopushSource {
  readonly callbacks: {
    readonly callback_url_for_deliveries?: Text;
    readonly callback_url_for_sms_deliveries?: Text;
    readonly callback_url_for_inbounds?: Text;
    readonly callback_url_for_blacklisted_numbers?: Text;
    readonly email_for_inbounds?: Text;
  };
  readonly campaign_parameters: {
    readonly sender_for_sms_premium?: Text;
    readonly phone_number_for_test_sms?: Text;
  };
  readonly sms_campaign_alert_parameters: {
    readonly alert_type?: Text;
    /** The vendor's sample has it as a text. */
    readonly alert_bound?: number | string | null;
    readonly alert_email_to?: Text;
  };
  readonly balance: number | null;
}

export async function readOctopushSource(
  options: Omit<RemoteOptions, 'headersOf'>,
  { login, key }: OctopushKeys,
): Promise<OctopushSource> {
  const headers = { accept: 'application/json', 'api-login': login, 'api-key': key };
  const remote = createRemote({ ...options, headersOf: () => headers });
  const parameters =
    (await remote.read<Omit<OctopushSource, 'balance'>>('/user/campaign-parameters')) ??
    (await remote.read<Omit<OctopushSource, 'balance'>>('/campaign/parameters'));
  if (parameters === null)
    throw new OperatorRefusal(`${options.base} has no account parameters; check --api`);
  if (typeof parameters !== 'object' || typeof parameters.callbacks !== 'object')
    throw new OperatorConflict(`${options.base} is no Octopush REST API. Nothing was imported. Check --api.`);
  const wallet = await remote.read<{ amount?: number }>('/wallet/check-balance');
  return {
    callbacks: parameters.callbacks ?? {},
    campaign_parameters: parameters.campaign_parameters ?? {},
    sms_campaign_alert_parameters: parameters.sms_campaign_alert_parameters ?? {},
    balance: typeof wallet?.amount === 'number' ? wallet.amount : null,
  };
}
