// The settings of one SMPP link to a carrier, and what stands when the operator says nothing.
// Serves the connector and whoever reads carriers from their table; knows no environment.

import type { ConnectionOptions } from 'node:tls';

export interface TonNpi {
  readonly ton: number;
  readonly npi: number;
}

/** How a long text is told to be one: in its user data, in TLVs, or whole in one PDU. */
export type SplitMode = 'udh' | 'sar' | 'payload';

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
  /** Receipts and replies of one bind that wait to be saved; beyond, it is not read. */
  readonly maxUnsaved: number;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  /** The first pause after ESME_RTHROTTLED; it doubles up to 25 times that. */
  readonly throttlePauseMs: number;
  /** How long a message that is throttled, or half taken, is held before it is given back. */
  readonly patienceMs: number;
  /** ISO 3166, in which the carrier writes national numbers of phones; null: it always writes international ones. */
  readonly country: string | null;
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
  maxUnsaved: 5_000,
  reconnectFirstMs: 1_000,
  reconnectMaxMs: 60_000,
  throttlePauseMs: 200,
  patienceMs: 30_000,
  country: null,
} as const satisfies Partial<SmppOptions>;

/** What an operator must say, and may say. */
export type SmppSettings = Pick<SmppOptions, 'id' | 'name' | 'host' | 'port' | 'systemId' | 'password'> &
  Partial<SmppOptions>;
