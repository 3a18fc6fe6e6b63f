// Canned texts of an account, for answers in its inbox: listed, saved by name, removed. Used by the console.
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type CannedText,
  deleteCannedText,
  listCannedTexts,
  saveCannedText,
} from '#store/recipients/canned-texts.ts';

export interface CannedTexts {
  /** By name. */
  list(access: AccountAccess): Promise<readonly CannedText[]>;
  /** Replaces the text of this name. False: the account has 200 others. */
  save(access: AccountAccess, name: string, text: string): Promise<boolean>;
  /** False for an unknown name. */
  remove(access: AccountAccess, name: string): Promise<boolean>;
}

const maxTexts = 200;

export function createCannedTexts({ database, clock }: Pick<Context, 'database' | 'clock'>): CannedTexts {
  const { query } = database;
  return {
    list: async (access) => listCannedTexts(query, authorize(access, 'inbox.read')),
    async save(access, name, text) {
      const account = authorize(access, 'inbox.write');
      const canned = { name, text, changedBy: access.actor.actor, changedAtMs: clock.now() };
      return saveCannedText(query, account, canned, maxTexts);
    },
    remove: async (access, name) => deleteCannedText(query, authorize(access, 'inbox.write'), name),
  };
}
