// The carrier that looks numbers up. None of the connectors does yet: as with messages, the simulated carrier stands in
// while there is no other.
import type { LookupConnector } from '#domain/delivery/lookup.ts';
import { simulatedLookup } from '#simulator/lookup.ts';
import type { Query } from '#store/database/database.ts';
import { listConnectors } from '#store/platform/carriers.ts';

/** Null when there is none. */
export async function findLookupConnector(query: Query): Promise<LookupConnector | null> {
  return (await listConnectors(query)).length === 0 ? simulatedLookup : null;
}
