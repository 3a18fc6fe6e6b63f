// The contract of a connector kind: its options as one table, its capabilities, and open(). Used by connectors/kinds.ts,
// by the process that opens links, by `chappe carrier add` and by the reference page. Pure; it knows no protocol.

import type { Log } from '#domain/base/log-events.ts';
import type { CarrierReply, Connector, ConnectorEvents, Receipt } from './connector.ts';

/** One option of a link. The table of a kind is the only list of its options. */
export interface ConnectorOption {
  /** Member of `options` in the table `connectors`. */
  readonly name: string;
  /** Flag of `chappe carrier add`, without dashes. */
  readonly flag: string;
  readonly type: 'text' | 'number' | 'boolean' | 'choice' | 'list';
  /** Shown instead of the value in the help. */
  readonly placeholder: string;
  readonly isRequired: boolean;
  /** In the form that an operator writes; null without a default. */
  readonly default: string | null;
  /** Completes "must be …". */
  readonly limit: string;
  /** Effect, unit, and the value that disables it. */
  readonly sentence: string;
  /** Never shown and never logged. */
  readonly isSecret: boolean;
  /** The stored value of a text; null if it is outside the limit. */
  readonly read: (text: string) => unknown;
  /** Replaces `limit` for a text that is not valid, where the text decides: for example an unknown field of a template. */
  readonly explain?: (text: string) => string | null;
}

export interface ConnectorCapabilities {
  readonly receipts: 'each-segment' | 'one-for-message' | 'none';
  readonly replies: boolean;
  readonly binary: boolean;
  readonly lookUp: boolean;
  /** `binds`: processes share the link by numbered leases. `none`: every process may use it. */
  readonly leases: 'binds' | 'none';
  readonly inboundHttp: boolean;
}

export interface ConnectorConfig {
  readonly id: number;
  readonly name: string;
  /** From the table. Values that the kind does not accept count as missing. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Formats of the carrier that were observed earlier. */
  readonly learnt: object;
}

export interface ConnectorDeps {
  readonly clock: { now(): number };
  readonly log: Log;
  /** In [0, 1). */
  readonly random: () => number;
  /** Address of this platform for carriers, without a slash at the end. */
  readonly baseUrl: string;
}

/** A request of a carrier that reports something. */
export interface InboundHttpRequest {
  /** `callback`: for carriers with one address for both. A request with a status is a receipt. */
  readonly purpose: 'receipt' | 'reply' | 'callback';
  /** As the carrier calls it: the public address of this platform, path and query. */
  readonly url: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** In lower case; empty without one. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

export type CallbackReading =
  | {
      readonly kind: 'read';
      readonly receipts: readonly Receipt[];
      readonly replies: readonly CarrierReply[];
      /** Reasons for items that cannot be read. A repetition would not help, so the carrier gets the same answer. */
      readonly dropped: readonly string[];
      /** Words of the carrier without a known state. */
      readonly unknownWords: readonly string[];
      /** Sent after everything is saved. */
      readonly answer: { readonly status: number; readonly contentType: string; readonly body: string };
    }
  /** Not from the carrier. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The answer of a carrier to one attempt. */
export interface LinkTest {
  /**
   * bound: the carrier accepted the credentials. reachable: it can be reached, and only a message shows whether it accepts
   * the credentials.
   */
  readonly result: 'bound' | 'reachable' | 'refused' | 'unreachable' | 'misconfigured';
  /** The carrier's or the system's own word, such as ESME_RINVPASWD; null: none. */
  readonly reason: string | null;
  readonly durationMs: number;
}

export interface ConnectorKind {
  readonly kind: string;
  readonly options: readonly ConnectorOption[];
  readonly capabilities: ConnectorCapabilities;
  /** Mistakes of options that are valid one by one: one sentence each, naming the flag. */
  check?(values: Readonly<Record<string, unknown>>): readonly string[];
  /** One line about a link for lists; without secrets. */
  describe(values: Readonly<Record<string, unknown>>): string;
  /**
   * Number of leases of a link, of which a process has its share. Absent: the option `binds` for a kind with leases `binds`,
   * otherwise none.
   */
  leasesOf?(values: Readonly<Record<string, unknown>>): number;
  /** Address that the link connects to, as a URL; null without a usable one. A link to this installation itself is refused. */
  targetOf?(values: Readonly<Record<string, unknown>>): string | null;
  /** Connects once, without a message. Never throws for the behaviour of the carrier. */
  test?(config: ConnectorConfig, deps: Pick<ConnectorDeps, 'clock'>): Promise<LinkTest>;
  /** Present with the capability `inboundHttp`. `config.options` contain the token that the address must have. */
  readCallback?(config: ConnectorConfig, request: InboundHttpRequest, nowMs: number): CallbackReading;
  /** Never throws for options: a link that cannot work reports it in the log and is never available. */
  open(config: ConnectorConfig, events: ConnectorEvents, deps: ConnectorDeps): Connector;
}

export interface ParsedOptions {
  /** Given and stored options only: the kind has the defaults. */
  readonly values: Readonly<Record<string, unknown>>;
  /** One sentence for each mistake; `values` are valid only without any. */
  readonly mistakes: readonly string[];
}

/**
 * Reads options as an operator writes them, by flag; a boolean flag is 'true' or 'false'. Reports every mistake. Options
 * without a text keep their stored values.
 */
export function parseOptions(
  kind: Pick<ConnectorKind, 'options' | 'kind' | 'check'>,
  texts: Readonly<Record<string, string>>,
  stored: Readonly<Record<string, unknown>> = {},
): ParsedOptions {
  const values: Record<string, unknown> = { ...stored };
  const mistakes: string[] = [];
  for (const flag of Object.keys(texts))
    if (!kind.options.some((option) => option.flag === flag))
      mistakes.push(`--${flag} is not an option of the kind ${kind.kind}.`);
  for (const option of kind.options) {
    const text = texts[option.flag];
    if (text === undefined) {
      if (option.isRequired && values[option.name] === undefined)
        mistakes.push(`--${option.flag} is missing. Give ${option.limit}.`);
      continue;
    }
    const value = option.read(text);
    if (value !== null) values[option.name] = value;
    else
      mistakes.push(
        `--${option.flag} ${shown(option, text)}, but must be ${option.explain?.(text) ?? option.limit}.`,
      );
  }
  if (mistakes.length === 0 && kind.check !== undefined) mistakes.push(...kind.check(values));
  return { values, mistakes };
}

/** The text that `read` turns into the value; null: it has none (a secret, or a value of an older version). */
export function textOfOption(option: ConnectorOption, value: unknown): string | null {
  if (option.isSecret || value === undefined) return null;
  const pairs =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([key, one]) => `${key}=${String(one)}`)
      : [];
  const values = typeof value === 'object' && value !== null ? Object.values(value) : [];
  const candidates = [
    String(value),
    values.join('/'),
    values.join(','),
    pairs.join(','),
    JSON.stringify(value),
  ];
  const written = JSON.stringify(value);
  return candidates.find((text) => JSON.stringify(option.read(text)) === written) ?? null;
}

function shown(option: ConnectorOption, text: string): string {
  return option.isSecret ? 'cannot be used' : `is "${text}"`;
}
