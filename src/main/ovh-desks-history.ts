// What OVH's dialect may ask of the house about the past, answered by operations. Serves the doors.
import type { HistoryDesk, OptOutDesk } from '#dialects/ovh/desks.ts';
import { hideSent, listSent, readSent } from '#operations/read-history.ts';
import { hideReceived, listReceived, readReceived } from '#operations/read-received.ts';
import { listOptOuts, readOptOut, removeOptOut } from '#store/opt-outs.ts';
import type { Engine } from './engine.ts';

export function historyDeskOf(engine: Engine): HistoryDesk {
  return {
    listSent: (account, filter, isWanted) => listSent(engine, account, filter, isWanted),
    readSent: (account, id, filter) => readSent(engine, account, id, filter),
    hideSent: (account, id, filter) => hideSent(engine, account, id, filter),
    listReceived: (account, filter) => listReceived(engine, account, filter),
    readReceived: (account, id, filter) => readReceived(engine, account, id, filter),
    hideReceived: (account, id, filter) => hideReceived(engine, account, id, filter),
  };
}

export function optOutDeskOf({ database: { query }, clock }: Engine): OptOutDesk {
  return {
    list: ({ bucket, id }, filter) => listOptOuts(query, bucket, id, filter),
    read: ({ bucket, id }, msisdn) => readOptOut(query, bucket, id, msisdn),
    remove: ({ bucket, id }, msisdn) => removeOptOut(query, bucket, id, msisdn, clock.now()),
  };
}
