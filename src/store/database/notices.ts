// Notices between processes: they only wake and refresh; polling finds what a lost notice missed.
import { noticeStatement, type Query } from './database.ts';

export const noticeChannel = 'chappe';

/** A change, or waiting work. */
export type Notice = 'accounts' | 'carriers' | 'rates' | 'chunks' | 'callbacks';

export async function notify(query: Query, notice: Notice): Promise<void> {
  await query(noticeStatement, [noticeChannel, notice]);
}
