// The OVH dialect's services of past messages, implemented by operations. Used by the listeners.
import type { HistoryDesk, LookupDesk, OptOutDesk } from '#dialects/ovh/api/services.ts';
import { hideSent, listSent, readSent } from '#operations/reading/history.ts';
import { hideReceived, listReceived, readReceived } from '#operations/reading/inbox.ts';
import { orderLookups } from '#operations/reading/number-lookups/lookup-orders.ts';
import { findLookup, listLookups, readLookup } from '#store/recipients/lookup-orders.ts';
import { listOptOuts, readOptOut, removeOptOut } from '#store/recipients/opt-outs.ts';
import { findLookupConnector } from './connector-set.ts';
import type { Runtime } from './runtime.ts';

export function historyDeskOf(runtime: Runtime): HistoryDesk {
  return {
    listSent: (account, filter, isWanted) => listSent(runtime, account, filter, isWanted),
    readSent: (account, id, filter) => readSent(runtime, account, id, filter),
    hideSent: (account, id, filter) => hideSent(runtime, account, id, filter),
    listReceived: (account, filter) => listReceived(runtime, account, filter),
    readReceived: (account, id, filter) => readReceived(runtime, account, id, filter),
    hideReceived: (account, id, filter) => hideReceived(runtime, account, id, filter),
  };
}

export function optOutDeskOf({ database: { query }, clock }: Runtime): OptOutDesk {
  return {
    list: (account, filter) => listOptOuts(query, account, filter),
    read: (account, msisdn) => readOptOut(query, account, msisdn),
    remove: (account, msisdn) => removeOptOut(query, account, msisdn, clock.now()),
  };
}

/** Limit of ids in a list: the newest. */
const mostLookups = 250_000;

export function lookupDeskOf(runtime: Runtime): LookupDesk {
  const { query } = runtime.database;
  return {
    order: async (account, numbers) =>
      orderLookups(runtime, account, numbers, await findLookupConnector(runtime.database)),
    list: (account) => listLookups(query, account, mostLookups),
    read: (account, id) => readLookup(query, account, id),
    find: (account, msisdn) => findLookup(query, account, msisdn),
  };
}
