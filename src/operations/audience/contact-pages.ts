// Contacts, lists and tags of an account for its members, in pages. Used by the console.
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  type ContactFilter,
  type ListedContact,
  type ListedGroup,
  listContactPage,
  listGroupPage,
  measureGroup,
} from '#store/recipients/contact-pages.ts';

export interface ContactPages {
  /** By number, from the first above `after`. */
  list(
    access: AccountAccess,
    filter: ContactFilter,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly ListedContact[]>;
  /** Newest first. */
  listGroups(
    access: AccountAccess,
    page: { readonly beforeId: number; readonly limit: number },
  ): Promise<readonly ListedGroup[]>;
  /** Null: the account has no such list or tag. */
  measure(
    access: AccountAccess,
    group: { readonly kind: 'list' | 'tag'; readonly name: string },
  ): Promise<{ readonly contacts: number; readonly sendable: number } | null>;
}

export function createContactPages({ database: { query } }: Pick<Context, 'database'>): ContactPages {
  return {
    list: async (access, filter, page) =>
      listContactPage(query, authorize(access, 'contacts.read'), filter, page),
    listGroups: async (access, page) => listGroupPage(query, authorize(access, 'contacts.read'), page),
    measure: async (access, group) => measureGroup(query, authorize(access, 'contacts.read'), group),
  };
}
