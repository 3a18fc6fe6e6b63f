// Looking a number up at a carrier (HLR): what is asked and what comes back. The contract of the connectors that can.
// An outcome is data: a connector never throws for what a carrier does.

/** What a carrier knows of a number. Null where it does not say. */
export interface NumberFacts {
  readonly isValid: boolean;
  readonly networkName: string | null;
  /** Mobile country code and mobile network code, as digits: they may begin with zeros. */
  readonly mcc: string | null;
  readonly mnc: string | null;
  readonly isReachable: boolean | null;
  readonly isPorted: boolean | null;
  readonly portedAtMs: number | null;
  /** The network the number was given to first. */
  readonly originalNetwork: { readonly name: string; readonly mcc: string; readonly mnc: string } | null;
}

export type LookupOutcome =
  | { readonly kind: 'found'; readonly facts: NumberFacts }
  /** No answer now; nothing is charged for it. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface LookupConnector {
  readonly name: string;
  /** E.164 digits as a number, and its ISO 3166 country. */
  look(msisdn: number, country: string): Promise<LookupOutcome>;
}

/** A look-up that was ordered and paid, and is made when the carrier has time. */
export interface OrderedLookup {
  readonly id: number;
  readonly msisdn: number;
  readonly country: string;
  readonly status: 'waiting' | 'done' | 'failed';
  /** How often a carrier was asked. */
  readonly tries: number;
  /** Null until it is done. */
  readonly facts: NumberFacts | null;
  readonly orderedAtMs: number;
}
