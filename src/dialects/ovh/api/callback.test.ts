// The callbacks of OVH's dialect in the form that their receivers read (test/wire/ovh/*.push).
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Account, type CallbackSettings, defaultSettings } from '#domain/account/account.ts';
import type { Callback, ReceiptCallback, ReplyCallback } from '#domain/delivery/callback.ts';
import { ovhCallbackChannel } from './callback.ts';

/** Facts that this dialect does not report. */
const unread = { returnPath: null, textStart: '', acceptedAtMs: 0 };

const wire = join(import.meta.dirname, '../../../../test/wire/ovh');
const host = 'https://customer.example';
const atMs = Date.UTC(2026, 10, 18, 9, 0, 5);

const urls = {
  receiptUrl: `${host}/sms?secret=s%C3%A9same`,
  optOutUrl: `${host}/stop`,
  replyUrl: `${host}/cgi?k=1`,
};

function accountWith(callbacks: Partial<CallbackSettings>): Account {
  return {
    settings: { ...defaultSettings, callbacks: { ...defaultSettings.callbacks, ...callbacks } },
  } as Account;
}

const receipt: ReceiptCallback = {
  kind: 'receipt',
  campaignId: 1,
  listName: null,
  messageId: 27814656,
  msisdn: 33601010101,
  status: 'delivered',
  error: null,
  costMicros: 50_000n,
  atMs,
  facts: { tag: null, userId: null, wasTaken: true, ...unread },
};

const reply: ReplyCallback = {
  kind: 'reply',
  replyId: 7,
  campaignId: 1,
  messageId: 27814656,
  msisdn: 33601010101,
  to: '38200',
  text: 'Oui',
  atMs,
};

/** What stands in the second line of a fixture. */
function callbackOf({ tag, wasTaken, ...told }: Record<string, unknown>): Callback {
  const facts = { tag: tag ?? null, userId: null, wasTaken: wasTaken ?? true, ...unread };
  return { ...(told['kind'] === 'receipt' ? receipt : reply), ...told, facts } as Callback;
}

for (const name of readdirSync(wire).filter((file) => file.endsWith('.push')))
  test(`wire: ${name}`, () => {
    const lines = readFileSync(join(wire, name), 'utf8').trimEnd().split('\n');
    const [, told] = lines.filter((line) => line.startsWith('#'));
    const [start, ...rest] = lines.filter((line) => line.startsWith('>')).map((line) => line.slice(2));
    const { method, url, contentType, body } = ovhCallbackChannel.prepare(
      accountWith(urls),
      callbackOf(JSON.parse(told!.slice(2))),
    )!;
    assert.equal(`${method} ${url.slice(host.length)}`, start);
    assert.deepEqual(method === 'GET' ? [] : [`content-type: ${contentType}`, '', body], rest);
    if (method === 'GET') assert.equal(body, '');
  });

test('the query of an address stays, and the members of the callback follow it', () => {
  const query = fc.dictionary(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.string({ unit: 'grapheme' }),
    {
      maxKeys: 4,
    },
  );
  fc.assert(
    fc.property(query, fc.constantFrom('', '#top', '&'), (kept, end) => {
      const asked = new URLSearchParams(kept);
      const account = accountWith({ receiptUrl: `${host}/?${asked}${end}` });
      const { url } = ovhCallbackChannel.prepare(account, receipt)!;
      const read = [...new URL(url).searchParams];
      assert.deepEqual(read.slice(0, asked.size), [...asked]);
      assert.deepEqual(
        read.slice(asked.size).map(([name]) => name),
        ['id', 'ptt', 'date', 'description', 'descriptionDlr', 'dlr'],
      );
    }),
  );
});

test('each address of the sending user takes precedence over the account’s', () => {
  const userUrls = { 5: { receiptUrl: `${host}/user`, optOutUrl: null } };
  const account = accountWith({ ...urls, userUrls });
  const sentBy = (userId: number) => ({ facts: { tag: null, userId, wasTaken: true, ...unread } });
  const address = (callback: Callback) => ovhCallbackChannel.addressOf(account, callback);
  assert.equal(address({ ...receipt, ...sentBy(5) }), `${host}/user`);
  assert.equal(address({ ...receipt, ...sentBy(6) }), urls.receiptUrl);
  assert.equal(address({ ...reply, kind: 'opt-out', ...sentBy(5) }), urls.optOutUrl);
  assert.equal(address({ ...reply, ...sentBy(5) }), urls.replyUrl);
  const alone = accountWith({ userUrls });
  assert.match(ovhCallbackChannel.prepare(alone, { ...receipt, ...sentBy(5) })!.url, /\/user\?id=/);
  assert.equal(ovhCallbackChannel.prepare(alone, { ...receipt, ...sentBy(6) }), null);
});

test('a STOP without a known SMS has the id of the STOP', () => {
  const request = ovhCallbackChannel.prepare(accountWith(urls), {
    ...reply,
    kind: 'opt-out',
    messageId: null,
  });
  assert.equal(new URL(request!.url).searchParams.get('id'), '7');
});
