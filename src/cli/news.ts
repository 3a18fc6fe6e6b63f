// chappe news add | list | remove: what the plug-ins of shops show to their users.
import { deleteNews, insertNews, listNews } from '#store/platform/news.ts';
import { type Command, requireText, UsageError } from './command.ts';
import { withRuntime } from './with-runtime.ts';

export const newsAdd: Command = {
  words: 'news add',
  summary: 'Publishes news for the users of plug-ins, on top of those before.',
  options: {
    lang: { type: 'string', value: 'LL', help: 'language, two letters (fr)' },
    channel: { type: 'string', value: 'NAME', help: 'one plug-in only, such as woo or magento (all)' },
    title: { type: 'string', value: 'TEXT', help: 'one line' },
    text: { type: 'string', value: 'TEXT', help: 'the news' },
    author: { type: 'string', value: 'NAME', help: 'who signs it (Chappe)' },
  },
  run: (call) =>
    withRuntime(call, async ({ database, clock }) => {
      const lang = (call.text('lang') ?? 'fr').toLowerCase();
      if (!/^[a-z]{2}$/.test(lang)) throw new UsageError(`--lang is "${lang}", but must have two letters`);
      const item = {
        lang,
        channel: call.text('channel')?.toLowerCase() || null,
        title: requireText(call, 'title'),
        text: requireText(call, 'text'),
        author: call.text('author') ?? 'Chappe',
        publishedAtMs: clock.now(),
      };
      const id = await insertNews(database.query, item);
      call.print({ id }, [`news ${id} published`]);
      return 0;
    }),
};

export const newsList: Command = {
  words: 'news list',
  summary: 'Lists the news, newest first.',
  options: {},
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const rows = (await listNews(database.query)).map(({ publishedAtMs, ...rest }) => ({
        ...rest,
        at: new Date(publishedAtMs).toISOString(),
      }));
      call.print(
        rows,
        rows.map((r) => `${String(r.id).padStart(5)}  ${r.at}  ${r.lang}  ${r.channel ?? 'all'}  ${r.title}`),
      );
      return 0;
    }),
};

export const newsRemove: Command = {
  words: 'news remove',
  positionals: ['ID'],
  summary: 'Takes news back.',
  options: {},
  run: (call) =>
    withRuntime(call, async ({ database }) => {
      const id = Number(call.positionals[0]);
      if (!Number.isSafeInteger(id) || id > 2 ** 31 - 1 || !(await deleteNews(database.query, id)))
        throw new UsageError(`there are no news ${call.positionals[0]}; see chappe news list`);
      call.print({ id }, [`news ${id} removed`]);
      return 0;
    }),
};
