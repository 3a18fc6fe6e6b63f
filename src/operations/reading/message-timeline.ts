// Every step of a message with its time: accepted, priced, held until, submitted, reported, called back; or why not.

import type { Context } from '#pipeline/context.ts';
import { type MessageTimeline, readMessageFacts } from '#store/campaigns/message-timeline.ts';

/** Null when there is no such message. `accountId` null: the operator asks, who may see all. */
export async function readMessageTimeline(
  context: Pick<Context, 'database'>,
  messageId: number,
  accountId: number | null,
): Promise<MessageTimeline | null> {
  const facts = await readMessageFacts(context.database.query, messageId);
  if (facts === null || (accountId !== null && facts.accountId !== accountId)) return null;
  return facts;
}
