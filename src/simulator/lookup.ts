// The number look-up of the simulated carrier: the last two digits of a number decide the result, like the fate of a
// message (docs/simulated-carrier.md#look-ups). It knows no real subscriber.
import type { LookupConnector, NumberFacts } from '#domain/delivery/lookup.ts';

const network = { name: 'Chappe Simulated Network', mcc: '001', mnc: '01' };

const reachable: NumberFacts = {
  isValid: true,
  networkName: network.name,
  mcc: network.mcc,
  mnc: network.mnc,
  isReachable: true,
  isPorted: false,
  portedAtMs: null,
  originalNetwork: null,
};

const unknownNumber: NumberFacts = {
  isValid: false,
  networkName: null,
  mcc: null,
  mnc: null,
  isReachable: null,
  isPorted: null,
  portedAtMs: null,
  originalNetwork: null,
};

/** By the last two digits, consistent with the fates of messages; every other number is reachable. */
const factsByEnding: Readonly<Record<number, NumberFacts>> = {
  90: { ...reachable, isReachable: false },
  91: unknownNumber,
  92: { ...reachable, isReachable: false },
  93: { ...reachable, isReachable: null },
  94: {
    ...reachable,
    isPorted: true,
    portedAtMs: Date.UTC(2024, 0, 15),
    originalNetwork: { name: 'Chappe Former Network', mcc: '001', mnc: '02' },
  },
};

export const simulatedLookup: LookupConnector = {
  name: 'simulator',
  look: async (msisdn) =>
    msisdn % 100 === 95
      ? { kind: 'failed', reason: 'the simulated carrier does not answer look-ups of numbers in 95' }
      : { kind: 'found', facts: factsByEnding[msisdn % 100] ?? reachable },
};
