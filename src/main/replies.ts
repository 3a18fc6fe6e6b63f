// The recording of replies with what belongs to it: the joining of parts, and what follows from a reply.

import type { Context } from '#pipeline/context.ts';
import { followReplies } from '#pipeline/follow-replies.ts';
import { joinArrivedParts, joinOverdue } from '#pipeline/join-parts.ts';
import type { Ports } from '#pipeline/ports.ts';
import { createReplyRecorder, type ReplyRecorder } from '#pipeline/record-reply.ts';
import type { Config } from './config/settings.ts';

export function openReplies(
  context: Context,
  ports: Pick<Ports, 'carrierReplies'>,
  { stopShortCode, mailRelay }: Config,
): ReplyRecorder {
  const forwardsMail = mailRelay !== null;
  return createReplyRecorder(context, ports, {
    stopShortCode,
    joinArrivedParts,
    joinOverdue,
    followReplies: (query, recorded, nowMs) => followReplies(query, forwardsMail, recorded, nowMs),
  });
}
