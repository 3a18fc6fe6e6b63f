// The settings of one SMPP link to a carrier, and what stands when the operator says nothing.
// Serves the connector and whoever reads carriers from their table; knows no environment.

import type { ConnectionOptions } from 'node:tls';
import { type ReceiptState, receiptStates } from '#smpp/protocol/receipt-states.ts';
import { type ReferenceForm, referenceForms } from '#smpp/protocol/reference-forms.ts';
import { commandStatus, type StatusMeaning, settableMeanings } from '#smpp/protocol/status.ts';

export interface TonNpi {
  readonly ton: number;
  readonly npi: number;
}

/** How a long text is told to be one: in its user data, in TLVs, or whole in one PDU. */
export type SplitMode = 'udh' | 'sar' | 'payload';

/** each: one receipt for each part of a long message; any: one that speaks for the whole message. */
export type ReceiptCount = 'each' | 'any';

/** What a link has learnt of its carrier. */
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
  /** Most submit_sm without an answer, for each bind. */
  readonly window: number;
  /** submit_sm a second over all `binds`, those of other processes included; 0 is no limit. */
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
  readonly bindMs: number;
  readonly enquireLinkMs: number;
  /** How long the carrier may owe the answer to enquire_link or unbind. */
  readonly answerMs: number;
  /** How long it may owe the answer to a submit_sm; beyond, the message is in doubt. */
  readonly responseMs: number;
  /** How long a carrier may owe the answer to our unbind; then the connection is closed without it. */
  readonly unbindMs: number;
  /** Receipts and replies of one bind that wait to be saved; those beyond are answered with `retryStatus`. */
  readonly maxUnsaved: number;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  /** Before the next bind after ESME_RALYBND: the carrier still has the last session. */
  readonly alreadyBoundMs: number;
  /** Before the next bind after credentials were refused, doubling to ten times that: repeats lock accounts. */
  readonly credentialsMs: number;
  /** Before the next bind after the carrier unbound. */
  readonly unboundMs: number;
  /** The first pause after ESME_RTHROTTLED; it doubles up to 25 times that. */
  readonly throttlePauseMs: number;
  /** How long a message that is throttled, or half taken, is held before it is given back. */
  readonly patienceMs: number;
  /** ISO 3166, in which the carrier writes national numbers of phones; null: it always writes international ones. */
  readonly country: string | null;
  /** What receipts and replies that could not be saved are answered with, so that the carrier repeats them. */
  readonly retryStatus: number;
  /** How ids in receipts differ from those in answers; `auto` learns it. */
  readonly idForm: ReferenceForm | 'auto';
  /** A receipt for each part of a long message, or one for all of them; `auto` learns it. */
  readonly receipts: ReceiptCount | 'auto';
  /** IANA name of the zone of dates in receipts; `auto` learns how far they are ahead of UTC. */
  readonly receiptZone: string;
  /** What the carrier's own words in `stat:` mean, by word. */
  readonly stateWords: Readonly<Record<string, ReceiptState>>;
  /** What the carrier means by a command_status, by its number. */
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

/** What an operator must say, and may say. */
export type SmppSettings = Pick<SmppOptions, 'id' | 'name' | 'host' | 'port' | 'systemId' | 'password'> &
  Partial<SmppOptions>;

/**
 * Settings and what stands where they are silent. A row may hold anything: a value that is none counts as left out, for
 * an outcome or a state that nobody knows would leave messages without an end.
 */
export function readSmppOptions(settings: SmppSettings): SmppOptions {
  const options: SmppOptions = { ...defaultSmppOptions, ...settings };
  const { idForm, receipts, retryStatus } = options;
  return {
    ...options,
    idForm: idForm === 'auto' || referenceForms.includes(idForm) ? idForm : 'auto',
    receipts: receipts === 'each' || receipts === 'any' ? receipts : 'auto',
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
 * Why a link with these options cannot bind; null when it can. What a row holds is never trusted: the codec asserts its
 * limits, and sockets throw for ports and hosts that cannot be.
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

/** What keeps a text from being a C-octet string of so many octets (SMPP 3.4 §3.1); null when nothing does. */
export function findTextProblem(name: string, text: unknown, most: number): string | null {
  if (typeof text !== 'string') return `${name} is missing`;
  if (text.length > most) return `${name} has ${text.length} characters; at most ${most} can be sent`;
  if (!/^[\x20-\x7e]*$/.test(text)) return `${name} has a character outside ASCII`;
  return null;
}

export { receiptStates } from '#smpp/protocol/receipt-states.ts';
export { readStatus, settableMeanings } from '#smpp/protocol/status.ts';
