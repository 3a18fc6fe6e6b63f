// What the commands about carriers need of the connector: the values that its options take. Used by the command line.
import { findTextProblem, readStatus, receiptStates, settableMeanings } from '#connectors/smpp/options.ts';

export const carrierOptions = { findTextProblem, readStatus, receiptStates, settableMeanings } as const;
