import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CarrierReply } from '#domain/delivery/connector.ts';
import { type Answer, Joiner } from './joiner.ts';

function scene() {
  const handed: { text: string; saved: Answer }[] = [];
  const answers: string[] = [];
  const joiner = new Joiner((reply, saved) => handed.push({ text: reply.text, saved }), 60_000);
  const part = (text: string, number: number, total = 3, atMs = 0, from = 336, reference = 7) => {
    const reply: CarrierReply = { from, to: '36180', text, atMs };
    joiner.add(reply, { reference, total, part: number }, (ok) => answers.push(`${text} ${ok}`));
  };
  return { handed, answers, joiner, part };
}

test('parts are joined in their order, whatever order they came in, and all answered when the whole is saved', () => {
  const { handed, answers, part } = scene();
  part('c', 3);
  part('a', 1);
  assert.equal(handed.length, 0);
  part('b', 2);
  assert.equal(handed[0]!.text, 'abc');
  assert.deepEqual(answers, []);
  handed[0]!.saved(true);
  assert.deepEqual(answers, ['c true', 'a true', 'b true']);
});

test('a part that comes twice counts once and is answered twice', () => {
  const { handed, answers, part } = scene();
  part('a', 1, 2);
  part('a', 1, 2);
  part('b', 2, 2);
  handed[0]!.saved(false);
  assert.equal(handed.length, 1);
  assert.deepEqual(answers, ['a false', 'a false', 'b false']);
});

test('other phones, references and totals do not mix', () => {
  const { handed, part } = scene();
  part('a', 1, 2, 0, 336, 7);
  part('b', 2, 2, 0, 337, 7);
  part('c', 2, 2, 0, 336, 8);
  part('d', 2, 3, 0, 336, 7);
  assert.equal(handed.length, 0);
});

test('after a minute what is there is handed on', () => {
  const { handed, joiner, part } = scene();
  part('a', 1, 3, 0);
  part('c', 3, 3, 10_000);
  part('x', 1, 2, 30_000, 337);
  joiner.tick(59_999);
  assert.equal(handed.length, 0);
  joiner.tick(60_000);
  assert.deepEqual(
    handed.map(({ text }) => text),
    ['ac'],
  );
  joiner.tick(90_000);
  assert.equal(handed[1]!.text, 'x');
});

test('a whole of one part waits for nobody', () => {
  const { handed, part } = scene();
  part('a', 1, 1);
  assert.equal(handed.length, 1);
});
