// The contract of a connector kind: its options as one table, its capabilities, and open(). Used by connectors/kinds.ts,
// by the process that opens links, by `chappe carrier add` and by the reference page. Pure; it knows no protocol.

import type { Log } from '#domain/base/log-events.ts';
import type { Connector, ConnectorEvents } from './connector.ts';

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
}

export interface ConnectorKind {
  readonly kind: string;
  readonly options: readonly ConnectorOption[];
  readonly capabilities: ConnectorCapabilities;
  /** Never throws for options: a link that cannot work reports it in the log and is never available. */
  open(config: ConnectorConfig, events: ConnectorEvents, deps: ConnectorDeps): Connector;
}

export interface ParsedOptions {
  /** Given options only: the kind has the defaults. */
  readonly values: Readonly<Record<string, unknown>>;
  /** One sentence for each mistake; `values` are valid only without any. */
  readonly mistakes: readonly string[];
}

/** Reads options as an operator writes them, by flag; a boolean flag is 'true'. Reports every mistake. */
export function parseOptions(
  kind: Pick<ConnectorKind, 'options' | 'kind'>,
  texts: Readonly<Record<string, string>>,
): ParsedOptions {
  const values: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const flag of Object.keys(texts))
    if (!kind.options.some((option) => option.flag === flag))
      mistakes.push(`--${flag} is not an option of the kind ${kind.kind}.`);
  for (const option of kind.options) {
    const text = texts[option.flag];
    if (text === undefined) {
      if (option.isRequired) mistakes.push(`--${option.flag} is missing. Give ${option.limit}.`);
      continue;
    }
    const value = option.read(text);
    if (value !== null) values[option.name] = value;
    else mistakes.push(`--${option.flag} ${shown(option, text)}, but must be ${option.limit}.`);
  }
  return { values, mistakes };
}

function shown(option: ConnectorOption, text: string): string {
  return option.isSecret ? 'cannot be used' : `is "${text}"`;
}
