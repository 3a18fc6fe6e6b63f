// Finds old identifiers in the source: names that docs/glossary.md replaces and words that it rejects. Used by
// test/repository/old-words.test.ts, which allows none, and by scripts/check.ts for hints on comments.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, readFiles, root, type SourceFile } from '../test/support/source-text.ts';

export interface OldWords {
  /** Whole identifiers, in lower case and without separators: `openFront` and `open-front` are `openfront`. */
  readonly names: ReadonlySet<string>;
  /** Parts of identifiers, in lower case and in the singular. */
  readonly parts: ReadonlySet<string>;
  /** Terms in code type: a term is right although it contains a rejected word (`inFlight`). */
  readonly terms: ReadonlySet<string>;
}

const fold = (name: string) => name.replace(/[-_]/g, '').toLowerCase();

/** The names in code type of "replaces", except new names after an arrow, and the unconditional words of "never say". */
export function readGlossary(text: string): OldWords {
  const names = new Set<string>();
  const parts = new Set<string>();
  const terms = new Set<string>();
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? line.split('|').map((cell) => cell.trim()) : [];
    const [, term, , replaces, neverSay] = cells;
    if (cells.length !== 6 || replaces === 'replaces' || replaces === '---') continue;
    for (const [, name] of term!.matchAll(/`(\w+)`/g)) terms.add(fold(name!));
    for (const group of replaces!.split(';')) {
      const [old] = group.split('→');
      for (const [, name] of old!.matchAll(/`(\w+)`/g)) names.add(fold(name!));
    }
    const unconditional = neverSay!.endsWith('(except in wire names)') ? '' : neverSay!;
    for (const word of unconditional.split(', ')) if (/^[a-z]+$/.test(word)) parts.add(singular(word));
  }
  return { names, parts, terms };
}

function singular(word: string): string {
  if (word.endsWith('ves')) return `${word.slice(0, -3)}f`;
  return word.length > 3 ? word.replace(/(?<!s)s$/, '') : word;
}

const identifier = /[A-Za-z_$][\w$]*/g;
const humps = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

/** Identifiers of TypeScript, of SQL without its comments, and the name of the file. */
function identifiersOf({ path, text }: SourceFile): string[] {
  const code = path.endsWith('.sql') ? text.replace(/--.*|'[^']*'/g, '') : codeOf(text);
  const stem = path.split('/').at(-1)!.split('.')[0]!;
  return [...(code.match(identifier) ?? []), stem.replaceAll('-', '_')];
}

/** The old words that an identifier contains: itself, or some of its parts. */
export function oldWordsIn(name: string, { names, parts, terms }: OldWords): string[] {
  if (terms.has(fold(name))) return [];
  if (names.has(fold(name))) return [name];
  return (name.match(humps) ?? [])
    .map((part) => singular(part.toLowerCase()))
    .filter((part) => parts.has(part));
}

/** Number of occurrences by `path word`. */
export function countOldWords(files: readonly SourceFile[], words: OldWords): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of files)
    for (const name of identifiersOf(file))
      for (const word of oldWordsIn(name, words)) {
        const key = `${file.path} ${word}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
  return counts;
}

/** The checked files: source, tests, tools and migrations. Tests plant old identifiers as text, which is not code. */
export function checkedFiles(): SourceFile[] {
  return readFiles('{src,test,bench,scripts}/**/*.ts', '*.ts', 'src/store/migrations/*.sql');
}

export function glossaryWords(): OldWords {
  return readGlossary(readFileSync(join(root, 'docs/glossary.md'), 'utf8'));
}

/** Comments with a word that the glossary rejects, by file: hints, since a word can have an ordinary meaning. */
export function countHints(files: readonly SourceFile[], { parts }: OldWords): Map<string, number> {
  const hints = new Map<string, number>();
  for (const { path, text } of files)
    for (const [comment] of text.matchAll(/(?<!:)\/\/.*|\/\*\*[\s\S]*?\*\//g)) {
      const found = (comment.match(/[a-z]+/gi) ?? []).filter((word) =>
        parts.has(singular(word.toLowerCase())),
      );
      if (found.length > 0) hints.set(path, (hints.get(path) ?? 0) + found.length);
    }
  return hints;
}
