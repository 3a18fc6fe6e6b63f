// chappe news add | list | remove: news that the plug-ins of shops show to their users.
import { createNews } from '#operations/operator/news.ts';
import { type Command, requireText } from './command.ts';
import { withService } from './with-runtime.ts';

export const newsAdd: Command = {
  words: 'news add',
  summary: 'Publishes news for users of plug-ins, above earlier news.',
  options: {
    lang: { type: 'string', value: 'LL', help: 'language, two letters (fr)' },
    channel: { type: 'string', value: 'NAME', help: 'one plug-in only, such as woo or magento (all)' },
    title: { type: 'string', value: 'TEXT', help: 'one line' },
    text: { type: 'string', value: 'TEXT', help: 'the news' },
    author: { type: 'string', value: 'NAME', help: 'author (Chappe)' },
  },
  run: (call) =>
    withService(call, createNews, async (news, access) => {
      const id = await news.publish(access, {
        lang: call.text('lang') ?? 'fr',
        channel: call.text('channel') ?? null,
        title: requireText(call, 'title'),
        text: requireText(call, 'text'),
        author: call.text('author') ?? 'Chappe',
      });
      call.print({ id }, [`news ${id} published`]);
      return 0;
    }),
};

export const newsList: Command = {
  words: 'news list',
  summary: 'Lists the news, newest first.',
  options: {},
  run: (call) =>
    withService(call, createNews, async (news, access) => {
      const rows = (await news.list(access)).map(({ publishedAtMs, ...rest }) => ({
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
  summary: 'Removes news.',
  options: {},
  run: (call) =>
    withService(call, createNews, async (news, access) => {
      const id = call.positionals[0]!;
      await news.remove(access, id);
      call.print({ id: Number(id) }, [`news ${id} removed`]);
      return 0;
    }),
};
