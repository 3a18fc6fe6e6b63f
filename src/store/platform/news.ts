// What the operator tells the users of plug-ins.
import type { Query } from '#store/database/database.ts';

export interface NewsItem {
  readonly id: number;
  /** Two letters. */
  readonly lang: string;
  /** The plug-in it is for; null: all of them. */
  readonly channel: string | null;
  readonly title: string;
  readonly text: string;
  readonly author: string;
  readonly publishedAtMs: number;
}

const columns = 'id, lang, channel, title, text, author, published_at as "publishedAtMs"';

export async function insertNews(query: Query, item: Omit<NewsItem, 'id'>): Promise<number> {
  const [row] = await query<{ id: number }>(
    `insert into news (lang, channel, title, text, author, published_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000)) returning id`,
    [item.lang, item.channel, item.title, item.text, item.author, item.publishedAtMs],
  );
  return row!.id;
}

/** False when there is none of this id. */
export async function deleteNews(query: Query, id: number): Promise<boolean> {
  const rows = await query('delete from news where id = $1 returning id', [id]);
  return rows.length > 0;
}

/** Newest first. */
export async function listNews(query: Query): Promise<NewsItem[]> {
  return query<NewsItem>(`select ${columns} from news order by published_at desc, id desc`);
}

/** The latest for a plug-in: in its language or, when there are none, in any. */
export async function listNewsFor(
  query: Query,
  lang: string,
  channel: string,
  limit: number,
): Promise<NewsItem[]> {
  return query<NewsItem>(
    `with meant as (select ${columns} from news where channel is null or channel = $2)
     select * from meant where lang = $1 or not exists (select from meant where lang = $1)
     order by "publishedAtMs" desc, id desc limit $3`,
    [lang, channel, limit],
  );
}
