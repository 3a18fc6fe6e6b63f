// The signal on sizes sees what is large; it never fails a check.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { listSizes } from '../../scripts/sizes.ts';
import { root } from '../support/source-text.ts';

test('long files, long functions, many parameters and full folders are listed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chappe-sizes-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['src', 'src/full', 'bench', 'scripts'])
    mkdirSync(join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  symlinkSync(join(root, 'scripts/sizes-biome.json'), join(folder, 'scripts/sizes-biome.json'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('src/long.ts', 'export {};\n'.repeat(301));
  write('src/short.ts', 'export {};\n'.repeat(300));
  write('src/function.ts', `export function f() {\n${'  f();\n'.repeat(75)}}\n`);
  write('src/parameters.ts', 'export function f(a: 1, b: 1, c: 1, d: 1, e: 1) { return [a, b, c, d, e]; }\n');
  write('src/four.ts', 'export function f(a: 1, b: 1, c: 1, d: 1) { return [a, b, c, d]; }\n');
  for (let i = 0; i < 26; i++) write(`src/full/file-${i}.ts`, 'export {};\n');
  const lines = listSizes(folder).join('\n');
  assert.match(lines, /^src\/long\.ts: 301 lines$/m);
  assert.match(lines, /^src\/full: 26 files$/m);
  assert.match(lines, /^src\/function\.ts:1: .*too many lines/m);
  assert.match(lines, /^src\/parameters\.ts:1: .*5 parameters/m);
  assert.doesNotMatch(lines, /short|four/);
});
