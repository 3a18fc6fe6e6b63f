// Settings of callbacks and of mails that the platform sends.
import { readYesOrNo, type Setting, text, wholeNumber, yesOrNo } from './setting.ts';

const mailRelay: Setting<string | null> = {
  name: 'CHAPPE_MAIL_RELAY',
  fallback: 'unset: no mail is sent',
  meaning:
    'The mail server for forwarded replies, alerts, orders and reports, as smtp://user:password@host:port or smtps://…',
  isSecret: true,
  read(value) {
    if (value === undefined || value === '') return null;
    if (!/^smtps?:$/.test(URL.parse(value)?.protocol ?? ''))
      throw new Error('of the form smtp://user:password@host:port');
    return value;
  },
};

const simulatedCarrier: Setting<boolean | null> = {
  name: 'CHAPPE_SIMULATED_CARRIER',
  fallback: 'true with the embedded database, false with DATABASE_URL',
  meaning:
    'Whether the simulated carrier takes messages until the first carrier is added: it reports them as delivered, and no phone gets them. false: they wait for a carrier.',
  read: readYesOrNo,
};

export const deliverySettings = {
  simulatedCarrier,
  perEndpoint: wholeNumber(
    'CHAPPE_CALLBACK_CONNECTIONS',
    32,
    [1, 500],
    'Callbacks to one endpoint at the same time.',
  ),
  callbackTimeoutSeconds: wholeNumber(
    'CHAPPE_CALLBACK_TIMEOUT',
    15,
    [1, 120],
    'Seconds an endpoint has to answer a callback.',
  ),
  allowPrivateCallbacks: yesOrNo(
    'CHAPPE_ALLOW_PRIVATE_CALLBACKS',
    false,
    'Whether the callback addresses of customers may be private ones, of this machine or its network.',
  ),
  mailRelay,
  mailFrom: text('CHAPPE_MAIL_FROM', 'chappe@localhost', 'The sender of all mails of the platform.'),
};
