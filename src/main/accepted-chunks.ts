// Where accepted messages go: to the dispatcher of this process, or by a notice to those of others.
import type { Dispatcher } from '#pipeline/dispatch-messages.ts';
import type { DispatchDesk } from '#pipeline/submit-campaign.ts';
import type { Database } from '#store/database/database.ts';
import { notify } from '#store/database/notices.ts';

export function deskOf(
  dispatcher: Dispatcher | null,
  database: Pick<Database, 'query'>,
  wake: () => void,
): DispatchDesk {
  if (dispatcher === null)
    return {
      owner: null,
      room: () => 0,
      take() {},
      wake: () => void notify(database.query, 'chunks').catch(() => {}),
    };
  return {
    owner: dispatcher.owner,
    room: () => dispatcher.room(),
    take: (chunk) => dispatcher.take(chunk),
    wake,
  };
}
