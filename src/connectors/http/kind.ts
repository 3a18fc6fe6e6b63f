// The connector kind `http`. Used by kinds.ts. The effective options of a link are its own, then those of its preset, then the
// defaults.
import type { ConnectorConfig, ConnectorKind, ConnectorOption } from '#domain/delivery/connector-kind.ts';
import { readCallback } from './callbacks.ts';
import { createHttpConnector } from './connector.ts';
import type { LinkValues } from './fields.ts';
import { linkOptionTable } from './option-table.ts';
import { defaultHttpOptions, type HttpOptions } from './options.ts';
import { compilePoll } from './poll-request.ts';
import { type Preset, presets, presetValues } from './presets.ts';
import { compileRequest } from './request.ts';
import { TemplateError } from './template.ts';
import { tryAddress } from './try-address.ts';

const presetOption: ConnectorOption = {
  name: 'preset',
  flag: 'preset',
  type: 'choice',
  placeholder: 'NAME',
  isRequired: false,
  isSecret: false,
  default: null,
  limit: Object.keys(presets).join(', '),
  sentence: 'Options of a known carrier; others that are given replace them.',
  read: (value) => (Object.hasOwn(presets, value) ? value : null),
};

export const httpKind: ConnectorKind = {
  kind: 'http',
  options: [presetOption, ...linkOptionTable],
  capabilities: {
    receipts: 'one-for-message',
    replies: true,
    binary: false,
    lookUp: false,
    leases: 'none',
    inboundHttp: true,
  },
  check: findMistakes,
  describe(values) {
    const { preset, rate, concurrency } = effectiveOptions(values);
    const target = URL.parse(targetOf(values) ?? '')?.host ?? 'no address';
    const limit = rate === 0 ? 'no rate limit' : `${rate}/s`;
    return `${preset === '' ? '' : `${preset} at `}${target}, ${concurrency} at the same time, ${limit}`;
  },
  targetOf,
  test: ({ options }, { clock }) => tryAddress(targetOf(options), clock),
  leasesOf: (values) => (isPolling(effectiveOptions(values)) ? 1 : 0),
  open({ id, name, options, learnt }, events, deps) {
    const effective = effectiveOptions(options);
    return createHttpConnector(
      { id, name, options: effective, values: linkValues(name, effective, deps.baseUrl), learnt },
      events,
      deps,
    );
  },
  readCallback: (config: ConnectorConfig, request, nowMs) =>
    readCallback(effectiveOptions(config.options), request, nowMs),
};

function effectiveOptions(values: Readonly<Record<string, unknown>>): HttpOptions {
  const own = values as Partial<HttpOptions>;
  return { ...defaultHttpOptions, ...presetValues(own.preset ?? ''), ...own };
}

function linkValues(name: string, options: HttpOptions, baseUrl: string): LinkValues {
  const { account, user, password, token, callbackToken } = options;
  const callbackUrl = `${baseUrl}/carriers/${encodeURIComponent(name)}/${callbackToken}`;
  return {
    account,
    user,
    password,
    token,
    receiptUrl: `${callbackUrl}/receipt`,
    replyUrl: `${callbackUrl}/reply`,
    idPrefix: `${callbackToken.slice(-6)}-`,
  };
}

/** With {{base}} replaced; null without a usable URL. */
function targetOf(values: Readonly<Record<string, unknown>>): string | null {
  const { url, baseUrl } = effectiveOptions(values);
  const written = url.replace(/^\{\{base\}\}/, baseUrl).replaceAll(/\{\{[^{}]*\}\}/g, 'x');
  return URL.canParse(written) ? written : null;
}

function isPolling({ pollReceipts, pollReplies }: HttpOptions): boolean {
  return pollReceipts !== '' || pollReplies !== '';
}

const requiredFields = ['account', 'user', 'password', 'token'] as const;

function findMistakes(values: Readonly<Record<string, unknown>>): string[] {
  const options = effectiveOptions(values);
  const preset = Object.hasOwn(presets, options.preset) ? presets[options.preset]! : null;
  if (options.url === '')
    return [
      `--url is missing. Give the address of the call that sends a message${preset === null ? ', or a --preset' : ''}.`,
    ];
  if (options.url.startsWith('{{base}}') && options.baseUrl === '')
    return ['--base-url is missing. Give the address of the API, such as http://gateway.example:13013.'];
  if (options.auth === 'oauth' && options.oauthUrl === '')
    return ['--oauth-url is missing. Give the address that gives access tokens.'];
  try {
    const request = compileRequest(options);
    const polls = (['receipts', 'replies'] as const).map((polled) => compilePoll(options, polled));
    const fields = new Set([request, ...polls].flatMap((compiled) => [...(compiled?.fields ?? [])]));
    return requiredFields
      .filter((name) => fields.has(name) && options[name] === '')
      .map((name) => missing(name, preset));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [`--${error.flag} must be ${error.message}.`];
  }
}

function missing(name: (typeof requiredFields)[number], preset: Preset | null): string {
  const meaning = preset?.names[name];
  return meaning === undefined
    ? `--${name} is missing. A template of this carrier contains {{${name}}}.`
    : `--${name} is missing. Give ${meaning}.`;
}
