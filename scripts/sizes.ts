// Lists files, functions, parameter lists and folders above the sizes of docs/style.md. Used by scripts/check.ts.
// Sizes are a signal: never fails a check.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const maxFileLines = 300;
const maxFolderFiles = 25;
const folders = ['src', 'bench', 'scripts'];

const isSource = (name: string) => name.endsWith('.ts') && !name.endsWith('.test.ts');

interface Diagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { path: string; start: { line: number } };
}

/** Functions above 70 lines and with more than four parameters, by biome with the limits of scripts/sizes-biome.json. */
function largeFunctions(root: string): string[] {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const config = join(root, 'scripts/sizes-biome.json');
  const args = ['lint', `--config-path=${config}`, '--max-diagnostics=none', '--reporter=json', '.'];
  const { stdout, stderr } = spawnSync(process.execPath, [biome, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const start = stdout.indexOf('{');
  if (start === -1) return [`biome listed no functions: ${stderr.trim()}`];
  const { diagnostics } = JSON.parse(stdout.slice(start)) as { diagnostics: readonly Diagnostic[] };
  return diagnostics
    .filter(({ category }) => category.startsWith('lint/complexity/'))
    .map(({ location, message }) => `${location.path}:${location.start.line}: ${message}`);
}

/** One line for each file, folder and function that is larger than its limit. */
export function listSizes(root: string): string[] {
  const lines: string[] = [];
  const directories = folders.flatMap((folder) => [
    folder,
    ...readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(root.length + 1)
          .replaceAll('\\', '/'),
      ),
  ]);
  for (const directory of directories) {
    const names = readdirSync(join(root, directory)).filter(isSource);
    if (names.length > maxFolderFiles) lines.push(`${directory}: ${names.length} files`);
    for (const name of names) {
      const count = readFileSync(join(root, directory, name), 'utf8').split('\n').length - 1;
      if (count > maxFileLines) lines.push(`${directory}/${name}: ${count} lines`);
    }
  }
  return [...lines, ...largeFunctions(root)];
}

if (import.meta.main) console.log(listSizes(join(import.meta.dirname, '..')).join('\n'));
