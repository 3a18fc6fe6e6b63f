// The options of an SMPP link as a table: flag, default, limit and sentence of each. Used by kinds.ts. A new option is a row
// here and a member of SmppOptions; the flags of `chappe carrier add` and docs/reference/connector-options.md follow.

import type { ConnectorOption } from '#domain/delivery/connector-kind.ts';
import { hasTelephones } from '#domain/recipients/reply-source.ts';
import { defaultAlphabets } from '#gsm/data-coding.ts';
import { zoneOffset } from '#lib/time/zoned-time.ts';
import { receiptStates } from '#smpp/protocol/receipt-states.ts';
import { referenceForms } from '#smpp/protocol/reference-forms.ts';
import { readStatus, settableMeanings, statusName } from '#smpp/protocol/status.ts';
import { defaultSmppOptions, findTextProblem, type SmppOptions, type TonNpi } from './options.ts';

type Name = Exclude<keyof SmppOptions, 'id' | 'name'>;
type Row = Omit<ConnectorOption, 'isRequired' | 'isSecret' | 'default'> & Partial<ConnectorOption>;

function row(name: Name, option: Omit<Row, 'name'>): ConnectorOption {
  return { name, isRequired: false, isSecret: false, default: defaultOf(name), ...option };
}

function defaultOf(name: Name): string | null {
  const value: unknown = (defaultSmppOptions as Partial<SmppOptions>)[name];
  if (value === null || value === undefined || value === '') return null;
  if (name === 'retryStatus') return statusName(value as number);
  if (typeof value !== 'object') return String(value);
  return 'ton' in value ? renderTonNpi(value as TonNpi) : null;
}

const renderTonNpi = ({ ton, npi }: TonNpi) => `${ton}/${npi}`;

function text(name: Name, flag: string, placeholder: string, max: number, sentence: string): ConnectorOption {
  return row(name, {
    flag,
    type: 'text',
    placeholder,
    limit: `at most ${max} ASCII characters`,
    sentence,
    read: (value) => (findTextProblem('', value, max) === null ? value : null),
  });
}

function integer(
  name: Name,
  flag: string,
  placeholder: string,
  [min, max]: readonly [number, number],
  sentence: string,
): ConnectorOption {
  return row(name, {
    flag,
    type: 'number',
    placeholder,
    limit: `a whole number from ${min} to ${max}`,
    sentence,
    read: (value) =>
      /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : null,
  });
}

function choice(
  name: Name,
  flag: string,
  placeholder: string,
  values: readonly string[],
  sentence: string,
): ConnectorOption {
  return row(name, {
    flag,
    type: 'choice',
    placeholder,
    limit: values.join(', '),
    sentence,
    read: (value) => (values.includes(value) ? value : null),
  });
}

function tonNpi(name: Name, flag: string, sentence: string): ConnectorOption {
  return row(name, {
    flag,
    type: 'text',
    placeholder: 'TON/NPI',
    limit: 'TON and NPI from 0 to 255, such as 5/0',
    sentence,
    read: (value) => {
      const [ton, npi, ...more] = value
        .split('/')
        .map((side) => (/^\d{1,3}$/.test(side) ? Number(side) : 256));
      const isPair = ton !== undefined && npi !== undefined && more.length === 0 && ton < 256 && npi < 256;
      return isPair ? { ton, npi } : null;
    },
  });
}

/** `KEY=VALUE,KEY=VALUE`. */
function pairs(
  name: Name,
  flag: string,
  placeholder: string,
  [readKey, values, example]: readonly [(text: string) => string | null, readonly string[], string],
  sentence: string,
): ConnectorOption {
  return row(name, {
    flag,
    type: 'list',
    placeholder,
    limit: `pairs such as ${example}, with ${values.join(', ')}`,
    sentence,
    read: (value) => {
      const read: Record<string, string> = {};
      for (const pair of value.split(',')) {
        const [left = '', right = ''] = pair.split('=').map((side) => side.trim());
        const key = readKey(left);
        if (key === null || !values.includes(right)) return null;
        read[key] = right;
      }
      return read;
    },
  });
}

function readZone(zone: string): string | null {
  if (zone === 'auto') return zone;
  try {
    zoneOffset(zone)(0);
    return zone;
  } catch {
    return null;
  }
}

function readWord(word: string): string | null {
  return /^\S+$/.test(word) && findTextProblem('', word, 30) === null ? word.toUpperCase() : null;
}

/** Status 0 is success for every carrier. */
function readRefusal(name: string): number | null {
  const status = readStatus(name);
  return status === null || status === 0 ? null : status;
}

function readStatusKey(name: string): string | null {
  const status = readRefusal(name);
  return status === null ? null : `0x${status.toString(16).padStart(2, '0')}`;
}

const day = 86_400_000;

export const smppOptionTable: readonly ConnectorOption[] = [
  row('host', {
    flag: 'host',
    type: 'text',
    placeholder: 'HOST',
    isRequired: true,
    limit: 'a host name or an address',
    sentence: "The carrier's host.",
    read: (value) => (/^[\x21-\x7e]{1,253}$/.test(value) ? value : null),
  }),
  { ...integer('port', 'port', 'PORT', [1, 65_535], "The carrier's port."), default: '2775' },
  { ...text('systemId', 'system-id', 'ID', 64, 'system_id of our binds.'), isRequired: true },
  { ...text('password', 'password', 'SECRET', 64, 'Password of our binds.'), isSecret: true },
  text('systemType', 'system-type', 'TYPE', 12, 'system_type of our binds, if the carrier requires one.'),
  row('tls', {
    flag: 'tls',
    type: 'boolean',
    placeholder: '',
    limit: 'true or false',
    sentence: "Bind over TLS; the carrier's certificate is verified.",
    read: (value) => (value === 'true' ? true : value === 'false' ? false : null),
  }),
  integer('window', 'window', 'N', [1, 10_000], 'submit_sm without a response, for each bind.'),
  integer(
    'tps',
    'tps',
    'N',
    [0, 1_000_000],
    'Segments a second over all binds of all processes; 0: no limit.',
  ),
  integer('binds', 'binds', 'N', [1, 64], 'Binds of the link, shared by the processes.'),
  choice(
    'bindMode',
    'bind-mode',
    'MODE',
    ['transceiver', 'separate'],
    'separate: binds with an even number transmit, the others receive.',
  ),
  text('addressRange', 'address-range', 'RANGE', 40, 'address_range of our binds.'),
  text('serviceType', 'service-type', 'TYPE', 5, 'service_type of submit_sm.'),
  tonNpi('alphanumericSource', 'source-name', 'Source address of names.'),
  tonNpi('shortCodeSource', 'source-short-code', 'Source address of short codes.'),
  tonNpi('longNumberSource', 'source-number', 'Source address of long numbers.'),
  tonNpi('destination', 'destination', 'Destination address.'),
  choice(
    'splitMode',
    'split-mode',
    'MODE',
    ['udh', 'sar', 'payload'],
    'Concatenation of long texts: user data header, sar_* TLVs, or message_payload.',
  ),
  integer(
    'defaultDataCoding',
    'data-coding',
    'N',
    [0, 255],
    'data_coding of GSM text; 0 is the default alphabet.',
  ),
  choice(
    'replyAlphabet',
    'reply-alphabet',
    'ALPHABET',
    defaultAlphabets,
    'Meaning of data_coding 0 in replies: GSM, one septet in each octet or packed, or ISO-8859-1.',
  ),
  integer('bindMs', 'bind-timeout', 'MS', [1, day], 'Time for the response to a bind, in milliseconds.'),
  integer(
    'enquireLinkMs',
    'enquire-link',
    'MS',
    [0, day],
    'Silence after which enquire_link is sent, in milliseconds; 0: never.',
  ),
  integer(
    'answerMs',
    'enquire-timeout',
    'MS',
    [1, day],
    'Time for the response to enquire_link, in milliseconds; then the bind is closed.',
  ),
  integer(
    'responseMs',
    'response-timeout',
    'MS',
    [1, day],
    'Time for submit_sm_resp, in milliseconds; then the message is in doubt.',
  ),
  integer(
    'unbindMs',
    'unbind-timeout',
    'MS',
    [1, 60_000],
    'Time for the response to unbind, in milliseconds; then the connection is closed.',
  ),
  integer(
    'maxUnsaved',
    'max-unsaved',
    'N',
    [1, 100_000],
    'Receipts and replies of one bind that wait to be saved; more get the retry status.',
  ),
  integer(
    'reconnectFirstMs',
    'reconnect-first',
    'MS',
    [1, day],
    'First delay before another bind, in milliseconds.',
  ),
  integer(
    'reconnectMaxMs',
    'reconnect-max',
    'MS',
    [1, day],
    'Longest delay before another bind, in milliseconds.',
  ),
  integer('alreadyBoundMs', 'already-bound', 'MS', [1, day], 'Delay after ESME_RALYBND, in milliseconds.'),
  integer(
    'credentialsMs',
    'credentials-delay',
    'MS',
    [1, day],
    'Delay after refused credentials, in milliseconds; it doubles up to ten times.',
  ),
  integer('unboundMs', 'unbound-delay', 'MS', [1, day], 'Delay after the carrier unbound, in milliseconds.'),
  integer(
    'throttlePauseMs',
    'throttle-pause',
    'MS',
    [1, 600_000],
    'First pause after ESME_RTHROTTLED, in milliseconds; it grows up to 25 times.',
  ),
  integer(
    'patienceMs',
    'patience',
    'MS',
    [1, day],
    'Time that a throttled message is kept for this carrier, in milliseconds.',
  ),
  row('country', {
    flag: 'country',
    type: 'text',
    placeholder: 'CC',
    limit: 'two letters of ISO 3166, e.g. FR',
    sentence: 'Country of phones whose numbers this carrier writes in national form.',
    read: (value) => (hasTelephones(value.toUpperCase()) ? value.toUpperCase() : null),
  }),
  row('retryStatus', {
    flag: 'retry-status',
    type: 'text',
    placeholder: 'STATUS',
    limit: 'a command_status, e.g. ESME_RMSGQFUL or 0x14',
    sentence: 'Response to a receipt or reply that was not saved; the carrier repeats it.',
    read: readRefusal,
  }),
  choice(
    'idForm',
    'id-form',
    'FORM',
    ['auto', ...referenceForms],
    'Message ids in receipts, compared with those in responses; auto: learnt.',
  ),
  choice(
    'receipts',
    'receipts',
    'HOW',
    ['auto', 'each', 'any'],
    'Receipts of a long message: one for each part, or any one for all; auto: learnt.',
  ),
  row('receiptZone', {
    flag: 'receipt-zone',
    type: 'text',
    placeholder: 'ZONE',
    limit: 'a zone such as Europe/Paris, or auto',
    sentence: 'Time zone of dates in receipts; auto: learnt.',
    read: readZone,
  }),
  pairs(
    'stateWords',
    'state-words',
    'WORD=STATE,…',
    [readWord, receiptStates, 'NACK=rejected'],
    "Meaning of the carrier's own words in stat:.",
  ),
  pairs(
    'statuses',
    'statuses',
    'STATUS=MEANING,…',
    [readStatusKey, settableMeanings, '0x400=elsewhere'],
    'Meaning of a command_status.',
  ),
];
