// A short message from a handset becomes durable; the carrier gets its answer after the commit.
// It is kept unlinked (account 0): which account it answers, its callbacks and the opt-out it may be are not served yet.
import type { CarrierReply } from '#domain/connector.ts';
import { isStop } from '#domain/opt-out.ts';
import { insertReply } from '#store/replies.ts';
import type { Context } from './context.ts';

export async function recordReply(
  context: Pick<Context, 'database'>,
  connectorId: number,
  reply: CarrierReply,
): Promise<void> {
  await insertReply(context.database.query, 0, {
    accountId: 0,
    connectorId,
    msisdn: reply.from,
    recipient: reply.to,
    text: reply.text,
    isOptOut: isStop(reply.text),
    messageId: null,
    campaignId: null,
    atMs: reply.atMs,
  });
}
