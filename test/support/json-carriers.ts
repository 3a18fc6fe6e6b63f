// Stand-ins for carriers with APIs in JSON, as their public documentation describes them (docs/operating/http-carriers.md#presets
// has source and date of each fact): credentials, refusals, throttling, signed callbacks. Used by the tests of the presets.
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { type Callback, type HeardRequest, StandIn, type StandInAnswer } from './http-carriers.ts';

const json = (status: number, value: unknown, headers: Record<string, string> = {}): StandInAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

function membersOf(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const hmac = (key: string, ...parts: (string | Buffer)[]) => {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

function post(url: string, value: unknown, headers: (body: string) => Record<string, string>): Callback {
  const body = JSON.stringify(value);
  return {
    url,
    init: { method: 'POST', headers: { 'content-type': 'application/json', ...headers(body) }, body },
  };
}

/** A number of a phone; anything else is refused. */
const isPhone = (value: unknown) => typeof value === 'string' && /^\+?[1-9]\d{6,14}$/.test(value);

export class InfobipStandIn extends StandIn {
  static readonly key = 'infobip-key';

  get options(): Readonly<Record<string, string>> {
    return { preset: 'infobip', 'base-url': this.url, password: InfobipStandIn.key };
  }

  static readonly throttled = json(429, {
    errorCode: 'E429',
    description: 'Too many requests',
    action: 'Slow down',
  });

  protected answer({ path, headers, body }: HeardRequest): StandInAnswer {
    if (headers.authorization !== `App ${InfobipStandIn.key}`)
      return json(401, {
        requestError: { serviceException: { messageId: 'UNAUTHORIZED', text: 'Invalid login details' } },
      });
    if (path !== '/sms/3/messages') return json(404, { errorCode: 'E404' });
    const { messages } = membersOf(body) as {
      messages?: { destinations: { to: string; messageId: string }[]; content?: { text?: string } }[];
    };
    if (messages === undefined || messages.some(({ content }) => !content?.text))
      return json(400, { errorCode: 'E400', description: 'Request cannot be processed' });
    const results = messages.flatMap(({ destinations }) => destinations).map(InfobipStandIn.resultOf);
    return json(200, { bulkId: randomUUID(), messages: results });
  }

  static resultOf({ to, messageId }: { readonly to: string; readonly messageId: string }) {
    const status = !isPhone(to)
      ? { groupId: 5, groupName: 'REJECTED', id: 52, name: 'REJECTED_DESTINATION' }
      : to.endsWith('12')
        ? { groupId: 5, groupName: 'REJECTED', id: 12, name: 'REJECTED_NOT_ENOUGH_CREDITS' }
        : { groupId: 1, groupName: 'PENDING', id: 26, name: 'PENDING_ACCEPTED' };
    return { messageId, destination: to, status, details: { messageCount: 1 } };
  }

  static receipts(url: string, rows: readonly (readonly [string, number, string, string])[]): Callback {
    const results = rows.map(([messageId, groupId, groupName, name]) => ({
      bulkId: 'b',
      messageId,
      to: '33612345678',
      sentAt: '2026-11-30T10:00:00.000+0000',
      doneAt: '2026-11-30T10:00:02.000+0000',
      messageCount: 1,
      status: { groupId, groupName, id: 5, name },
      error:
        groupId === 3
          ? { groupId: 0, groupName: 'OK', id: 0, name: 'NO_ERROR', permanent: false }
          : {
              groupId: 1,
              groupName: 'HANDSET_ERRORS',
              id: 27,
              name: 'EC_ABSENT_SUBSCRIBER',
              permanent: false,
            },
    }));
    return post(url, { results }, () => ({}));
  }

  static reply(url: string, from: string, to: string, text: string): Callback {
    const results = [{ messageId: '1', from, to, text, cleanText: text, keyword: '', smsCount: 1 }];
    return post(url, { results, messageCount: 1, pendingMessageCount: 0 }, () => ({}));
  }
}

export class SinchStandIn extends StandIn {
  static readonly plan = 'plan1234';
  static readonly key = 'sinch-token';
  static readonly secret = 'sinch-webhook-secret';

  get options(): Readonly<Record<string, string>> {
    const { plan, key, secret } = SinchStandIn;
    return { preset: 'sinch', 'base-url': this.url, account: plan, password: key, token: secret };
  }

  static readonly throttled = json(
    429,
    { code: 'too_many_requests', text: 'Rate limit' },
    { 'retry-after': '2' },
  );

  protected answer({ path, headers, body }: HeardRequest): StandInAnswer {
    if (headers.authorization !== `Bearer ${SinchStandIn.key}`) return { status: 401, body: '' };
    if (path !== `/xms/v1/${SinchStandIn.plan}/batches`) return { status: 404, body: '' };
    const { to, from, body: text } = membersOf(body) as { to?: unknown[]; from?: string; body?: string };
    if (!to?.every(isPhone))
      return json(400, { code: 'syntax_invalid_parameter_format', text: 'Invalid recipient' });
    if (!text) return json(400, { code: 'syntax_constraint_violation', text: 'Requires a body' });
    if (from === 'Unknown') return json(403, { code: 'unknown_originator_number', text: 'Unknown' });
    return json(201, { id: randomUUID(), to, from, canceled: false, type: 'mt_text' });
  }

  static callback(url: string, value: unknown, secret = SinchStandIn.secret): Callback {
    const [nonce, time] = ['01FJA8B4A7BM43YGWSG9GBV067', '1796032800'];
    return post(url, value, (body) => ({
      'x-sinch-webhook-signature-nonce': nonce,
      'x-sinch-webhook-signature-timestamp': time,
      'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
      'x-sinch-webhook-signature': hmac(secret, body, `.${nonce}.${time}`).toString('base64'),
    }));
  }

  static receipt(url: string, id: string, status: string, code: number, secret?: string): Callback {
    const members = { type: 'recipient_delivery_report_sms', batch_id: id, recipient: '33612345678' };
    return SinchStandIn.callback(url, { ...members, status, code, at: '2026-11-30T10:00:00.000Z' }, secret);
  }

  static reply(url: string, from: string, to: string, text: string): Callback {
    return SinchStandIn.callback(url, { type: 'mo_text', id: 'r', from, to, body: text });
  }
}

export class MessageBirdStandIn extends StandIn {
  static readonly key = 'live_key';
  static readonly signingKey = 'messagebird-signing-key';

  get options(): Readonly<Record<string, string>> {
    const { key, signingKey } = MessageBirdStandIn;
    return { preset: 'messagebird', 'base-url': this.url, password: key, token: signingKey };
  }

  static errors(status: number, code: number, parameter: string | null): StandInAnswer {
    return json(status, { errors: [{ code, description: 'refused', parameter }] });
  }

  protected answer({ path, headers, body }: HeardRequest): StandInAnswer {
    const { errors, key } = MessageBirdStandIn;
    if (headers.authorization !== `AccessKey ${key}`) return errors(401, 2, 'access_key');
    if (path !== '/messages') return errors(404, 20, null);
    const {
      originator,
      recipients,
      body: text,
      reference,
    } = membersOf(body) as {
      originator?: string;
      recipients?: unknown[];
      body?: string;
      reference?: string;
    };
    if (!originator) return errors(422, 9, 'originator');
    if (!recipients?.every(isPhone)) return errors(422, 10, 'recipients');
    if (!text) return errors(422, 9, 'body');
    return json(201, {
      id: randomUUID().replaceAll('-', ''),
      originator,
      body: text,
      reference,
      direction: 'mt',
    });
  }

  /** The token has the hashes of the address and of the body, if there is one. */
  static sign({ url, init }: Callback, key = MessageBirdStandIn.signingKey): Callback {
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iss: 'MessageBird',
      nbf: 1796032800,
      exp: 1796032860,
      jti: randomUUID(),
      url_hash: hash(url),
      ...(init.body === undefined ? {} : { payload_hash: hash(init.body) }),
    };
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    const headers = {
      ...init.headers,
      'messagebird-signature-jwt': `${signed}.${hmac(key, signed).toString('base64url')}`,
    };
    return { url, init: { ...init, headers } };
  }

  static receipt(url: string, id: string, status: string, key?: string): Callback {
    const query = new URLSearchParams({
      id,
      reference: 'r-1',
      recipient: '33612345678',
      status,
      statusDatetime: '2026-11-30T10:00:00+00:00',
      ...(status === 'delivery_failed' ? { statusReason: 'unknown subscriber', statusErrorCode: '1' } : {}),
      mccmnc: '20801',
    });
    return MessageBirdStandIn.sign({ url: `${url}?${query}`, init: { method: 'GET', headers: {} } }, key);
  }

  static reply(url: string, from: string, to: string, text: string): Callback {
    const body = new URLSearchParams({ originator: from, recipient: to, body: text, id: '1' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return MessageBirdStandIn.sign({ url, init: { method: 'POST', headers, body } });
  }
}

export class BirdStandIn extends StandIn {
  static readonly key = 'bird-key';
  static readonly signingKey = 'bird-signing-key';

  get options(): Readonly<Record<string, string>> {
    const { key, signingKey } = BirdStandIn;
    return {
      ...{ preset: 'bird', 'base-url': this.url, account: 'ws-1', user: 'ch-1' },
      ...{ password: key, token: signingKey },
    };
  }

  static readonly throttled = json(429, { code: 'RateLimit', message: 'Too many requests' });

  protected answer({ path, headers, body }: HeardRequest): StandInAnswer {
    if (headers.authorization !== `AccessKey ${BirdStandIn.key}`)
      return json(401, { code: 'AuthenticationFailed', message: 'Access key' });
    if (path !== '/workspaces/ws-1/channels/ch-1/messages') return json(404, { code: 'NotFound' });
    const { receiver } = membersOf(body) as { receiver?: { contacts: { identifierValue: string }[] } };
    if (!receiver?.contacts.every(({ identifierValue }) => isPhone(identifierValue)))
      return json(422, { code: 'InvalidPayload', message: 'The request did not validate' });
    return json(202, { id: randomUUID(), channelId: 'ch-1', status: 'accepted', direction: 'outgoing' });
  }

  static callback(url: string, value: unknown, key = BirdStandIn.signingKey): Callback {
    const time = '1796032800';
    return post(url, value, (body) => ({
      'messagebird-request-timestamp': time,
      'messagebird-signature': hmac(
        key,
        `${time}\n${url}\n`,
        createHash('sha256').update(body).digest(),
      ).toString('base64'),
    }));
  }

  static receipt(url: string, id: string, status: string, key?: string): Callback {
    const failure = status.endsWith('_failed') ? { failure: { code: 1, description: 'absent' } } : {};
    const payload = { id, channelId: 'ch-1', status, direction: 'outgoing', ...failure };
    return BirdStandIn.callback(url, { service: 'channels', event: 'sms.outbound', payload }, key);
  }

  static reply(url: string, from: string, to: string, text: string): Callback {
    const payload = {
      id: randomUUID(),
      sender: { contact: { id: 'c', identifierKey: 'phonenumber', identifierValue: from } },
      receiver: { connectors: [{ id: 'x', identifierValue: to }] },
      body: { type: 'text', text: { text } },
      status: 'delivered',
      direction: 'incoming',
    };
    return BirdStandIn.callback(url, { service: 'channels', event: 'sms.inbound', payload });
  }
}

export class AndroidStandIn extends StandIn {
  static readonly user = 'phone';
  static readonly password = 'phone-password';
  static readonly signingKey = 'phone-signing-key';
  readonly #ids = new Set<unknown>();

  get options(): Readonly<Record<string, string>> {
    const { user, password, signingKey } = AndroidStandIn;
    return { preset: 'android', 'base-url': `${this.url}/3rdparty/v1`, user, password, token: signingKey };
  }

  static readonly full = json(503, {
    error: 'QueueLimitExceeded',
    message: 'queue limits exceeded: too many pending messages: 100 / 100',
  });

  protected answer({ path, headers, body }: HeardRequest): StandInAnswer {
    const { user, password } = AndroidStandIn;
    if (headers.authorization !== `Basic ${btoa(`${user}:${password}`)}`)
      return json(401, { message: 'Unauthorized' });
    if (path !== '/3rdparty/v1/messages') return json(404, { message: 'Not found' });
    const { id, phoneNumbers } = membersOf(body) as { id?: string; phoneNumbers?: unknown[] };
    if (!phoneNumbers?.every(isPhone)) return json(400, { message: 'invalid phone number' });
    if (this.#ids.has(id)) return json(409, { message: 'message with this id exists' });
    this.#ids.add(id);
    return json(202, { id, deviceId: 'd', state: 'Pending', recipients: [] });
  }

  static callback(url: string, value: unknown, key = AndroidStandIn.signingKey): Callback {
    const time = '1796032800';
    return post(url, value, (body) => ({
      'x-timestamp': time,
      'x-signature': hmac(key, body, time).toString('hex'),
    }));
  }

  static receipt(url: string, id: string, event: string, key?: string): Callback {
    const reason = event === 'sms:failed' ? { reason: 'RESULT_ERROR_NO_SERVICE' } : {};
    const payload = { messageId: id, phoneNumber: '+33612345678', simNumber: 1, ...reason };
    return AndroidStandIn.callback(url, { deviceId: 'd', event, id: 'w', payload, webhookId: 'x' }, key);
  }

  static reply(url: string, from: string, to: string, text: string): Callback {
    const payload = { messageId: 'm', message: text, sender: from, recipient: to, simNumber: 1 };
    return AndroidStandIn.callback(url, { deviceId: 'd', event: 'sms:received', id: 'w', payload });
  }
}
