// Applications of OVH's dialect: what signs a call. Their secrets come and go sealed.
import type { Query, Statement } from './database.ts';

export interface Application {
  readonly id: number;
  /** Whose it is. */
  readonly accountId: number;
  readonly key: string;
  readonly sealedSecret: Buffer;
  readonly name: string;
  readonly description: string;
}

export type NewApplication = Omit<Application, 'id'>;

const columns = `id, account_id as "accountId", key, sealed_secret as "sealedSecret", name, description`;

export async function insertApplication(
  query: Query,
  { accountId, key, sealedSecret, name, description }: NewApplication,
  nowMs: number,
): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into applications (account_id, key, sealed_secret, name, description, created_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000)) returning id`,
    [accountId, key, sealedSecret, name, description, nowMs],
  );
  return row!.id;
}

const findStatement: Statement = {
  name: 'find_application',
  text: `select ${columns} from applications where key = $1 and deleted_at is null`,
};

export async function findApplication(query: Query, key: string): Promise<Application | null> {
  const [row] = await query<Application>(findStatement, [key]);
  return row ?? null;
}
