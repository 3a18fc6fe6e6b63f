import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from './account.ts';
import { changeReplies, type ReplyChange, replyKindOf, replyUrlOf } from './change-replies.ts';

/** Applies the changes one after the other; null if one is refused. */
function after(...changes: ReplyChange[]) {
  let settings: Parameters<typeof changeReplies>[0] = defaultSettings;
  for (const change of changes) {
    const next = changeReplies(settings, change);
    if (next === null) return null;
    settings = next;
  }
  return { kind: replyKindOf(settings), url: replyUrlOf(settings), stored: settings.callbacks.replyUrl };
}

const url = 'https://shop.example/';

test('either a callback, a text or nothing is active; the address of an inactive callback stays stored', () => {
  const cases: [ReplyChange[], ReturnType<typeof after>][] = [
    [[], { kind: 'none', url: null, stored: null }],
    [[{ kind: 'callback', url }], { kind: 'callback', url, stored: url }],
    [[{ url }], { kind: 'none', url, stored: null }],
    [[{ url }, { kind: 'callback' }], { kind: 'callback', url, stored: url }],
    [
      [
        { kind: 'callback', url },
        { kind: 'text', text: 'Thanks' },
      ],
      { kind: 'text', url, stored: null },
    ],
    [
      [{ kind: 'callback', url }, { kind: 'none' }, { kind: 'callback' }],
      { kind: 'callback', url, stored: url },
    ],
    [[{ kind: 'callback', url }, { url: null }], { kind: 'none', url: null, stored: null }],
    [[{ text: 'Thanks' }, { kind: 'text' }], { kind: 'text', url: null, stored: null }],
    [[{ kind: 'callback' }], null],
    [[{ kind: 'callback', url: null }], null],
    [[{ kind: 'text' }], null],
    [[{ kind: 'text', text: ' ' }], null],
    [[{ kind: 'text', text: 'Thanks' }, { text: null }], null],
  ];
  for (const [changes, expected] of cases)
    assert.deepEqual(after(...changes), expected, JSON.stringify(changes));
});
