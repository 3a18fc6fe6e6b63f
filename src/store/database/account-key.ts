// The two parameters that name an account in a statement on rows of accounts. Used by every file of src/store with such
// statements.
import type { AccountKey } from '#domain/account/account.ts';
import { int2, int4 } from './columns.ts';

/** Spread it into `params`. */
export const accountParams = { bucket: int2, accountId: int4 };

/** The values of `accountParams`. */
export function valuesOf({ bucket, id }: AccountKey): {
  readonly bucket: number;
  readonly accountId: number;
} {
  return { bucket, accountId: id };
}
