// Constructs the recorders of receipts and replies. Used by the role `dispatch`, whose connectors receive them, and by the role
// `listeners` of a process without that role, which receives them by HTTP. A process has one recorder of each.
import { RecentSegments } from '#domain/delivery/recent-segments.ts';
import { followReplies } from '#pipeline/follow-replies.ts';
import { joinArrivedParts, joinOverdue } from '#pipeline/join-parts.ts';
import { createReceiptRecorder, type ReceiptRecorder } from '#pipeline/record-receipts.ts';
import { createReplyRecorder, type ReplyRecorder } from '#pipeline/record-reply.ts';
import { rememberedSegments } from './intervals.ts';
import type { RoleContext } from './role.ts';

export interface CarrierRecorders {
  readonly receipts: ReceiptRecorder;
  readonly replies: ReplyRecorder;
  readonly recent: RecentSegments;
}

type Needs = Pick<RoleContext, 'database' | 'clock' | 'log' | 'ports' | 'config'>;

export function createCarrierRecorders(context: RoleContext): CarrierRecorders {
  const recent = new RecentSegments(rememberedSegments);
  return {
    recent,
    replies: createReplies(context),
    receipts: createReceiptRecorder(context, context.ports, {
      recent,
      routing: () => context.connectorSet.readResending(),
    }),
  };
}

function createReplies({ ports, config, ...context }: Needs): ReplyRecorder {
  const forwardsMail = config.mailRelay !== null;
  return createReplyRecorder(context, ports, {
    stopShortCode: config.stopShortCode,
    joinArrivedParts,
    joinOverdue,
    followReplies: (query, recorded, nowMs) => followReplies(query, forwardsMail, recorded, nowMs),
  });
}
