// The options of an HTTP link as a table: flag, default, limit and sentence of each. Used by kind.ts and by the presets, whose
// rows are values of these flags. A new option is a row here and a member of HttpOptions.
import type { ConnectorOption } from '#domain/delivery/connector-kind.ts';
import { hasTelephones } from '#domain/recipients/reply-source.ts';
import { answerMeanings, parseAnswerRules } from './answers.ts';
import { isField } from './fields.ts';
import { isSigningField, parseSignedText } from './hmac.ts';
import {
  authentications,
  defaultHttpOptions,
  type HttpOptions,
  type ReceiptState,
  receiptStates,
  signAlgorithms,
  signEncodings,
  signKeys,
} from './options.ts';
import { parseFinder, parseFinders } from './pointers.ts';
import { isPollField } from './poll-request.ts';
import { verifications } from './signatures.ts';
import { parseJsonTemplate, parseTemplate, TemplateError } from './template.ts';

type Name = keyof HttpOptions;
type Row = Omit<ConnectorOption, 'isRequired' | 'isSecret' | 'default' | 'name'> & Partial<ConnectorOption>;

function row(name: Name, option: Row): ConnectorOption {
  return { name, isRequired: false, isSecret: false, default: defaultOf(name), ...option };
}

function defaultOf(name: Name): string | null {
  const value: unknown = defaultHttpOptions[name];
  return value === null || value === '' || typeof value === 'object' ? null : String(value);
}

function text(
  name: Name,
  flag: string,
  placeholder: string,
  sentence: string,
  extra: Partial<ConnectorOption> = {},
): ConnectorOption {
  const read = (value: string) => (/^[\x20-\x7e]{1,500}$/.test(value) ? value : null);
  return row(name, {
    flag,
    type: 'text',
    placeholder,
    limit: '1 to 500 characters of ASCII',
    sentence,
    read,
    ...extra,
  });
}

function choice(name: Name, flag: string, values: readonly string[], sentence: string): ConnectorOption {
  return row(name, {
    flag,
    type: 'choice',
    placeholder: flag.split('-').at(-1)!.toUpperCase(),
    limit: values.join(', '),
    sentence,
    read: (value) => (values.includes(value) ? value : null),
  });
}

function integer(
  name: Name,
  flag: string,
  [min, max]: readonly [number, number],
  sentence: string,
): ConnectorOption {
  return row(name, {
    flag,
    type: 'number',
    placeholder: 'N',
    limit: `a whole number from ${min} to ${max}`,
    sentence,
    read: (value) =>
      /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : null,
  });
}

const finderLimit = 'a JSON pointer such as /messages/0/id, ~PATTERN, or several separated by blanks';

function finder(name: Name, flag: string, sentence: string): ConnectorOption {
  return row(name, {
    flag,
    type: 'text',
    placeholder: 'POINTER',
    limit: finderLimit,
    sentence,
    read: (value) => (parseFinders(value) === null ? null : value),
  });
}

function list(name: Name, flag: string, sentence: string): ConnectorOption {
  return row(name, {
    flag,
    type: 'text',
    placeholder: 'POINTER',
    limit: 'a JSON pointer such as /results/*',
    sentence,
    read: (value) => (parseFinder(value)?.kind === 'pointer' ? value : null),
  });
}

/** Null if the work finds a template that cannot be read. */
function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError || error instanceof SyntaxError) return null;
    throw error;
  }
}

const isHeaderField = (name: string) => isField(name) || isSigningField(name);

const explainHeaders = (value: string) => explainTemplate(value, isHeaderField);
const explainPoll = (value: string) => explainTemplate(value, isPollField);

/** The problem of the templates in a text of JSON or XML, or in a URL; null if another limit is broken. */
function explainTemplate(value: string, isKnown: (name: string) => boolean = isField): string | null {
  try {
    const json: unknown = /^\s*(\{\s*["}]|\[)/.test(value)
      ? JSON.parse(value)
      : value.replace(/^\{\{base\}\}/, '');
    parseJsonTemplate(json, isKnown);
    return null;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function problemOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

function readObject(value: string): Record<string, unknown> | null {
  const json: unknown = orNull(() => JSON.parse(value));
  return typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : null;
}

/** A JSON object whose members are texts with placeholders. */
function readTemplates(
  value: string,
  isKnown: (name: string) => boolean = isField,
): Record<string, string> | null {
  const members = readObject(value);
  if (members === null) return null;
  const isGood = ([, member]: [string, unknown]) =>
    typeof member === 'string' && orNull(() => parseTemplate(member, isKnown)) !== null;
  return Object.entries(members).every(isGood) ? (members as Record<string, string>) : null;
}

const managedHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
  'keep-alive',
  'te',
  'trailer',
]);

function readHeaders(value: string): Record<string, string> | null {
  const headers = readTemplates(value, isHeaderField);
  const isGood = (name: string) =>
    /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !managedHeaders.has(name.toLowerCase());
  return headers !== null && Object.keys(headers).every(isGood) ? headers : null;
}

/** A JSON object with templates, or a text of XML. */
function readBody(value: string): unknown {
  if (value.trimStart().startsWith('<')) return orNull(() => parseTemplate(value, isField)) && value;
  const members = readObject(value);
  return members !== null && orNull(() => parseJsonTemplate(members, isField)) !== null ? members : null;
}

function readStates(value: string): Record<string, ReceiptState> | null {
  const states: Record<string, ReceiptState> = {};
  for (const pair of value.split(',')) {
    const [word = '', state = ''] = pair.split('=').map((side) => side.trim());
    if (word === '' || !(receiptStates as readonly string[]).includes(state)) return null;
    states[word.toLowerCase()] = state as ReceiptState;
  }
  return states;
}

function poll(name: Name, flag: string, sentence: string): ConnectorOption {
  return row(name, {
    flag,
    type: 'text',
    placeholder: 'URL',
    limit: 'a URL template that begins with http://, https:// or {{base}}, with {{cursor}} or {{since.iso}}',
    sentence,
    explain: explainPoll,
    read: (value) =>
      /^(https?:\/\/|\{\{base\}\})\S{0,1000}$/.test(value) &&
      orNull(() => parseTemplate(value.replace(/^\{\{base\}\}/, ''), isPollField)) !== null
        ? value
        : null,
  });
}

const url: Pick<ConnectorOption, 'type' | 'placeholder'> = { type: 'text', placeholder: 'URL' };
const json: Pick<ConnectorOption, 'type' | 'placeholder'> = { type: 'text', placeholder: 'JSON' };

const requestOptions: readonly ConnectorOption[] = [
  row('baseUrl', {
    ...url,
    flag: 'base-url',
    limit: 'a URL that begins with http:// or https://',
    sentence: 'Address of the API up to the path of its calls; replaces that of the preset.',
    read: (value) => (/^https?:\/\/[^\s{}?#]{1,300}$/.test(value) && URL.canParse(value) ? value : null),
  }),
  row('url', {
    ...url,
    flag: 'url',
    limit: 'a URL template that begins with http://, https:// or {{base}}',
    sentence: 'Address of the call that sends one message.',
    explain: (value) => explainTemplate(value),
    read: (value) =>
      /^(https?:\/\/|\{\{base\}\})\S{0,1000}$/.test(value) &&
      orNull(() => parseTemplate(value.replace(/^\{\{base\}\}/, ''), isField)) !== null
        ? value
        : null,
  }),
  choice('method', 'method', ['GET', 'POST', 'PUT'], 'Method of the call.'),
  row('query', {
    ...json,
    flag: 'query',
    limit: 'a JSON object of templates such as {"to":"{{to}}"}',
    sentence: 'Parameters of the query.',
    read: (value) => readTemplates(value),
    explain: (value) => explainTemplate(value),
  }),
  row('headers', {
    ...json,
    flag: 'headers',
    limit: 'a JSON object of templates such as {"X-Api-Key":"{{password}}"}',
    sentence: 'Headers of the call.',
    read: readHeaders,
    explain: explainHeaders,
  }),
  choice('bodyFormat', 'body-format', ['none', 'form', 'json', 'xml'], 'Form of the body.'),
  row('body', {
    ...json,
    flag: 'body',
    limit: 'a JSON object with templates, or a text of XML',
    sentence: 'The body. A member that is one placeholder without a value is left out.',
    read: readBody,
    explain: (value) => explainTemplate(value),
  }),
  row('fields', {
    ...json,
    flag: 'fields',
    limit: 'a JSON object with templates such as {"priority":"high"}',
    sentence: 'Members of the body that are added to those of the preset, or replace them.',
    read: (value) => (value.trimStart().startsWith('{') ? readBody(value) : null),
    explain: (value) => explainTemplate(value),
  }),
  choice(
    'auth',
    'auth',
    authentications,
    'basic: user and password; bearer: password; ovh: signed with user, password and token; hmac: --sign with the password; ' +
      'oauth: a token for user and password.',
  ),
  row('sign', {
    flag: 'sign',
    type: 'text',
    placeholder: 'TEMPLATE',
    limit: 'a template of at most 500 characters such as {{method}}\\n{{path}}\\n{{timestamp}}\\n{{body}}',
    sentence: 'Text that HMAC signs; {{signature}} in --headers is the result.',
    read: (value) =>
      /^[\x20-\x7e]{1,500}$/.test(value) && orNull(() => parseSignedText(value)) !== null ? value : null,
    explain: (value) => problemOf(() => parseSignedText(value)),
  }),
  choice('signAlgorithm', 'sign-algorithm', signAlgorithms, 'Hash of the HMAC.'),
  choice('signEncoding', 'sign-encoding', signEncodings, 'Form of {{signature}}.'),
  choice('signKey', 'sign-key', signKeys, 'Form of the password as the key of the HMAC.'),
  row('oauthUrl', {
    ...url,
    flag: 'oauth-url',
    limit: 'a URL that begins with http:// or https://',
    sentence: 'Address that gives access tokens (OAuth 2.0, client credentials).',
    read: (value) => (/^https?:\/\/[^\s{}#@]{1,300}$/.test(value) && URL.canParse(value) ? value : null),
  }),
  text('oauthScope', 'oauth-scope', 'SCOPE', 'Scope of the access tokens.'),
  choice(
    'oauthClient',
    'oauth-client',
    ['basic', 'form'],
    'Place of user and password in a request for a token: a header, or the form.',
  ),
  text('account', 'account', 'ID', 'Value of {{account}}, such as the name of the service.'),
  text('user', 'user', 'ID', 'Value of {{user}}, such as the login or the key.'),
  text('password', 'password', 'SECRET', 'Value of {{password}}, such as the secret of the key.', {
    isSecret: true,
  }),
  text('token', 'token', 'SECRET', 'Value of {{token}}, a second secret.', { isSecret: true }),
];

const answerOptions: readonly ConnectorOption[] = [
  row('answers', {
    flag: 'answers',
    type: 'list',
    placeholder: 'RULES',
    limit: `rules such as "/status=0 -> taken; status=409 -> permanent", with ${answerMeanings.join(', ')}`,
    sentence: 'Meaning of answers; the first rule that matches decides, before the usual ones.',
    read: (value) => (parseAnswerRules(value) === null ? null : value),
  }),
  {
    ...finder(
      'messageId',
      'message-id',
      "Where an answer has the carrier's id of the message; ours: receipts repeat {{id}}.",
    ),
    limit: `ours, ${finderLimit}`,
    read: (value) => (value === 'ours' || parseFinders(value) !== null ? value : null),
  },
  finder('errorCode', 'error-code', 'Where an answer has the reason of a refusal.'),
  integer(
    'concurrency',
    'concurrency',
    [1, 1_000],
    'Requests at the same time, shared by the processes; each has one at least.',
  ),
  integer('rate', 'rate', [0, 1_000_000], 'Messages a second over all processes; 0: no limit.'),
  integer('batch', 'batch', [1, 10_000], 'Most messages in a request; 1: one request for each message.'),
  integer(
    'batchWaitMs',
    'batch-wait',
    [0, 10_000],
    'Longest wait of a message for others of its batch, in milliseconds.',
  ),
  list('batchItems', 'batch-items', 'Where --body has the list whose element is repeated for each message.'),
  list(
    'batchResults',
    'batch-results',
    'Where an answer has a result for each message; --answers, --message-id and --error-code then read a result first.',
  ),
  finder(
    'batchResultId',
    'batch-result-id',
    'Where a result has {{id}}; without it, results have the order of the messages.',
  ),
  integer(
    'timeoutMs',
    'timeout',
    [100, 600_000],
    'Time for a whole answer, in milliseconds; then the message is in doubt.',
  ),
  integer(
    'pauseMs',
    'pause',
    [1, 600_000],
    'First pause after an answer that throttles without Retry-After, in milliseconds; it doubles up to a minute.',
  ),
];

const callbackOptions: readonly ConnectorOption[] = [
  row('country', {
    flag: 'country',
    type: 'text',
    placeholder: 'CC',
    limit: 'two letters of ISO 3166, e.g. FR',
    sentence: 'Country of phones whose numbers this carrier writes in national form.',
    read: (value) => (hasTelephones(value.toUpperCase()) ? value.toUpperCase() : null),
  }),
  choice(
    'receiptCount',
    'receipt-count',
    ['each', 'any'],
    'Receipts of a long message: one for each part, or any one for all.',
  ),
  list('receiptList', 'receipt-list', 'Where a request has its receipts; without it, it is one.'),
  finder('receiptId', 'receipt-id', 'Where a receipt has the id of the message.'),
  finder('receiptStatus', 'receipt-status', 'Where a receipt has the status.'),
  row('receiptStates', {
    flag: 'receipt-states',
    type: 'list',
    placeholder: 'WORD=STATE,…',
    limit: `pairs such as sent=underway, with ${receiptStates.join(', ')}`,
    sentence: 'Meaning of statuses in receipts; an unknown one is underway.',
    read: readStates,
  }),
  finder('receiptError', 'receipt-error', 'Where a receipt has the error code.'),
  list('replyList', 'reply-list', 'Where a request has its replies; without it, it is one.'),
  finder('replyFrom', 'reply-from', 'Where a reply has the number of the phone.'),
  finder('replyTo', 'reply-to', 'Where a reply has the number that the phone wrote to.'),
  finder('replyText', 'reply-text', 'Where a reply has its text.'),
  row('replyParts', {
    flag: 'reply-parts',
    type: 'text',
    placeholder: 'POINTERS',
    limit: 'three pointers separated by commas',
    sentence: 'Where a part of a long reply has its reference, the number of parts and its position.',
    read: (value) =>
      value.split(',').length === 3 && value.split(',').every((part) => parseFinders(part) !== null)
        ? value
        : null,
  }),
  poll(
    'pollReceipts',
    'poll-receipts',
    'Address of a list of receipts, for a carrier that does not push them.',
  ),
  poll('pollReplies', 'poll-replies', 'Address of a list of replies, for a carrier that does not push them.'),
  integer('pollSeconds', 'poll-every', [1, 86_400], 'Seconds between two requests for receipts or replies.'),
  finder(
    'pollCursor',
    'poll-cursor',
    'Where a list has the value of {{cursor}} for the next request; the last one that it finds counts.',
  ),
  choice(
    'verify',
    'verify',
    verifications,
    'Signature of receipts and replies, besides the token in their address.',
  ),
  text('callbackAnswer', 'callback-answer', 'TEXT', 'Body of our answer to receipts and replies.'),
  text(
    'callbackAnswerType',
    'callback-answer-type',
    'TYPE',
    'Content type of our answer to receipts and replies.',
    {
      limit: 'a content type such as text/xml',
      read: (value) => (/^[\w.+-]+\/[\w.+-]+(;\s*charset=[\w-]+)?$/i.test(value) ? value : null),
    },
  ),
  text(
    'callbackToken',
    'callback-token',
    'TOKEN',
    'Secret in the address for receipts and replies; made at random.',
    {
      isSecret: true,
      limit: '16 to 100 letters and digits',
      read: (value) => (/^[A-Za-z0-9_-]{16,100}$/.test(value) ? value : null),
    },
  ),
];

/** Without `preset`, whose choices are rows of these options. */
export const linkOptionTable: readonly ConnectorOption[] = [
  ...requestOptions,
  ...answerOptions,
  ...callbackOptions,
];
