// The handler of the operator's first page. Used by http-family.ts through operator-routes.ts.
import type { operatorOverviewCalls } from './contract/operator-overview.ts';
import type { ConsoleOptions } from './options.ts';
import { readToday } from './periods.ts';
import type { HandlersOf } from './registration.ts';
import { iso, renderQueues, renderTraffic } from './response.ts';

const mostAccounts = 10;

export function operatorOverviewHandlers({
  services,
  clock,
}: ConsoleOptions): HandlersOf<typeof operatorOverviewCalls> {
  const { overview, carriers } = services.operator;
  return {
    async 'operator.overview.read'({ access, parameters }) {
      const todayMs = readToday(parameters.today, clock.now());
      const read = await overview.read(access, todayMs, mostAccounts);
      const todo = await overview.countTodo(access);
      const links = await carriers.listStates(access);
      return {
        queues: renderQueues(read.queues),
        carriers: {
          usable: links.filter(({ state }) => state === 'usable').length,
          all: links.length,
          isSimulated: links.some(({ id }) => id === simulatorId),
        },
        todo,
        today: renderTraffic(read.today),
        lastHour: read.lastHour.map(({ atMs, messages }) => ({ at: iso(atMs), messages })),
        busiest: read.busiest.map(({ account: { serviceName, name, email }, today }) => ({
          account: serviceName,
          name: name || email,
          today: renderTraffic(today),
        })),
      };
    },
  };
}

const simulatorId = 0;
