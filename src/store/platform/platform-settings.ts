// What the platform remembers of itself: a few named values.
import type { Query } from '#store/database/database.ts';

/** What a segment of a campaign with replies costs above the rate card, in micros of a euro. */
export const replySurchargeKey = 'reply_surcharge_micros';

export async function readPlatformSetting<T>(query: Query, key: string): Promise<T | null> {
  const [row] = await query<{ value: T }>('select value from platform_settings where key = $1', [key]);
  return row?.value ?? null;
}

export async function writePlatformSetting(query: Query, key: string, value: unknown): Promise<void> {
  await query(
    `insert into platform_settings (key, value) values ($1, $2::jsonb)
     on conflict (key) do update set value = excluded.value`,
    [key, JSON.stringify(value)],
  );
}

/** What is written there; `fallback`, which is written, when there is nothing yet: the same for all who ask at once. */
export async function ensurePlatformSetting<T>(query: Query, key: string, fallback: T): Promise<T> {
  await query(
    'insert into platform_settings (key, value) values ($1, $2::jsonb) on conflict (key) do nothing',
    [key, JSON.stringify(fallback)],
  );
  return (await readPlatformSetting<T>(query, key))!;
}
