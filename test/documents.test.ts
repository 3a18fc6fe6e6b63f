// The documents say what the code says: generated pages are fresh, tables equal their source, links lead somewhere.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { folders, pureLibrary } from '../import-rules.ts';
import { commandLinePage, renderCommandLinePage } from '../scripts/command-line-reference.ts';
import {
  renderSampleFile,
  renderSettingsPage,
  sampleFile,
  settingsPage,
} from '../scripts/settings-reference.ts';
import { type Fate, FateTable, fates } from '../src/simulator/fates.ts';
import { statusName } from '../src/smpp/protocol/status.ts';
import { anchorsOf, readFiles, root } from './support/source-text.ts';

const generated = [
  [settingsPage, renderSettingsPage, 'settings-reference'],
  [sampleFile, renderSampleFile, 'settings-reference'],
  [commandLinePage, renderCommandLinePage, 'command-line-reference'],
] as const;

for (const [path, render, script] of generated)
  test(`${path.slice(root.length + 1)} is what its generator writes`, () => {
    const fresh = `run: node bin/node.mjs scripts/${script}.ts --write`;
    assert.equal(readFileSync(path, 'utf8'), render(), fresh);
  });

/** The rows of the table in a page that begins with this heading. */
function tableBelow(page: string, heading: string): string[][] {
  const text = readFileSync(join(root, page), 'utf8');
  const start = text.indexOf(`\n${heading}\n`);
  assert.notEqual(start, -1, `${page} has a table ${heading}`);
  const [, , ...rows] = text.slice(start + 1).split('\n');
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows.slice(0, end).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (text: string) => text.replaceAll('`', '');

/** The folders that a cell of the import table lists; earlier rows are the folders above. */
function importsOf(cell: string, above: readonly string[]): readonly string[] {
  if (cell === 'nothing of ours') return [];
  if (cell === 'every folder above') return [...above].reverse();
  return cell
    .split(', ')
    .flatMap((entry) => (entry === 'pure `lib` files' ? pureLibrary : [code(entry)]))
    .map((entry) => (entry === 'lib/assert' ? `${entry}.ts` : entry));
}

test('docs/architecture.md shows the import rules as they are', () => {
  const rows = tableBelow(
    'docs/architecture.md',
    '| folder | responsibility | may import | must not contain |',
  );
  const shown = new Map<string, readonly string[]>();
  for (const [folder, , below] of rows) shown.set(code(folder!), importsOf(below!, [...shown.keys()]));
  for (const [folder, below] of Object.entries(folders))
    assert.deepEqual([...shown.get(folder)!].sort(), [...below].sort(), folder);
});

const fateTable = new FateTable();

function nameOf(fate: Fate): string {
  return Object.entries(fates).find(([, known]) => known === fate)![0];
}

test('the page of the simulated carrier lists the fate of every two digits', () => {
  const told = tableBelow('docs/simulated-carrier.md', '| digits | fate | what happens |');
  const fateTold = new Map<number, readonly string[]>();
  for (const [digits, name, what] of told) {
    const [first, last = first] = digits!.split('-').map(Number);
    for (let number = first!; number <= last!; number++) fateTold.set(number, [code(name!), what!]);
  }
  for (let number = 0; number < 100; number++) {
    const fate = fateTable.fateOf(`336010203${String(number).padStart(2, '0')}`);
    const [name, what] = fateTold.get(number)!;
    assert.equal(name, nameOf(fate), String(number));
    if (fate.stat !== null && Number.isFinite(fate.refusals)) assert.ok(what!.includes(fate.stat), what);
    if (fate.refusals > 0) assert.ok(what!.includes(statusName(fate.refusalStatus)), what);
    if (fate.afterMs > 0) assert.ok(what!.includes(`${fate.afterMs / 1000} s`), what);
    if (fate.reply !== null) assert.ok(what!.includes(`replies \`${fate.reply}\``), what);
  }
});

test('every link in a document leads to a file, and to a heading where it names one', () => {
  const broken: string[] = [];
  for (const { path, text } of readFiles('*.md', 'docs/**/*.md', 'bench/*.md', 'src/**/*.md'))
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [file, anchor] = target!.split('#');
      const wanted = file === '' ? join(root, path) : join(root, dirname(path), file!);
      const isThere = existsSync(wanted);
      const isHeading = !anchor || (isThere && anchorsOf(readFileSync(wanted, 'utf8')).has(anchor));
      if (!isThere || !isHeading) broken.push(`${path}: ${target}`);
    }
  assert.deepEqual(broken, []);
});
