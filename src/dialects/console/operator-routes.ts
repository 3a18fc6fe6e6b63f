// The handlers of the operator's calls, by subject. Used by http-family.ts.
import type { operatorCalls } from './contract/operator.ts';
import { operatorAccountHandlers } from './operator-accounts-routes.ts';
import { operatorCarrierHandlers } from './operator-carriers-routes.ts';
import { operatorOverviewHandlers } from './operator-overview-routes.ts';
import { operatorRateHandlers } from './operator-rates-routes.ts';
import { operatorSystemHandlers } from './operator-system-routes.ts';
import { operatorTodoHandlers } from './operator-todo-routes.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';

export function operatorHandlers(options: ConsoleOptions): HandlersOf<typeof operatorCalls> {
  return {
    ...operatorOverviewHandlers(options),
    ...operatorAccountHandlers(options),
    ...operatorCarrierHandlers(options),
    ...operatorRateHandlers(options),
    ...operatorSystemHandlers(options),
    ...operatorTodoHandlers(options),
  };
}
