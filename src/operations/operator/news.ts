// News that plug-ins show to their users. Read without access by the legacy dialect; published by `chappe news`.
// Refuses, as OperatorRefusal: a language that is not two letters, unknown news.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import {
  deleteNews,
  insertNews,
  listNews,
  listNewsFor,
  type NewsItem as StoredNews,
} from '#store/platform/news.ts';

export interface NewsItem {
  /** Two letters. */
  readonly lang: string;
  readonly title: string;
  readonly text: string;
  readonly author: string;
  readonly publishedAtMs: number;
}

export type NewNews = Omit<StoredNews, 'id' | 'publishedAtMs'>;

export interface News {
  /**
   * The newest 20 for a plug-in, in its language or, when there are none, in any. `language` may be a locale such as fr_FR.
   * Needs no access.
   */
  read(language: string, channel: string): Promise<readonly NewsItem[]>;
  list(access: OperatorAccess): Promise<StoredNews[]>;
  /** Returns its id. */
  publish(access: OperatorAccess, item: NewNews): Promise<number>;
  remove(access: OperatorAccess, id: string): Promise<void>;
}

const shownAtMost = 20;
/** Ids are integers of PostgreSQL. */
const mostId = 2 ** 31 - 1;

export function createNews({ database, clock }: Pick<Context, 'database' | 'clock'>): News {
  return {
    read(language, channel) {
      const lang = language.trim().slice(0, 2).toLowerCase();
      return listNewsFor(database.query, lang, channel.trim().toLowerCase(), shownAtMost);
    },

    async list(access) {
      authorize(access, 'news.read');
      return listNews(database.query);
    },

    async publish(access, { lang: written, channel, ...item }) {
      authorize(access, 'news.write');
      const lang = written.toLowerCase();
      if (!/^[a-z]{2}$/.test(lang))
        throw new OperatorRefusal(`"${written}" is not a language; write two letters such as fr`);
      return database.transaction(async (query) => {
        const nowMs = clock.now();
        const news = { ...item, lang, channel: channel?.toLowerCase() || null, publishedAtMs: nowMs };
        const id = await insertNews(query, news);
        const after = { lang, channel: news.channel, title: item.title };
        await auditChange(query, access, { action: 'news.published', target: `news ${id}`, after }, nowMs);
        return id;
      });
    },

    async remove(access, written) {
      authorize(access, 'news.write');
      const id = Number(written);
      await database.transaction(async (query) => {
        if (!Number.isSafeInteger(id) || id > mostId || !(await deleteNews(query, id)))
          throw new OperatorRefusal(`there are no news ${written}; see chappe news list`);
        await auditChange(query, access, { action: 'news.removed', target: `news ${id}` }, clock.now());
      });
    },
  };
}
