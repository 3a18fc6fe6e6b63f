// Announcements of the operator to users of plug-ins. Used by the news service and the plug-in dialect. No bucket.
import { instant, int4, nullable, text } from '#store/database/columns.ts';
import type { Query } from '#store/database/database.ts';
import { statement } from '#store/database/statement.ts';

export interface NewsItem {
  readonly id: number;
  /** Two letters. */
  readonly lang: string;
  /** The plug-in that shows it; null: all plug-ins. */
  readonly channel: string | null;
  readonly title: string;
  readonly text: string;
  readonly author: string;
  readonly publishedAtMs: number;
}

const item = { lang: text, channel: nullable(text), title: text, text, author: text, publishedAtMs: instant };
const columns = 'id, lang, channel, title, text, author, published_at as "publishedAtMs"';

const insert = statement('insert_news', {
  params: item,
  row: { id: int4 },
  text: (p) => `
insert into news (lang, channel, title, text, author, published_at)
values (${p.lang}, ${p.channel}, ${p.title}, ${p.text}, ${p.author}, ${p.publishedAtMs}) returning id`,
});

/** Returns its id. */
export async function insertNews(query: Query, news: Omit<NewsItem, 'id'>): Promise<number> {
  return (await insert.find(query, { ...news }))!.id;
}

const remove = statement('delete_news', {
  params: { id: int4 },
  row: { id: int4 },
  text: (p) => `delete from news where id = ${p.id} returning id`,
});

/** False if there is no item of this id. */
export async function deleteNews(query: Query, id: number): Promise<boolean> {
  return (await remove.find(query, { id })) !== null;
}

const listAll = statement('list_news', {
  params: {},
  row: { id: int4, ...item },
  text: () => `select ${columns} from news order by published_at desc, id desc`,
});

/** Newest first. */
export function listNews(query: Query): Promise<NewsItem[]> {
  return listAll.run(query, {});
}

const listForPlugin = statement('list_news_for', {
  params: { lang: text, channel: text, limit: int4 },
  row: { id: int4, ...item },
  text: (p) => `
with meant as (select ${columns} from news where channel is null or channel = ${p.channel})
select * from meant where lang = ${p.lang} or not exists (select 1 from meant where lang = ${p.lang})
order by "publishedAtMs" desc, id desc limit ${p.limit}`,
});

/** The latest for a plug-in, in its language; in all languages if there are none. */
export function listNewsFor(query: Query, lang: string, channel: string, limit: number): Promise<NewsItem[]> {
  return listForPlugin.run(query, { lang, channel, limit });
}
