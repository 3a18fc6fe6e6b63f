// The check for unused exports finds a planted one. scripts/check.ts runs it over the repository.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { checkUnusedExports } from '../../scripts/unused-exports.ts';

test('an export or type without an importer is found unless the list has it; a listed one in use is gone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chappe-exports-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('package.json', '{ "name": "planted", "type": "module", "imports": { "#*": "./src/*" } }');
  write('src/cli/cli.ts', "import { used, listed } from '#lib/planted.ts';\nconsole.log(used, listed);\n");
  const names = ['used', 'listed', 'planted'].map((name) => `export const ${name} = 1;`);
  write(
    'src/lib/planted.ts',
    [...names, 'export interface Planted {}', 'export const known = 2;'].join('\n'),
  );
  write(
    'test/repository/unused-exports.txt',
    '# head\nsrc/lib/planted.ts known\nsrc/lib/planted.ts listed\n',
  );
  const { added, gone } = checkUnusedExports(folder);
  assert.deepEqual(added, ['src/lib/planted.ts Planted', 'src/lib/planted.ts planted']);
  assert.deepEqual(gone, ['src/lib/planted.ts listed']);
});
