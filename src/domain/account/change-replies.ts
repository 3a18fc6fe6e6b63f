// Changes the treatment of replies: nothing, an automatic answer, or a callback. Exactly one is active. The address of the
// callback is in the callback settings, which every dialect reads. Used by the services of accounts.
import type { AccountSettings } from './account.ts';
import { changeCallbacks, keepPassword } from './callback-urls.ts';
import type { ReplyForward } from './reply-policy.ts';

export type ReplyKind = 'none' | 'text' | 'callback';

type Settings = Pick<AccountSettings, 'callbacks' | 'replyPolicy'>;

export function replyKindOf({ callbacks, replyPolicy }: Settings): ReplyKind {
  if (replyPolicy.answersWithText) return 'text';
  return callbacks.replyUrl === null ? 'none' : 'callback';
}

/** The callback address for replies, active or not. */
export function replyUrlOf({ callbacks, replyPolicy }: Settings): string | null {
  return callbacks.replyUrl ?? replyPolicy.parkedUrl;
}

/** Absent fields do not change. */
export interface ReplyChange {
  readonly kind?: ReplyKind;
  readonly url?: string | null;
  readonly text?: string | null;
  readonly forwards?: readonly ReplyForward[];
  readonly forwardSender?: string | null;
}

/** Null without a text to answer with, or without an address to call. */
export function changeReplies(before: Settings, change: ReplyChange): Settings | null {
  const stored = replyUrlOf(before);
  const { kind = replyKindOf(before), url: written = stored, ...rest } = change;
  const url = keepPassword(written, stored);
  const replyPolicy = {
    ...before.replyPolicy,
    ...rest,
    answersWithText: kind === 'text',
    parkedUrl: kind === 'callback' ? null : url,
  };
  // Deleting the address disables the callback.
  const isOver = kind === 'callback' && url === null && change.kind !== 'callback';
  if (kind === 'text' && !replyPolicy.text?.trim()) return null;
  if (kind === 'callback' && url === null && !isOver) return null;
  const replyUrl = kind === 'callback' ? url : null;
  return { replyPolicy, callbacks: changeCallbacks(before.callbacks, { replyUrl }) };
}
