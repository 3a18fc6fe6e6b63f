// The calls of the operator, by subject. Part of contract.ts.
import { operatorAccountCalls } from './operator-accounts.ts';
import { operatorCarrierCalls } from './operator-carriers.ts';

export const operatorCalls = {
  ...operatorAccountCalls,
  ...operatorCarrierCalls,
};
