// The invoices and credit notes of an account, for its members. Used by the console.
import type { AccountAccess } from '#operations/access/access.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { findInvoice, listInvoices, type StoredInvoice } from '#store/money/invoices.ts';

export interface Invoices {
  /** Newest first. */
  list(
    access: AccountAccess,
    page: { readonly beforeId: number; readonly limit: number },
  ): Promise<readonly StoredInvoice[]>;
  /** Null: the account has no document with this number. */
  read(access: AccountAccess, number: string): Promise<StoredInvoice | null>;
}

export function createInvoices({ database: { query } }: Pick<Context, 'database'>): Invoices {
  return {
    list: async (access, page) =>
      listInvoices(query, { accountId: authorize(access, 'invoices.read').id, ...page }),
    async read(access, number) {
      const { id } = authorize(access, 'invoices.read');
      const found = await findInvoice(query, number);
      return found?.accountId === id ? found : null;
    },
  };
}
