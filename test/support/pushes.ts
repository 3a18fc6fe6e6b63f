// Callbacks as they are on the wire, one file each (test/wire/<dialect>/*.push): its source, its facts, then the request
// byte for byte. For tests only.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Callback,
  HttpCallback,
  ReceiptCallback,
  ReplyCallback,
} from '../../src/domain/delivery/callback.ts';

const wire = join(import.meta.dirname, '../wire');

export interface RecordedPush {
  readonly name: string;
  readonly callback: Callback;
  readonly request: string;
}

/** Defaults of the second line of a fixture. */
const usual = { campaignId: 110000000021, messageId: 5, msisdn: 33601010101 };
const receipt: ReceiptCallback = {
  kind: 'receipt',
  ...usual,
  listName: null,
  status: 'delivered',
  error: null,
  costMicros: 55_000n,
  atMs: Date.UTC(2026, 5, 10, 9, 30, 5),
};
const reply: ReplyCallback = {
  kind: 'reply',
  ...usual,
  replyId: 7,
  to: '38200',
  text: 'Oui, à 9h + toi & moi',
  atMs: Date.UTC(2026, 0, 10, 9, 30, 5),
};

export function readPushes(dialect: string): RecordedPush[] {
  const files = readdirSync(join(wire, dialect)).filter((file) => file.endsWith('.push'));
  return files.map((name) => {
    const lines = readFileSync(join(wire, dialect, name), 'utf8')
      .trimEnd()
      .split('\n');
    const told = JSON.parse(lines[1]!.slice(2));
    const callback = { ...(told.kind === 'receipt' ? receipt : reply), ...told } as Callback;
    const request = lines
      .filter((line) => line.startsWith('>'))
      .map((line) => line.slice(2))
      .join('\n');
    return { name, callback, request };
  });
}

export function writtenPush({ url, contentType, body }: HttpCallback): string {
  const { pathname, search } = new URL(url);
  return [`POST ${pathname}${search}`, `content-type: ${contentType}`, '', body].join('\n');
}
