// Whether a customer hears of a receipt, a reply or an opt-out: at an address, or over a bind. Shared by the stages that
// enqueue callbacks.
import type { Account } from '#domain/account/account.ts';
import { isSetForAny } from '#domain/account/callback-urls.ts';
import type { DialectName } from '#domain/base/submission.ts';
import type { CallbackKind } from '#domain/delivery/callback.ts';
import { dialectsOverBinds } from '#store/database/codes.ts';

/** Over a bind the registered_delivery of the submission decides, when the callback is written. */
export function wantsCallback({ settings }: Account, dialect: DialectName, kind: CallbackKind): boolean {
  if (dialectsOverBinds.has(dialect)) return true;
  const { callbacks } = settings;
  switch (kind) {
    case 'receipt':
      return isSetForAny(callbacks, 'receiptUrl');
    case 'opt-out':
      return isSetForAny(callbacks, 'optOutUrl');
    case 'reply':
      return callbacks.replyUrl !== null;
  }
}
