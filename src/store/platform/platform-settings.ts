// Named values of the platform. Used by the surcharge for replies and by values that all processes share. No bucket.
import { json, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

/** Price of a segment of a campaign with replies in addition to the rate card, in micros of a euro. */
export const replySurchargeKey = 'reply_surcharge_micros';

/** The printed keys of the demo account. */
export const demoKey = 'demo';

const read = statement('read_platform_setting', {
  params: { key: text },
  row: { value: json<unknown>() },
  text: (p) => `select value from platform_settings where key = ${p.key}`,
});

/** Null if it was never written. The caller names the type that it wrote. */
export async function readPlatformSetting<T>(query: Query, key: string): Promise<T | null> {
  const row = await read.find(query, { key });
  return row === null ? null : (row.value as T | null);
}

const write = statement('write_platform_setting', {
  params: { key: text, value: json<unknown>() },
  text: (p) => `
insert into platform_settings (key, value) values (${p.key}, ${p.value})
on conflict (key) do update set value = excluded.value`,
});

export async function writePlatformSetting(query: Query, key: string, value: unknown): Promise<void> {
  await write.run(query, { key, value });
}

const insert = statement('insert_platform_setting', {
  params: { key: text, value: json<unknown>() },
  text: (p) => `
insert into platform_settings (key, value) values (${p.key}, ${p.value}) on conflict (key) do nothing`,
});

/** The stored value; stores and returns `fallback` if there is none. Concurrent callers get the same value. */
export async function ensurePlatformSetting<T>(query: Query, key: string, fallback: T): Promise<T> {
  await insert.run(query, { key, value: fallback });
  return (await readPlatformSetting<T>(query, key))!;
}
