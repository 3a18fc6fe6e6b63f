// How a customer changes what becomes of replies: nothing, a text that answers at once, or a callback. One of them holds;
// the address of the callback stands among the callbacks, where every dialect reads it.
import type { AccountSettings } from './account.ts';
import { changeCallbacks, keepPassword } from './callback-urls.ts';
import type { ReplyForward } from './reply-policy.ts';

export type ReplyKind = 'none' | 'text' | 'callback';

type Settings = Pick<AccountSettings, 'callbacks' | 'replyPolicy'>;

export function replyKindOf({ callbacks, replyPolicy }: Settings): ReplyKind {
  if (replyPolicy.answersWithText) return 'text';
  return callbacks.replyUrl === null ? 'none' : 'callback';
}

/** Where replies are told, or would be. */
export function replyUrlOf({ callbacks, replyPolicy }: Settings): string | null {
  return callbacks.replyUrl ?? replyPolicy.parkedUrl;
}

/** What is not named stays as it is. */
export interface ReplyChange {
  readonly kind?: ReplyKind;
  readonly url?: string | null;
  readonly text?: string | null;
  readonly forwards?: readonly ReplyForward[];
  readonly forwardSender?: string | null;
}

/** Null when there is no text to answer with, or no address to call. */
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
  // An address that is taken away takes the callback with it.
  const isOver = kind === 'callback' && url === null && change.kind !== 'callback';
  if (kind === 'text' && !replyPolicy.text?.trim()) return null;
  if (kind === 'callback' && url === null && !isOver) return null;
  const replyUrl = kind === 'callback' ? url : null;
  return { replyPolicy, callbacks: changeCallbacks(before.callbacks, { replyUrl }) };
}
