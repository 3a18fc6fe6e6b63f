// Comments cite documents of the repository, and the cited files and headings exist.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { anchorsOf, readFiles, root, type SourceFile } from '../support/source-text.ts';

/** `docs/dialects/octopush.md#mail-to-sms`, or a decision by the beginning of its file name: `docs/decisions/0006`. */
const citation = /\bdocs\/[\w./-]*[\w-](?:#[\w-]+)?/g;

function brokenCitations({ path, text }: SourceFile): string[] {
  return [...text.matchAll(citation)]
    .map(([cited]) => cited)
    .flatMap((cited) => {
      const [file, anchor] = cited.split('#');
      const isDecision = /^docs\/decisions\/\d{4}$/.test(file!);
      if (isDecision)
        return decisions.some((name) => name.startsWith(`${file}-`)) ? [] : [`${path}: ${cited}`];
      const absolute = join(root, file!);
      const isThere = existsSync(absolute);
      if (isThere && anchor === undefined) return [];
      const hasHeading = isThere && anchorsOf(readFileSync(absolute, 'utf8')).has(anchor!);
      return hasHeading ? [] : [`${path}: ${cited}`];
    });
}

const decisions = readFiles('docs/decisions/*.md').map(({ path }) => path);
const own = 'test/repository/citations.test.ts';

test('every document that the source cites exists, with the heading that is cited', () => {
  const files = readFiles(
    '{src,test,bench,scripts,bin}/**/*.{ts,mjs,sql}',
    'test/wire/**/*.{http,push,smtp}',
    '*.ts',
  );
  assert.deepEqual(files.filter(({ path }) => path !== own).flatMap(brokenCitations), []);
});

test('no file cites notes that are not part of the repository', () => {
  const files = readFiles('{src,test,bench,scripts,bin}/**/*.{ts,mjs,sql,http,push,smtp}', 'docs/**/*.md');
  const citesNotes = ({ text }: SourceFile) => /protocols[/]|seeds? 00[0-9]/.test(text);
  assert.deepEqual(
    files.filter(citesNotes).map(({ path }) => path),
    [],
  );
});

const examples: readonly (readonly [string, boolean])[] = [
  ['docs/dialects/octopush.md', true],
  ['docs/dialects/nowhere.md', false],
  ['docs/style.md#comments', true],
  ['docs/style.md#no-such-heading', false],
  ['docs/nowhere.md#comments', false],
  ['docs/decisions/0006', true],
  ['docs/decisions/9999', false],
  ['(docs/decisions/0006-messages-in-doubt.md).', true],
];

for (const [cited, resolves] of examples)
  test(`the citation ${cited} ${resolves ? 'resolves' : 'is broken'}`, () => {
    assert.equal(brokenCitations({ path: 'planted', text: `// See ${cited}` }).length, resolves ? 0 : 1);
  });

/** A comment names the index that serves a statement: `// Index callbacks_due.` */
const indexComment = /\b[Ii]ndex(?:es)? ([a-z]+_[a-z_]+)(?:(?:,| and) ([a-z]+_[a-z_]+))?/g;

function namedIndexes({ text }: SourceFile): string[] {
  return [...text.matchAll(indexComment)].flatMap(([, ...names]) => names.filter(Boolean) as string[]);
}

test('every index that a comment names is in the schema', () => {
  const schema = readFiles('src/store/migrations/*.sql').map(({ text }) => text);
  const created = new Set(
    schema.flatMap((text) =>
      [...text.matchAll(/(?:create (?:unique )?index|constraint) ([a-z_]+)/g)].map((match) => match[1]!),
    ),
  );
  const named = readFiles('src/**/*.ts').flatMap((file) =>
    namedIndexes(file).map((name) => ({ path: file.path, name })),
  );
  assert.ok(named.length >= 20, `only ${named.length} comments name an index`);
  assert.deepEqual(
    named.filter(({ name }) => !created.has(name)),
    [],
  );
});

test('the names of indexes are found in comments', () => {
  const text = '// Index callbacks_due.\n  // Indexes a_due and b_owned.\nconst index = callbacks_due;';
  assert.deepEqual(namedIndexes({ path: '', text }), ['callbacks_due', 'a_due', 'b_owned']);
});
