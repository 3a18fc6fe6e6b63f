// Reads the repository as text, for the tests about the repository itself. Must never change a file.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const notOurs = ['node_modules/**', '**/node_modules/**', '.git/**', 'data/**', 'bench/out/**'];

export function readFiles(...patterns: string[]): SourceFile[] {
  return globSync(patterns, { cwd: root, exclude: notOurs, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const absolute = join(entry.parentPath, entry.name);
      const path = absolute.slice(root.length + 1).replaceAll('\\', '/');
      return { path, text: readFileSync(absolute, 'utf8') };
    });
}

/** Comments, strings, templates and regular expressions, each as one match. */
const notCode =
  /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\//g;

/** The text with spaces instead of everything that is not code; the content of ${...} in a template is code. */
export function codeOf(text: string): string {
  return text.replace(notCode, (match) => {
    const embedded = match.startsWith('`')
      ? [...match.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => code)
      : [];
    return `''${embedded.join(' ')}${match.replace(/[^\n]/g, '')}`;
  });
}

/** `path:line: match` for each match of the pattern. */
export function find(file: SourceFile, text: string, pattern: RegExp): string[] {
  const places: string[] = [];
  text.split('\n').forEach((line, index) => {
    const found = pattern.exec(line);
    if (found) places.push(`${file.path}:${index + 1}: ${found[0]}`);
  });
  return places;
}

/** The anchors of the headings of a page, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
