// The calls of the operator, by subject. Part of contract.ts.
import { operatorAccountCalls } from './operator-accounts.ts';
import { operatorCarrierCalls } from './operator-carriers.ts';
import { operatorRateCalls } from './operator-rates.ts';
import { operatorTodoCalls } from './operator-todo.ts';

export const operatorCalls = {
  ...operatorAccountCalls,
  ...operatorCarrierCalls,
  ...operatorRateCalls,
  ...operatorTodoCalls,
};
