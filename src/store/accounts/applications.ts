// Applications of OVH's dialect, which sign calls. Their secrets are stored sealed. Used by the OVH keys service.
// The table has no bucket: the account is named by its id alone.
import { bytes, instant, int4, int8, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface Application {
  readonly id: number;
  readonly accountId: number;
  readonly key: string;
  readonly sealedSecret: Buffer;
  readonly name: string;
  readonly description: string;
}

export type NewApplication = Omit<Application, 'id'>;

const applicationRow = {
  id: int4,
  accountId: int4,
  key: text,
  sealedSecret: bytes,
  name: text,
  description: text,
};
const columns = `id, account_id as "accountId", key, sealed_secret as "sealedSecret", name, description`;

const insert = statement('insert_application', {
  params: { accountId: int4, key: text, sealedSecret: bytes, name: text, description: text, now: instant },
  row: { id: int4 },
  text: (p) => `
insert into applications (account_id, key, sealed_secret, name, description, created_at)
values (${p.accountId}, ${p.key}, ${p.sealedSecret}, ${p.name}, ${p.description}, ${p.now}) returning id`,
});

/** Returns its id. */
export async function insertApplication(
  query: Query,
  application: NewApplication,
  nowMs: number,
): Promise<number> {
  return (await insert.find(query, { ...application, now: nowMs }))!.id;
}

const findByKey = statement('find_application', {
  params: { key: text },
  row: applicationRow,
  text: (p) => `select ${columns} from applications where key = ${p.key} and deleted_at is null`,
});

export function findApplication(query: Query, key: string): Promise<Application | null> {
  return findByKey.find(query, { key });
}

const listOfAccount = statement('list_applications', {
  params: { accountId: int4 },
  row: { id: int4 },
  text: (p) =>
    `select id from applications where account_id = ${p.accountId} and deleted_at is null order by id`,
});

/** Their ids, ascending. */
export async function listApplications(query: Query, accountId: number): Promise<number[]> {
  return (await listOfAccount.run(query, { accountId })).map(({ id }) => id);
}

const read = statement('read_application', {
  // Ids come from paths and can exceed an `integer`.
  params: { id: int8 },
  row: applicationRow,
  text: (p) => `select ${columns} from applications where id = ${p.id} and deleted_at is null`,
});

export function readApplication(query: Query, id: number): Promise<Application | null> {
  return read.find(query, { id });
}

const markDeleted = statement('delete_application', {
  params: { accountId: int4, id: int8, now: instant },
  row: { id: int4 },
  text: (p) => `
update applications set deleted_at = ${p.now}
where id = ${p.id} and account_id = ${p.accountId} and deleted_at is null returning id`,
});

/** False if the account has no application of this id. Its consumer keys stop working with it. */
export async function deleteApplication(
  query: Query,
  accountId: number,
  id: number,
  nowMs: number,
): Promise<boolean> {
  return (await markDeleted.find(query, { accountId, id, now: nowMs })) !== null;
}
