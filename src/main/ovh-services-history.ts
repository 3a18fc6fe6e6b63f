// What OVH's dialect may ask of the house about the past, answered by operations. Serves the doors.
import type { HistoryDesk, LookupDesk, OptOutDesk } from '#dialects/ovh/api/services.ts';
import { hideSent, listSent, readSent } from '#operations/reading/history.ts';
import { hideReceived, listReceived, readReceived } from '#operations/reading/inbox.ts';
import { orderLookups, workLookups } from '#operations/reading/number-lookups/lookup-orders.ts';
import { findLookup, listLookups, readLookup } from '#store/recipients/lookup-orders.ts';
import { listOptOuts, readOptOut, removeOptOut } from '#store/recipients/opt-outs.ts';
import { findLookupConnector } from './lookup-connector.ts';
import type { Engine } from './runtime.ts';

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

/** Ids a list has at most: the newest. */
const mostLookups = 250_000;

export interface LookupOffice {
  readonly desk: LookupDesk;
  /** Asks for what was ordered. */
  work(): Promise<void>;
}

export function openLookupOffice(
  engine: Engine,
  processId: number,
  buckets: () => readonly number[],
): LookupOffice {
  const { query } = engine.database;
  return {
    desk: {
      order: async (account, numbers) =>
        orderLookups(engine, account, numbers, await findLookupConnector(query)),
      list: (account) => listLookups(query, account, mostLookups),
      read: (account, id) => readLookup(query, account, id),
      find: (account, msisdn) => findLookup(query, account, msisdn),
    },
    async work() {
      const connector = await findLookupConnector(query);
      if (connector !== null) await workLookups(engine, { processId, connector, buckets: buckets() });
    },
  };
}
