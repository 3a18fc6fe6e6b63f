// Reads replies and opt-outs. For tests only.
import type { Query } from '../../src/store/database/database.ts';
import { findOptOuts } from '../../src/store/recipients/opt-outs.ts';
import type { Push } from './customer.ts';

export async function isOptedOut(query: Query, accountId: number, number: string): Promise<boolean> {
  return (await findOptOuts(query, { bucket: 0, id: accountId }, [Number(number)])).size === 1;
}

/** The phone and the text of an opt-out; null when it is something else. */
export function optOutOf({ fields, number }: Push): { number: string; text: string } | null {
  return 'stop_date' in fields ? { number, text: fields['text'] ?? '' } : null;
}
