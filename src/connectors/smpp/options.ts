// The options of one SMPP link to a carrier, with their defaults.
// Used by the connector and by the readers of the table of carriers. Never reads the environment.

import type { ConnectionOptions } from 'node:tls';
import { type DefaultAlphabet, defaultAlphabets } from '#gsm/data-coding.ts';
import { type ReceiptState, receiptStates } from '#smpp/protocol/receipt-states.ts';
import { type ReferenceForm, referenceForms } from '#smpp/protocol/reference-forms.ts';
import { commandStatus, type StatusMeaning, settableMeanings } from '#smpp/protocol/status.ts';

export interface TonNpi {
  readonly ton: number;
  readonly npi: number;
}

/** Concatenation of long texts: in the user data, in TLVs, or whole in one PDU. */
export type SplitMode = 'udh' | 'sar' | 'payload';

/** each: one receipt for each part of a long message; any: any receipt counts for the whole message. */
export type ReceiptCount = 'each' | 'any';

/** Learnt habits of the carrier. */
export interface LinkHabits {
  readonly idForm?: ReferenceForm;
  readonly receipts?: ReceiptCount;
}

export interface SmppOptions {
  readonly id: number;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** True verifies the carrier's certificate by the system's authorities. */
  readonly tls: boolean | ConnectionOptions;
  /** Maximum of submit_sm without a response, for each bind. */
  readonly window: number;
  /** submit_sm a second over all `binds`, including those of other processes; 0 is no limit. */
  readonly tps: number;
  readonly binds: number;
  /** `separate`: binds with an even index transmit, those with an odd one receive. */
  readonly bindMode: 'transceiver' | 'separate';
  readonly addressRange: string;
  readonly serviceType: string;
  readonly alphanumericSource: TonNpi;
  readonly shortCodeSource: TonNpi;
  readonly longNumberSource: TonNpi;
  readonly destination: TonNpi;
  readonly splitMode: SplitMode;
  /** The data_coding of GSM text; 0 is the carrier's default alphabet. */
  readonly defaultDataCoding: number;
  /** Of data_coding 0 in replies. */
  readonly replyAlphabet: DefaultAlphabet;
  readonly bindMs: number;
  readonly enquireLinkMs: number;
  /** Time for the response to enquire_link. */
  readonly answerMs: number;
  /** Time for the response to a submit_sm; then the message is in doubt. */
  readonly responseMs: number;
  /** Time for the response to our unbind; then the connection is closed. */
  readonly unbindMs: number;
  /** Receipts and replies of one bind that wait to be saved; more are answered with `retryStatus`. */
  readonly maxUnsaved: number;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  /** Delay before the next bind after ESME_RALYBND: the carrier still holds the last session. */
  readonly alreadyBoundMs: number;
  /** Delay before the next bind after refused credentials, doubling up to ten times that: repeats lock accounts. */
  readonly credentialsMs: number;
  /** Delay before the next bind after the carrier unbound. */
  readonly unboundMs: number;
  /** The first pause after ESME_RTHROTTLED; it doubles up to 25 times that. */
  readonly throttlePauseMs: number;
  /** Time that a throttled or partly accepted message is kept before it is returned to the dispatcher. */
  readonly patienceMs: number;
  /** ISO 3166 country of phones that the carrier writes in national form; null: numbers are always international. */
  readonly country: string | null;
  /** Response to receipts and replies that could not be saved, so that the carrier repeats them. */
  readonly retryStatus: number;
  /** Notation of ids in receipts, compared with responses; `auto` learns it. */
  readonly idForm: ReferenceForm | 'auto';
  /** One receipt for each part of a long message, or one for all; `auto` learns it. */
  readonly receipts: ReceiptCount | 'auto';
  /** IANA name of the zone of dates in receipts; `auto` learns their difference from UTC. */
  readonly receiptZone: string;
  /** Meaning of the carrier's own words in `stat:`, by word. */
  readonly stateWords: Readonly<Record<string, ReceiptState>>;
  /** Meaning of a command_status, by its number. */
  readonly statuses: Readonly<Record<string, Exclude<StatusMeaning, 'taken'>>>;
}

export const defaultSmppOptions = {
  systemType: '',
  tls: false,
  window: 100,
  tps: 0,
  binds: 1,
  bindMode: 'transceiver',
  addressRange: '',
  serviceType: '',
  alphanumericSource: { ton: 5, npi: 0 },
  shortCodeSource: { ton: 3, npi: 0 },
  longNumberSource: { ton: 1, npi: 1 },
  destination: { ton: 1, npi: 1 },
  splitMode: 'udh',
  defaultDataCoding: 0,
  replyAlphabet: 'gsm',
  bindMs: 10_000,
  enquireLinkMs: 30_000,
  answerMs: 10_000,
  responseMs: 60_000,
  unbindMs: 1_500,
  maxUnsaved: 5_000,
  reconnectFirstMs: 1_000,
  reconnectMaxMs: 60_000,
  alreadyBoundMs: 20_000,
  credentialsMs: 60_000,
  unboundMs: 5_000,
  throttlePauseMs: 200,
  patienceMs: 30_000,
  country: null,
  retryStatus: commandStatus.ESME_RSYSERR,
  idForm: 'auto',
  receipts: 'auto',
  receiptZone: 'auto',
  stateWords: {},
  statuses: {},
} as const satisfies Partial<SmppOptions>;

/** Required and optional fields of an operator's settings. */
export type SmppSettings = Pick<SmppOptions, 'id' | 'name' | 'host' | 'port' | 'systemId' | 'password'> &
  Partial<SmppOptions>;

/**
 * Adds the defaults. A row can contain anything: an invalid value counts as absent, because an unknown outcome or state
 * would leave messages without a final status.
 */
export function readSmppOptions(settings: SmppSettings): SmppOptions {
  const options: SmppOptions = { ...defaultSmppOptions, ...settings };
  const { idForm, receipts, retryStatus } = options;
  return {
    ...options,
    idForm: idForm === 'auto' || referenceForms.includes(idForm) ? idForm : 'auto',
    receipts: receipts === 'each' || receipts === 'any' ? receipts : 'auto',
    replyAlphabet: defaultAlphabets.includes(options.replyAlphabet) ? options.replyAlphabet : 'gsm',
    retryStatus: retryStatus > 0 && retryStatus <= 0xffffffff ? retryStatus : defaultSmppOptions.retryStatus,
    stateWords: filterValues(options.stateWords, (state) => receiptStates.includes(state)),
    statuses: filterValues(options.statuses, (meaning) => settableMeanings.includes(meaning)),
  };
}

function filterValues<Value>(
  values: Readonly<Record<string, Value>>,
  isKnown: (value: Value) => boolean,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isKnown(value)));
}

/**
 * The reason why a link with these options cannot bind; null if it can. A row is never trusted: the codec asserts its
 * limits, and sockets throw for impossible ports and hosts.
 */
export function findLinkProblem(options: SmppOptions): string | null {
  const { host, port, systemId, password, systemType, addressRange, serviceType } = options;
  if (typeof host !== 'string' || host === '') return 'the host is missing';
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `the port is ${port}`;
  return (
    findTextProblem('the system id', systemId, 64) ??
    findTextProblem('the password', password, 64) ??
    findTextProblem('the system type', systemType, 12) ??
    findTextProblem('the address range', addressRange, 40) ??
    findTextProblem('the service type', serviceType, 5)
  );
}

/** The reason why a text is not a C-octet string of this size (SMPP 3.4 §3.1); null if it is one. */
export function findTextProblem(name: string, text: unknown, most: number): string | null {
  if (typeof text !== 'string') return `${name} is missing`;
  if (text.length > most) return `${name} has ${text.length} characters; at most ${most} can be sent`;
  if (!/^[\x20-\x7e]*$/.test(text)) return `${name} has a character outside ASCII`;
  return null;
}

export { receiptStates } from '#smpp/protocol/receipt-states.ts';
export { readStatus, settableMeanings } from '#smpp/protocol/status.ts';
