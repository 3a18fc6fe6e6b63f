// Finds exports without an importer by knip. Used by scripts/check.ts and its test; `--write` writes the list of those
// that remain. An export that only its own file uses counts as unused. Never changes a source file.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const listName = 'test/repository/unused-exports.txt';
const head =
  '# Exports without an importer: file, name. Written by scripts/unused-exports.ts --write; only shrinks.';

interface KnipIssue {
  readonly file: string;
  readonly exports?: readonly { name: string }[];
  readonly types?: readonly { name: string }[];
  readonly files?: readonly unknown[];
}

/** `path name`, sorted. Throws with knip's own report when it could not read the tree. */
export function findUnusedExports(folder: string): string[] {
  const knip = join(root, 'node_modules/knip/bin/knip.js');
  const config = join(root, 'knip.json');
  const args = [knip, '--directory', folder, '--config', config, '--include', 'exports,types'];
  const options = ['--reporter', 'json', '--no-progress', '--no-config-hints', '--no-exit-code'];
  const result = spawnSync(process.execPath, [...args, ...options], { cwd: folder, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`knip failed: ${result.stdout}${result.stderr}`);
  const { issues } = JSON.parse(result.stdout) as { issues: readonly KnipIssue[] };
  return issues
    .flatMap(({ file, exports = [], types = [] }) =>
      [...exports, ...types].map(({ name }) => `${file} ${name}`),
    )
    .sort();
}

export interface ExportsReport {
  readonly added: readonly string[];
  /** In the list and no longer unused. */
  readonly gone: readonly string[];
}

export function checkUnusedExports(folder: string): ExportsReport {
  const path = join(folder, listName);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const listed = new Set(lines.filter((line) => line !== '' && !line.startsWith('#')));
  const found = new Set(findUnusedExports(folder));
  return {
    added: [...found].filter((name) => !listed.has(name)),
    gone: [...listed].filter((name) => !found.has(name)),
  };
}

if (import.meta.main) {
  const isNew = !existsSync(join(root, listName));
  const { added } = checkUnusedExports(root);
  if (added.length > 0 && !isNew) {
    console.error(`The list only shrinks. Remove "export", or the code:\n${added.join('\n')}`);
    process.exitCode = 1;
  } else if (process.argv.includes('--write'))
    writeFileSync(join(root, listName), `${[head, ...findUnusedExports(root)].join('\n')}\n`);
}
