// The marks by which the console sees that an account has changed. Used by its event streams.
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { type LiveState, readLiveState } from '#store/campaigns/live-state.ts';

export interface LiveStates {
  /** `sinceCampaignId`: the newest campaign that the caller knows. */
  read(access: AccountAccess, sinceCampaignId: number): Promise<LiveState>;
}

export function createLiveStates({ database }: Pick<Context, 'database'>): LiveStates {
  return {
    read: async (access, sinceCampaignId) =>
      readLiveState(database.query, authorize(access, 'history.read'), sinceCampaignId),
  };
}
