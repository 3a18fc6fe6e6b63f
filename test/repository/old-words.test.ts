// Old identifiers do not come back: the source is compared with test/repository/old-words.txt, which only shrinks.
// Violations are planted as text, so that each rule is seen to catch one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import {
  checkedFiles,
  compare,
  countHints,
  countOldWords,
  glossaryWords,
  grownWords,
  listPath,
  oldWordsIn,
  readList,
  renderList,
} from '../../scripts/old-words.ts';

const words = glossaryWords();
const file = (text: string, path = 'src/lib/planted.ts') => [{ path, text }];

test('the source contains the old identifiers of the list, and no other', () => {
  const { added, gone } = compare(
    readList(readFileSync(listPath, 'utf8')),
    countOldWords(checkedFiles(), words),
  );
  assert.deepEqual(added, [], 'Use the term of docs/glossary.md.');
  assert.deepEqual(gone, [], 'Shrink the list: node bin/node.mjs scripts/old-words.ts --write');
});

const examples: readonly (readonly [string, readonly string[]])[] = [
  ['openFront', ['openFront']],
  ['withEngine', ['withEngine']],
  ['LegacyHouse', ['LegacyHouse']],
  ['contactDesk', ['desk']],
  ['ContactDesks', ['desk']],
  ['parkedShelves', ['shelf']],
  ['orphan_receipts', ['orphan_receipts']],
  ['orphanCount', ['orphan']],
  ['IMAPDoor', ['door']],
  ['FlightOptions', ['flight']],
  ['ChunkInHand', ['ChunkInHand']],
  ['desktop', []],
  ['phonebook', []],
  ['warehouse', []],
  ['splitIntoChunks', []],
  ['fenceProcess', []],
  ['inFlight', []],
];

for (const [name, expected] of examples)
  test(`${name} contains ${expected.length === 0 ? 'no old word' : expected.join(', ')}`, () => {
    assert.deepEqual(oldWordsIn(name, words), expected);
  });

test('a planted old identifier is found in code, SQL and file names, not in strings and comments', () => {
  assert.deepEqual(
    [...countOldWords(file('const desk = openFront(desk);'), words)],
    [
      ['src/lib/planted.ts desk', 2],
      ['src/lib/planted.ts openFront', 1],
    ],
  );
  assert.deepEqual([...countOldWords(file("// a desk\nconst text = 'desk';"), words)], []);
  const sql = file(
    "create table orphan_receipts ( -- desk\n note text default 'desk');",
    'src/store/planted.sql',
  );
  assert.deepEqual([...countOldWords(sql, words).values()], [1]);
  assert.deepEqual([...countOldWords(file('', 'src/lib/orphan-box.ts'), words).values()], [1]);
});

test('an identifier above its number in the list is added, one below is gone', () => {
  const listed = readList(
    renderList(
      new Map([
        ['src/a.ts desk', 2],
        ['src/b.ts door', 1],
      ]),
    ),
  );
  const found = new Map([
    ['src/a.ts desk', 3],
    ['src/c.ts wall', 1],
  ]);
  const { added, gone } = compare(listed, found);
  assert.deepEqual(added, [
    'src/a.ts desk: 2 in the list, 3 in the source',
    'src/c.ts wall: 0 in the list, 1 in the source',
  ]);
  assert.deepEqual(gone, ['src/b.ts door: 1 in the list, 0 in the source']);
});

test('the list follows a moved file and does not grow', () => {
  const listed = new Map([['src/a.ts desk', 2]]);
  assert.deepEqual(grownWords(listed, new Map([['src/moved/a.ts desk', 2]])), []);
  assert.deepEqual(
    grownWords(
      listed,
      new Map([
        ['src/a.ts desk', 1],
        ['src/b.ts desk', 2],
      ]),
    ),
    ['desk'],
  );
});

test('comments with rejected words are counted as hints', () => {
  const hints = countHints(
    file("// The desk and its door.\nconst url = 'http://desk';\n// A service."),
    words,
  );
  assert.deepEqual([...hints], [['src/lib/planted.ts', 2]]);
});

test('the glossary names metaphors and replaced names', () => {
  for (const part of ['house', 'desk', 'office', 'door', 'wall', 'shelf', 'flight', 'orphan', 'errand'])
    assert.ok(words.parts.has(part), part);
  for (const name of ['openfront', 'withengine', 'leavetraces', 'drawquotas', 'toopoor'])
    assert.ok(words.names.has(name), name);
  for (const name of ['registerroute', 'auditledger', 'outofcredit', 'chunk'])
    assert.ok(!words.names.has(name), name);
});
