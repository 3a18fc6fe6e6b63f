// Applications of OVH's dialect: what signs a call. Their secrets come and go sealed.
import type { Query, Statement } from '#store/database/database.ts';

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

export async function listApplications(query: Query, accountId: number): Promise<number[]> {
  const rows = await query<{ id: number }>(
    'select id from applications where account_id = $1 and deleted_at is null order by id',
    [accountId],
  );
  return rows.map(({ id }) => id);
}

export async function readApplication(query: Query, id: number): Promise<Application | null> {
  const [row] = await query<Application>(
    `select ${columns} from applications where id = $1::bigint and deleted_at is null`,
    [id],
  );
  return row ?? null;
}

/** False when the account has none of this id. Its consumer keys stop working with it. */
export async function deleteApplication(
  query: Query,
  accountId: number,
  id: number,
  nowMs: number,
): Promise<boolean> {
  const rows = await query(
    `update applications set deleted_at = to_timestamp($3::float8 / 1000)
     where id = $2::bigint and account_id = $1 and deleted_at is null returning id`,
    [accountId, id, nowMs],
  );
  return rows.length > 0;
}
