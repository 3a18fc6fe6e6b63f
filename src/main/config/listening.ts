// Settings of the listeners: addresses, ports, limits, certificates, mailboxes.

import { isBlock } from '#lib/net/address-guard.ts';
import { emailOrDomainPattern, emailPattern } from '#lib/text/email.ts';
import {
  hostNames,
  mailboxes,
  optionalText,
  readList,
  type Setting,
  text,
  wholeNumber,
  yesOrNo,
} from './setting.ts';

const trustedProxies: Setting<readonly string[]> = {
  name: 'CHAPPE_TRUSTED_PROXIES',
  fallback: 'unset: none',
  meaning:
    'Addresses or CIDR blocks, separated by commas, of the proxies in front of this platform: their X-Forwarded-For and X-Forwarded-Proto count as the address and the scheme of a client.',
  read(value) {
    const blocks = readList(value);
    for (const block of blocks)
      if (!isBlock(block))
        throw new Error('addresses or CIDR blocks such as 10.0.0.0/8, separated by commas');
    return blocks;
  },
};

export const listenerSettings = {
  host: text('CHAPPE_HOST', '127.0.0.1', 'Address to listen on.'),
  httpPort: wholeNumber('CHAPPE_HTTP_PORT', 8080, [0, 65535], 'Port of the HTTP listener; 0 closes it.'),
  httpsPort: wholeNumber('CHAPPE_HTTPS_PORT', 8443, [0, 65535], 'Port of the HTTPS listener; 0 closes it.'),
  console: yesOrNo(
    'CHAPPE_CONSOLE',
    true,
    'Whether the HTTP and HTTPS listeners serve the console at /console/ and its API; false closes both.',
  ),
  proxy: yesOrNo(
    'CHAPPE_PROXY',
    false,
    'Whether clients with a fixed https host may use the HTTP and HTTPS listeners as their proxy: for every host that they ask for, they reach this platform.',
  ),
  smtpPort: wholeNumber(
    'CHAPPE_SMTP_PORT',
    2525,
    [0, 65535],
    'Port of the SMTP listener, which turns a mail into an SMS; 0 closes it.',
  ),
  operationsHost: text(
    'CHAPPE_OPERATIONS_HOST',
    '127.0.0.1',
    'Address of the listener of the operator, whatever CHAPPE_HOST is: it has no keys.',
  ),
  operationsPort: {
    name: 'CHAPPE_OPERATIONS_PORT',
    fallback: '9464, or a free port if another process uses it',
    meaning:
      'Port of the operator, in a process of any role: /metrics for Prometheus, /healthz and /readyz; 0 closes it. It has no keys: do not open it to others.',
    read(value): number | null {
      if (value === undefined || value === '') return null;
      const port = Number(value);
      if (!/^\d+$/.test(value) || port > 65_535) throw new Error('a whole number from 0 to 65535');
      return port;
    },
  } satisfies Setting<number | null>,
  smppPort: wholeNumber(
    'CHAPPE_SMPP_PORT',
    2775,
    [0, 65535],
    'Port of the SMPP listener, to which the software of customers binds; 0 closes it.',
  ),
  smppsPort: wholeNumber(
    'CHAPPE_SMPPS_PORT',
    2776,
    [0, 65535],
    'Port of the SMPP listener with TLS; 0 closes it.',
  ),
  publicUrl: optionalText(
    'CHAPPE_PUBLIC_URL',
    'derived',
    'The URL that customers use, as https://sms.example.com: for the links in answers, and where OVH calls are signed for it.',
  ),
  trustedProxies,
  ovhClockWindow: wholeNumber(
    'CHAPPE_OVH_CLOCK_WINDOW',
    300,
    [10, 86_400],
    'Seconds that the time in a signed OVH call may differ from the time of this platform: clients measure the difference once or never.',
  ),
  connections: wholeNumber(
    'CHAPPE_CONNECTIONS',
    4096,
    [8, 1_000_000],
    'Connections that all listeners of a process hold at the same time; fewer if the limit of open files (ulimit -n) is low, because the database and the carriers need some. Further connections are closed.',
  ),
  connectionsPerAddress: wholeNumber(
    'CHAPPE_CONNECTIONS_PER_ADDRESS',
    1024,
    [1, 1_000_000],
    'Connections from one address at the same time; further ones are closed. CHAPPE_TRUSTED_PROXIES are not counted.',
  ),
  heldMegabytes: wholeNumber(
    'CHAPPE_BODY_MEGABYTES',
    128,
    [16, 100_000],
    'Megabytes of memory for the bodies of requests that are received or answered; at most a quarter of it for one address. Beyond, the oldest unfinished request is refused.',
  ),
  smtpConnections: wholeNumber(
    'CHAPPE_SMTP_CONNECTIONS',
    2000,
    [1, 100_000],
    'Connections of the SMTP listener at the same time. Further connections receive reply 421 and can retry later.',
  ),
  smtpPerAddress: wholeNumber(
    'CHAPPE_SMTP_PER_ADDRESS',
    12_000,
    [0, 1_000_000],
    'Mails a minute from one address. Further mails receive a temporary error. 0 is no limit.',
  ),
  smtpPerAccount: wholeNumber(
    'CHAPPE_SMTP_PER_ACCOUNT',
    12_000,
    [0, 1_000_000],
    'Mails a minute for one account. Further mails receive a temporary error. 0 is no limit.',
  ),
  smtpMailboxes: mailboxes(
    'CHAPPE_SMTP_MAILBOXES',
    'sms@octopush-dm.com',
    { pattern: emailPattern, expected: 'mail addresses, separated by commas' },
    "The addresses, separated by commas, that turn a mail in Octopush's form into an SMS; others are refused.",
  ),
  ovhMailboxes: mailboxes(
    'CHAPPE_OVH_MAILBOXES',
    'email2sms@ovh.net,@email2sms.ovh.net',
    { pattern: emailOrDomainPattern, expected: 'mail addresses, or domains as @example.com' },
    "The addresses, separated by commas, that turn a mail in OVH's form into an SMS; one that begins with @ stands for every address of its domain.",
  ),
  tlsCert: optionalText(
    'CHAPPE_TLS_CERT',
    'unset: one of the local authority for HTTPS, none for STARTTLS',
    'File of the certificate (PEM, with its chain) that the HTTPS listener presents and the SMTP listener offers with STARTTLS.',
  ),
  tlsKey: optionalText('CHAPPE_TLS_KEY', 'unset', 'File of the private key (PEM) of that certificate.'),
  tlsNames: hostNames(
    'CHAPPE_TLS_NAMES',
    'Further host names and addresses for the certificate of the local authority, separated by commas. With CHAPPE_PROXY these are hosts that clients may open a tunnel to.',
  ),
};
