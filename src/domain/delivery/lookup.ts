// Look-up of a number at a carrier (HLR): the facts and the outcome. Used by the look-up services and by connectors with
// look-ups. An outcome is data: a connector never throws for an answer of a carrier.

/** Facts about a number. Null: the carrier does not report it. */
export interface NumberFacts {
  readonly isValid: boolean;
  readonly networkName: string | null;
  /** Mobile country code and mobile network code, as digits: they may begin with zeros. */
  readonly mcc: string | null;
  readonly mnc: string | null;
  readonly isReachable: boolean | null;
  readonly isPorted: boolean | null;
  readonly portedAtMs: number | null;
  /** The network that first assigned the number. */
  readonly originalNetwork: { readonly name: string; readonly mcc: string; readonly mnc: string } | null;
}

export type LookupOutcome =
  | { readonly kind: 'found'; readonly facts: NumberFacts }
  /** No answer. Nothing is charged. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface LookupConnector {
  readonly name: string;
  /** E.164 digits as a number, and its ISO 3166 country. */
  look(msisdn: number, country: string): Promise<LookupOutcome>;
}

/** A paid look-up. It is made when the carrier has capacity. */
export interface OrderedLookup {
  readonly id: number;
  readonly msisdn: number;
  readonly country: string;
  readonly status: 'waiting' | 'done' | 'failed';
  /** Number of requests to a carrier. */
  readonly tries: number;
  /** Null until it is done. */
  readonly facts: NumberFacts | null;
  readonly orderedAtMs: number;
}
