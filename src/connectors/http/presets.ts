// Presets: the options of known carriers, as an operator would write them. Used by kind.ts. A preset is data: each fact has its
// source and date in docs/operating/http-carriers.md#presets. Options that an operator gives replace those of the preset.

import { linkOptionTable } from './option-table.ts';
import type { HttpOptions } from './options.ts';

export interface Preset {
  readonly sentence: string;
  /** By flag. */
  readonly options: Readonly<Record<string, string>>;
  /** What the carrier calls these options. */
  readonly names: Readonly<Partial<Record<'account' | 'user' | 'password' | 'token', string>>>;
}

const json = (value: unknown) => JSON.stringify(value);

const genericMembers = {
  to: '{{to}}',
  from: '{{from}}',
  text: '{{text}}',
  id: '{{id}}',
  receipt_url: '{{receipt-url}}',
};

/** Statuses of receipts in SMPP's words and in those that most APIs use. */
const usualStates =
  'delivrd=delivered,delivered=delivered,undeliv=undelivered,undelivered=undelivered,failed=undelivered,' +
  'expired=expired,rejectd=rejected,rejected=rejected,deleted=undelivered,unknown=unknown,' +
  'acceptd=underway,accepted=underway,enroute=underway,queued=underway,sent=underway,buffered=underway';

const generic = {
  'message-id': '/id /message_id /messageId',
  'error-code': '/code /error/code /error',
  'receipt-id': '/id /message_id /messageId',
  'receipt-status': '/status',
  'receipt-states': usualStates,
  'receipt-error': '/error /error_code',
  'reply-from': '/from /number /msisdn',
  'reply-to': '/to',
  'reply-text': '/text /message /body',
  headers: json({ 'Idempotency-Key': '{{id}}' }),
};

/** Kannel's types of receipts, the first six of which OVH has too. */
const receiptTypes =
  '0=underway,1=delivered,2=undelivered,4=underway,8=underway,16=rejected,34=expired,66=unknown';

export const presets: Readonly<Record<string, Preset>> = {
  'generic-form': {
    sentence: 'A form with to, from, text, id and receipt_url; an answer in JSON with an id.',
    options: { ...generic, 'body-format': 'form', body: json(genericMembers) },
    names: {},
  },
  'generic-json': {
    sentence: 'JSON with to, from, text, id and receipt_url; an answer in JSON with an id.',
    options: { ...generic, 'body-format': 'json', body: json(genericMembers) },
    names: {},
  },
  kannel: {
    sentence: 'The sendsms call of Kannel, playSMS and others.',
    options: {
      url: '{{base}}/cgi-bin/sendsms',
      method: 'GET',
      query: json({
        username: '{{user}}',
        password: '{{password}}',
        to: '{{to.plus}}',
        from: '{{from}}',
        text: '{{text}}',
        charset: 'UTF-8',
        coding: '{{encoding|gsm7=0|ucs2=2}}',
        mclass: '{{class}}',
        validity: '{{validity.minutes}}',
        'dlr-mask': '31',
        'dlr-url': '{{receipt-url}}?id={{id}}&status=%d&error=%A',
      }),
      answers: 'status=202 & ~^(0|3): -> taken; status=503 -> temporary; status=202 -> permanent',
      'error-code': '~^(\\d+:.{0,50})',
      'message-id': 'ours',
      'receipt-id': '/id',
      'receipt-status': '/status',
      'receipt-states': receiptTypes,
      'receipt-error': '/error',
      'reply-from': '/from',
      'reply-to': '/to',
      'reply-text': '/text',
    },
    names: { user: 'the sendsms-user', password: 'its password' },
  },
  jasmin: {
    sentence: 'The HTTP API of the Jasmin SMS gateway.',
    options: {
      url: '{{base}}/send',
      method: 'GET',
      query: json({
        username: '{{user}}',
        password: '{{password}}',
        to: '{{to}}',
        from: '{{from}}',
        content: '{{text.gsm}}',
        'hex-content': '{{text.ucs2hex}}',
        coding: '{{encoding|gsm7=0|ucs2=8}}',
        'validity-period': '{{validity.minutes}}',
        dlr: 'yes',
        'dlr-level': '2',
        'dlr-method': 'POST',
        'dlr-url': '{{receipt-url}}',
      }),
      answers:
        'status=200 & ~^Success -> taken; status=403 & ~throughput|quota -> throttled; status=403 & ~[Bb]alance -> elsewhere; ' +
        'status=412 -> elsewhere; status=500 & ~^Error -> temporary',
      'message-id': '~^Success\\s+"([^"]+)"',
      'error-code': '~^Error\\s+"([^"]+)"',
      'receipt-id': '/id',
      'receipt-status': '/message_status',
      'receipt-states':
        'delivrd=delivered,undeliv=undelivered,expired=expired,rejectd=rejected,deleted=undelivered,unknown=unknown,' +
        'acceptd=underway,enroute=underway,esme_rok=underway',
      'receipt-error': '/err',
      'reply-from': '/from',
      'reply-to': '/to',
      'reply-text': '/content',
      'callback-answer': 'ACK/Jasmin',
    },
    names: { user: 'the user', password: 'its password' },
  },
  octopush: {
    sentence: 'The REST API of Octopush, version 1.',
    options: {
      'base-url': 'https://api.octopush.com/v1/public',
      url: '{{base}}/sms-campaign/send',
      headers: json({ 'api-login': '{{user}}', 'api-key': '{{password}}', 'cache-control': 'no-cache' }),
      'body-format': 'json',
      body: json({
        recipients: [{ phone_number: '{{to.plus}}' }],
        text: '{{text}}',
        type: 'sms_premium',
        purpose: 'alert',
        sender: '{{from}}',
        request_id: '{{id}}',
        auto_optimize_text: false,
      }),
      answers:
        // The request_id was seen before: the answer to the first attempt was lost.
        '/code=182 -> taken; /code=101,102,103 & status=400,401 -> misconfigured; /code=100 & status=429 -> throttled; ' +
        '/code=104 -> elsewhere; /code=106,201 -> elsewhere',
      'message-id': '/sms_ticket',
      'error-code': '/code',
      'receipt-id': '/message_id',
      'receipt-status': '/status',
      'receipt-states':
        'delivered=delivered,not_delivered=undelivered,expired=expired,not_allowed=rejected,bad_destination=rejected,' +
        'invalid_destination_address=rejected,blacklisted_number=rejected,unknown_delivery=unknown,ack=underway,' +
        'blocked=rejected',
      'reply-from': '/number',
      'reply-to': '/sim_card_number',
      'reply-text': '/text',
    },
    names: { user: 'api-login, the e-mail address of the account', password: 'api-key' },
  },
  ovh: {
    sentence: 'The API of OVH, signed.',
    options: {
      'base-url': 'https://eu.api.ovh.com/1.0',
      url: '{{base}}/sms/{{account}}/jobs',
      auth: 'ovh',
      'body-format': 'json',
      body: json({
        charset: 'UTF-8',
        class: 'phoneDisplay',
        coding: '{{encoding|gsm7=7bit|ucs2=8bit}}',
        message: '{{text}}',
        noStopClause: true,
        priority: 'high',
        receivers: ['{{to.plus}}'],
        sender: '{{from}}',
        senderForResponse: false,
        validityPeriod: '{{validity.minutes|number}}',
      }),
      answers:
        '/ids/0 -> taken; /invalidReceivers/0 -> permanent; status=402 -> elsewhere; ' +
        'status=403 & /errorCode=INVALID_CREDENTIAL,NOT_CREDENTIAL,INVALID_KEY,NOT_GRANTED_CALL,FORBIDDEN -> misconfigured; ' +
        'status=400 & ~[Ss]ignature|timestamp -> misconfigured; status=403 -> elsewhere',
      'message-id': '/ids/0',
      'error-code': '/errorCode /message',
      'receipt-id': '/id',
      'receipt-status': '/description /dlr',
      'receipt-states': receiptTypes,
      'receipt-error': '/descriptionDlr',
      'reply-from': '/senderid /receiver',
      'reply-to': '/shortcode',
      'reply-text': '/message =STOP',
    },
    names: {
      account: 'the name of the SMS service',
      user: 'the application key',
      password: 'the application secret',
      token: 'the consumer key',
    },
  },
  infobip: {
    sentence: 'The SMS API of Infobip, version 3.',
    options: {
      url: '{{base}}/sms/3/messages',
      headers: json({ Authorization: 'App {{password}}', Accept: 'application/json' }),
      'body-format': 'json',
      body:
        '{"messages":[{"sender":"{{from}}","destinations":[{"to":"{{to}}","messageId":"{{id}}"}],' +
        '"content":{"text":"{{text}}"},' +
        '"options":{"validityPeriod":{"amount":"{{validity.minutes|number}}","timeUnit":"MINUTES"}},' +
        '"webhooks":{"delivery":{"url":"{{receipt-url}}","contentType":"application/json"}}}]}',
      'batch-items': '/messages',
      'batch-results': '/messages',
      'batch-result-id': '/messageId',
      answers:
        '/status/name=REJECTED_NOT_ENOUGH_CREDITS,REJECTED_SENDER,REJECTED_ROUTE_NOT_AVAILABLE,REJECTED_NETWORK -> elsewhere; ' +
        '/status/groupId=0,1,3 & /messageId -> taken; /status/groupId=2,4,5 -> permanent',
      'message-id': '/messageId',
      'error-code': '/status/name /requestError/serviceException/messageId /errorCode',
      'receipt-list': '/results/*',
      'receipt-id': '/messageId',
      // Quirk: the group of a message that only the operator has is DELIVERED too.
      'receipt-status': '/status/name /status/groupName',
      'receipt-states':
        'delivered_to_operator=underway,delivered=delivered,pending=underway,accepted=underway,' +
        'undeliverable=undelivered,expired=expired,rejected=rejected',
      'receipt-error': '/error/id',
      'reply-list': '/results/*',
      'reply-from': '/from',
      'reply-to': '/to',
      'reply-text': '/text',
    },
    names: { password: 'the API key' },
  },
  sinch: {
    sentence: 'The SMS API of Sinch.',
    options: {
      'base-url': 'https://eu.sms.api.sinch.com',
      url: '{{base}}/xms/v1/{{account}}/batches',
      auth: 'bearer',
      'body-format': 'json',
      body: json({
        from: '{{from}}',
        to: ['{{to}}'],
        body: '{{text}}',
        delivery_report: 'per_recipient',
        callback_url: '{{receipt-url}}',
        client_reference: '{{id}}',
        expire_at: '{{expires.iso}}',
      }),
      answers:
        'status=201,200 & /id -> taken; ' +
        'status=403 & /code=unknown_originator_number,unknown_campaign,missing_service_number,insufficient_funds -> elsewhere',
      'message-id': '/id',
      'error-code': '/code',
      'receipt-id': '/batch_id',
      'receipt-status': '/status',
      'receipt-states':
        'queued=underway,dispatched=underway,delivered=delivered,failed=undelivered,deleted=undelivered,' +
        'expired=expired,rejected=rejected,aborted=rejected,cancelled=rejected,unknown=unknown',
      'receipt-error': '/code',
      'reply-from': '/from',
      'reply-to': '/to',
      'reply-text': '/body',
      verify: 'sinch',
    },
    names: {
      account: 'the service plan id',
      password: 'the API token',
      token: 'the secret of the callbacks, if they are signed',
    },
  },
  messagebird: {
    sentence: 'The SMS API of MessageBird, rest.messagebird.com.',
    options: {
      'base-url': 'https://rest.messagebird.com',
      url: '{{base}}/messages',
      headers: json({ Authorization: 'AccessKey {{password}}' }),
      'body-format': 'json',
      body: json({
        originator: '{{from}}',
        recipients: ['{{to}}'],
        body: '{{text}}',
        datacoding: '{{encoding|gsm7=plain|ucs2=unicode}}',
        // Without a reference it reports nothing.
        reference: '{{id}}',
        reportUrl: '{{receipt-url}}',
        validity: '{{validity.seconds|number}}',
      }),
      answers:
        'status=201 & /id -> taken; /errors/*/code=2 -> misconfigured; /errors/*/code=25 -> elsewhere; ' +
        '/errors/*/parameter=originator -> elsewhere',
      'message-id': '/id',
      'error-code': '/errors/*/code',
      'receipt-id': '/id',
      'receipt-status': '/status',
      'receipt-states':
        'scheduled=underway,sent=underway,buffered=underway,delivered=delivered,delivery_failed=undelivered,' +
        'expired=expired',
      'receipt-error': '/statusErrorCode',
      'reply-from': '/originator /msisdn',
      'reply-to': '/recipient /shortcode',
      'reply-text': '/body /message',
      verify: 'messagebird',
      'callback-answer': 'OK',
    },
    names: { password: 'the access key', token: 'the signing key, if callbacks are signed' },
  },
  bird: {
    sentence: 'The Channels API of Bird.',
    options: {
      'base-url': 'https://api.bird.com',
      url: '{{base}}/workspaces/{{account}}/channels/{{user}}/messages',
      headers: json({ Authorization: 'AccessKey {{password}}' }),
      'body-format': 'json',
      body: json({
        receiver: { contacts: [{ identifierKey: 'phonenumber', identifierValue: '{{to.plus}}' }] },
        body: { type: 'text', text: { text: '{{text}}' } },
        reference: '{{id}}',
      }),
      answers:
        'status=202,201,200 & /id -> taken; status=402 -> elsewhere; ' +
        'status=403 & /code=insufficient_balance,InsufficientBalance -> elsewhere',
      'message-id': '/id',
      'error-code': '/code',
      'receipt-id': '/payload/id',
      'receipt-status': '/payload/status',
      'receipt-states':
        'accepted=underway,scheduled=underway,processing=underway,sent=underway,delivered=delivered,' +
        'delivery_failed=undelivered,sending_failed=rejected,rejected=rejected,skipped=rejected,deleted=rejected',
      'receipt-error': '/payload/failure/code /payload/reason',
      'reply-from': '/payload/sender/contact/identifierValue',
      'reply-to':
        '/payload/receiver/connectors/0/identifierValue /payload/receiver/connector/identifierValue',
      'reply-text': '/payload/body/text/text',
      verify: 'bird',
    },
    names: {
      account: 'the workspace id',
      user: 'the channel id',
      password: 'the access key',
      token: 'the signing key of the webhook subscriptions',
    },
  },
  android: {
    sentence: 'A phone with the app SMS Gateway for Android, over its cloud or in its own network.',
    options: {
      'base-url': 'https://api.sms-gate.app/3rdparty/v1',
      url: '{{base}}/messages',
      auth: 'basic',
      'body-format': 'json',
      body: json({
        id: '{{id}}',
        textMessage: { text: '{{text}}' },
        phoneNumbers: ['{{to.plus}}'],
        ttl: '{{validity.seconds|number}}',
        withDeliveryReport: true,
      }),
      // 409: the id was seen before, because the answer to the first attempt was lost.
      answers:
        'status=200,201,202 & /id -> taken; status=409 -> taken; /error=QueueLimitExceeded -> throttled',
      'message-id': 'ours',
      'error-code': '/error /message',
      concurrency: '4',
      'receipt-id': '/payload/messageId',
      'receipt-status': '/event',
      'receipt-states': 'sms:sent=underway,sms:delivered=delivered,sms:failed=undelivered',
      'receipt-error': '/payload/reason',
      'reply-from': '/payload/sender /payload/phoneNumber',
      'reply-to': '/payload/recipient',
      'reply-text': '/payload/message',
      verify: 'android',
    },
    names: {
      user: 'the user name of the app',
      password: 'its password',
      token: 'the signing key of the webhooks of the app',
    },
  },
  twilio: {
    sentence: 'The Messages resource of Twilio.',
    options: {
      'base-url': 'https://api.twilio.com/2010-04-01',
      url: '{{base}}/Accounts/{{user}}/Messages.json',
      auth: 'basic',
      'body-format': 'form',
      body: json({
        To: '{{to.plus}}',
        From: '{{from.plus}}',
        Body: '{{text}}',
        StatusCallback: '{{receipt-url}}',
        ValidityPeriod: '{{validity.seconds}}',
      }),
      answers:
        'status=201 & /sid -> taken; /code=20429,14107,30001 -> throttled; /code=20003,20008,20404 -> misconfigured; ' +
        '/code=21606,21612,21408,21659,21660,21661,21212,21603 -> elsewhere',
      'message-id': '/sid',
      'error-code': '/code',
      'receipt-id': '/MessageSid /SmsSid',
      'receipt-status': '/MessageStatus /SmsStatus',
      'receipt-states':
        'delivered=delivered,read=delivered,undelivered=undelivered,failed=rejected,canceled=rejected,' +
        'accepted=underway,scheduled=underway,queued=underway,sending=underway,sent=underway',
      'receipt-error': '/ErrorCode',
      'reply-from': '/From',
      'reply-to': '/To',
      'reply-text': '/Body',
      verify: 'twilio',
      'callback-answer': '<Response/>',
      'callback-answer-type': 'text/xml',
    },
    names: { user: 'the Account SID', password: 'the Auth Token' },
  },
  vonage: {
    sentence: 'The SMS API of Vonage (Nexmo).',
    options: {
      'base-url': 'https://rest.nexmo.com',
      url: '{{base}}/sms/json',
      'body-format': 'form',
      body: json({
        api_key: '{{user}}',
        api_secret: '{{password}}',
        to: '{{to}}',
        from: '{{from}}',
        text: '{{text}}',
        type: '{{encoding|gsm7=text|ucs2=unicode}}',
        'status-report-req': '1',
        callback: '{{receipt-url}}',
        'client-ref': '{{id}}',
        ttl: '{{validity.ms}}',
      }),
      answers:
        '/messages/*/status=0 & /messages/*/status!=0 -> permanent; /messages/*/status=0 -> taken; ' +
        '/messages/*/status=1,10 -> throttled; /messages/*/status=5 -> temporary; ' +
        '/messages/*/status=2,4,8,11,14 -> misconfigured; /messages/*/status=9,15,29 -> elsewhere; ' +
        '/messages/*/status -> permanent',
      'message-id': '/messages/*/message-id',
      'error-code': '/messages/*/status',
      'receipt-count': 'each',
      'receipt-id': '/messageId',
      'receipt-status': '/status',
      'receipt-states':
        'delivered=delivered,failed=undelivered,expired=expired,rejected=rejected,unknown=unknown,' +
        'accepted=underway,buffered=underway,submitted=underway',
      'receipt-error': '/err-code',
      'reply-from': '/msisdn',
      'reply-to': '/to',
      'reply-text': '/text',
      'reply-parts': '/concat-ref,/concat-total,/concat-part',
      verify: 'vonage',
    },
    names: {
      user: 'the API key',
      password: 'the API secret',
      token: 'the signature secret, if callbacks are signed',
    },
  },
};

/** Values of a preset by the names of the options. Empty for a preset that does not exist. */
export function presetValues(name: string): Partial<HttpOptions> {
  const preset = Object.hasOwn(presets, name) ? presets[name]! : null;
  if (preset === null) return {};
  const read = Object.entries(preset.options).map(([flag, text]) => {
    const option = linkOptionTable.find((candidate) => candidate.flag === flag)!;
    return [option.name, option.read(text)];
  });
  return Object.fromEntries(read);
}
