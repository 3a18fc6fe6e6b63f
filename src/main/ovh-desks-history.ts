// What OVH's dialect may ask of the house about the past, answered by operations. Serves the doors.
import type { HistoryDesk } from '#dialects/ovh/desks.ts';
import { hideSent, listSent, readSent } from '#operations/read-history.ts';
import type { Engine } from './engine.ts';

export function historyDeskOf(engine: Engine): HistoryDesk {
  return {
    listSent: (account, filter, isWanted) => listSent(engine, account, filter, isWanted),
    readSent: (account, id, filter) => readSent(engine, account, id, filter),
    hideSent: (account, id, filter) => hideSent(engine, account, id, filter),
  };
}
