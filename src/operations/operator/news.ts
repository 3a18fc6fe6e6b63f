// The news that a plug-in shows to its users. Nobody has to say who they are to read it.

import type { Context } from '#pipeline/context.ts';
import { listNewsFor } from '#store/platform/news.ts';

export interface NewsItem {
  /** Two letters. */
  readonly lang: string;
  readonly title: string;
  readonly text: string;
  readonly author: string;
  readonly publishedAtMs: number;
}

const shownAtMost = 20;

/** `language` may be a locale, such as fr_FR. In that language when there are any, else in all. */
export async function readNews(
  context: Pick<Context, 'database'>,
  language: string,
  channel: string,
): Promise<NewsItem[]> {
  const lang = language.trim().slice(0, 2).toLowerCase();
  return listNewsFor(context.database.query, lang, channel.trim().toLowerCase(), shownAtMost);
}

/** News for the users of plug-ins. Reading them needs no access. */
export interface News {
  read(language: string, channel: string): Promise<readonly NewsItem[]>;
}

export function createNews(context: Pick<Context, 'database'>): News {
  return { read: (language, channel) => readNews(context, language, channel) };
}
