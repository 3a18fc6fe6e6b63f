// The calls of the operator, by subject. Part of contract.ts.
import { operatorAccountCalls } from './operator-accounts.ts';

export const operatorCalls = {
  ...operatorAccountCalls,
};
