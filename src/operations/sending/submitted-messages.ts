// Messages of a submission by its id: their state, and their cancellation before a carrier has them. Used by the SMPP dialect. The
// id of a part of a text names the whole text. Never shows or changes a message of another account.
import type { Account } from '#domain/account/account.ts';
import { foldAddress } from '#domain/recipients/conversation.ts';
import { readMsisdn } from '#gsm/msisdn.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import { type Cancellation, cancelCampaign } from '#pipeline/cancel-campaign.ts';
import type { Context } from '#pipeline/context.ts';
import {
  listPendingSubmissions,
  readSubmissionState,
  type SubmissionState,
} from '#store/campaigns/submission-states.ts';
import type { Query } from '#store/database/database.ts';
import { findSubmittedPart } from '#store/pipeline/submitted-parts.ts';

export interface SubmittedMessages {
  /** Null if the account has no such submission from this sender. An empty sender stands for every one. */
  find(access: AccountAccess, id: number, sender: string): Promise<SubmissionState | null>;
  /** All messages of the submission, or none. */
  cancel(access: AccountAccess, id: number, sender: string): Promise<Cancellation>;
  /** Cancels what is pending from this sender to this number. Returns the number of submissions. */
  cancelAll(access: AccountAccess, sender: string, number: string): Promise<number>;
}

export function createSubmittedMessages(context: Pick<Context, 'database' | 'clock'>): SubmittedMessages {
  const { query } = context.database;

  async function findOf(account: Account, id: number, sender: string): Promise<SubmissionState | null> {
    const part = await findSubmittedPart(query, account, id);
    if (part?.campaignId === null) return waitingPart(id);
    const state = await readSubmissionState(query, account, part?.campaignId ?? id);
    return state !== null && isFrom(state, sender) ? state : null;
  }

  return {
    find: async (access, id, sender) => findOf(authorize(access, 'pending-messages.read'), id, sender),
    async cancel(access, id, sender) {
      const account = authorize(access, 'pending-messages.cancel');
      const state = await findOf(account, id, sender);
      if (state === null) return 'unknown';
      return cancelCampaign(context, account, state.campaignId);
    },
    async cancelAll(access, sender, number) {
      const account = authorize(access, 'pending-messages.cancel');
      const read = readMsisdn(number, account.settings.defaultCountry);
      if (!read.ok) return 0;
      return cancelEach(query, account, sender, read.msisdn);
    },
  };

  async function cancelEach(read: Query, account: Account, sender: string, msisdn: number): Promise<number> {
    let cancelled = 0;
    const pending = await listPendingSubmissions(read, account, msisdn, context.clock.now());
    for (const state of pending)
      if (isFrom(state, sender) && (await cancelCampaign(context, account, state.campaignId)) === 'cancelled')
        cancelled++;
    return cancelled;
  }
}

function isFrom(
  { sender, writtenSender }: Pick<SubmissionState, 'sender' | 'writtenSender'>,
  asked: string,
): boolean {
  if (asked === '' || asked === writtenSender) return true;
  return sender !== null && foldAddress(asked) === foldAddress(sender);
}

/** A part of a text without its other parts. */
function waitingPart(campaignId: number): SubmissionState {
  return {
    campaignId,
    sender: null,
    writtenSender: null,
    messages: [{ status: 'accepted', error: null, doneAtMs: null }],
  };
}
