// The calls of the operator, by subject. Part of contract.ts.
import { operatorAccountCalls } from './operator-accounts.ts';
import { operatorCarrierCalls } from './operator-carriers.ts';
import { operatorOverviewCalls } from './operator-overview.ts';
import { operatorRateCalls } from './operator-rates.ts';
import { operatorSystemCalls } from './operator-system.ts';
import { operatorTodoCalls } from './operator-todo.ts';

export const operatorCalls = {
  ...operatorOverviewCalls,
  ...operatorAccountCalls,
  ...operatorCarrierCalls,
  ...operatorRateCalls,
  ...operatorSystemCalls,
  ...operatorTodoCalls,
};
