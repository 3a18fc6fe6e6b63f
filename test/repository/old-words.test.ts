// The source contains no old identifier. Violations are planted as text, so that each rule is seen to find one.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  checkedFiles,
  countHints,
  countOldWords,
  glossaryWords,
  oldWordsIn,
} from '../../scripts/old-words.ts';

const words = glossaryWords();
const file = (text: string, path = 'src/lib/planted.ts') => [{ path, text }];

test('the source contains no old identifier', () => {
  const found = [...countOldWords(checkedFiles(), words)].map(([place, count]) => `${place} ${count}`);
  assert.deepEqual(found, [], 'Use the term of docs/glossary.md.');
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
