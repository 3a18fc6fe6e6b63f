// The carrier for number look-ups. No connector kind supports them yet: as with messages, the simulated carrier replaces
// a missing one.
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import { simulatedLookup } from '#simulator/lookup.ts';
import type { Query } from '#store/database/database.ts';
import { listConnectors } from '#store/platform/carriers.ts';

/** Null if there is none. */
export async function findLookupConnector(query: Query): Promise<LookupConnector | null> {
  return (await listConnectors(query)).length === 0 ? simulatedLookup : null;
}
