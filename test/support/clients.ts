// Requests as customers make them, over real HTTP, in both Octopush dialects. For tests only.

export interface Keys {
  readonly login: string;
  readonly apiKey: string;
}

export interface SendOptions {
  readonly to: readonly string[];
  readonly text?: string;
  readonly sender?: string;
  readonly purpose?: 'transactional' | 'marketing';
  readonly requestId?: string;
  /** ISO 8601 for REST, Unix seconds for legacy: written from this instant. */
  readonly sendAtMs?: number;
  readonly withReplies?: boolean;
  readonly dryRun?: boolean;
}

export interface Answer {
  readonly status: number;
  /** Legacy: 000 when accepted. REST: 0, or the code of the refusal. */
  readonly code: string;
  readonly isAccepted: boolean;
  readonly ticket: string;
  readonly body: string;
}

export async function sendRest(url: string, keys: Keys, options: SendOptions): Promise<Answer> {
  const response = await fetch(`${url}/v1/public/sms-campaign/send`, {
    method: 'POST',
    headers: { 'api-login': keys.login, 'api-key': keys.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      recipients: options.to.map((number) => ({ phone_number: `+${number}` })),
      text: options.text ?? 'Hello',
      type: 'sms_premium',
      purpose: options.purpose === 'marketing' ? 'wholesale' : 'alert',
      sender: options.sender ?? 'Chappe',
      request_id: options.requestId,
      with_replies: options.withReplies,
      simulation_mode: options.dryRun,
      send_at: options.sendAtMs === undefined ? undefined : new Date(options.sendAtMs).toISOString(),
    }),
  });
  const body = await response.text();
  const members = JSON.parse(body) as Record<string, unknown>;
  return {
    status: response.status,
    code: String(members['code'] ?? 0),
    isAccepted: response.status === 201,
    ticket: String(members['sms_ticket'] ?? ''),
    body,
  };
}

/** The form of /api/sms. */
export function legacyForm(keys: Keys, options: SendOptions): URLSearchParams {
  const form = new URLSearchParams({
    user_login: keys.login,
    api_key: keys.apiKey,
    sms_recipients: options.to.map((number) => `+${number}`).join(','),
    sms_text: options.text ?? 'Hello',
    sms_type: 'FR',
    sms_sender: options.sender ?? 'Chappe',
  });
  if (options.purpose !== 'marketing') form.set('transactional', '1');
  if (options.withReplies) form.set('with_replies', '1');
  if (options.dryRun) form.set('request_mode', 'simu');
  if (options.requestId !== undefined) form.set('request_id', options.requestId);
  if (options.sendAtMs !== undefined) {
    form.set('sms_mode', '2');
    form.set('sending_date', String(Math.floor(options.sendAtMs / 1000)));
  }
  return form;
}

export async function sendLegacy(url: string, keys: Keys, options: SendOptions): Promise<Answer> {
  const response = await fetch(`${url}/api/sms`, { method: 'POST', body: legacyForm(keys, options) });
  const body = await response.text();
  const code = field(body, 'error_code');
  return { status: response.status, code, isAccepted: code === '000', ticket: field(body, 'ticket'), body };
}

/** The first element of this name in an answer of the legacy dialect. */
export function field(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}

/** French mobile numbers, the `index`-th with this ending: the last two digits decide the fate. */
export function mobile(index: number, ending = '00'): string {
  return `336${String(index).padStart(6, '0')}${ending}`;
}
