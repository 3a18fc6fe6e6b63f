// The npm package: `npm pack` in a copy of the checkout gives JavaScript that serves and sends from a folder `node_modules`,
// where Node strips no types, with the locked versions and without packages of the browser or of the build.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root, run, serve, temporaryFolder } from '../support/black-box.ts';

const folder = temporaryFolder();
const checkout = join(folder.path, 'checkout');
const modules = join(folder.path, 'node_modules');
const installed = join(modules, 'chappe');
const omitted = /^(\.git|node_modules|data|dist|bench\/out)$/;

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** Packs a copy, because `npm pack` exchanges package.json for a moment, and other tests run in the checkout. */
before(() => {
  cpSync(root, checkout, { recursive: true, filter: (file) => !omitted.test(relative(root, file)) });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', folder.path], { cwd: checkout });
  mkdirSync(installed, { recursive: true });
  const [tarball] = readdirSync(folder.path).filter((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['xzf', join(folder.path, tarball!), '--strip-components=1'], { cwd: installed });
  // As npm installs them, but from this machine: a test asks no registry.
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!name.startsWith('.') && name !== 'chappe')
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
});
after(() => folder.remove());

describe('the npm package', () => {
  test('has JavaScript, the lock file and the licence, and no source, test or package of the browser', () => {
    assert.deepEqual(
      [
        'dist/cli/cli.js',
        'npm-shrinkwrap.json',
        'LICENSE',
        'rates/rate-card.csv',
        'console/dist/index.html',
        'src',
        'test',
      ].map((name) => existsSync(join(installed, name))),
      [true, true, true, true, true, false, false],
    );
    const { dependencies, devDependencies } = readJson(join(installed, 'package.json')) as {
      dependencies: Record<string, string>;
      devDependencies?: unknown;
    };
    assert.equal(devDependencies, undefined);
    assert.equal(dependencies['fastify'] !== undefined, true);
    assert.deepEqual(
      ['react', 'vite', '@mantine/core'].filter((name) => dependencies[name] !== undefined),
      [],
    );
    const lock = readJson(join(installed, 'npm-shrinkwrap.json')) as { packages: Record<string, object> };
    assert.deepEqual(
      Object.keys(dependencies).filter((name) => lock.packages[`node_modules/${name}`] === undefined),
      [],
    );
    assert.equal(readFileSync(join(installed, 'npm-shrinkwrap.json'), 'utf8').includes('"resolved"'), false);
  });

  test('leaves the checkout as it was', () => {
    assert.deepEqual(readJson(join(checkout, 'package.json')), readJson(join(root, 'package.json')));
    assert.deepEqual(
      ['dist', 'npm-shrinkwrap.json', 'package.json.checkout'].filter((name) =>
        existsSync(join(checkout, name)),
      ),
      [],
    );
  });

  test('serves and sends from node_modules', async () => {
    const here = { dataDir: join(folder.path, 'data') };
    const packaged = join(installed, 'bin/chappe.mjs');
    const serving = await serve(here, [process.execPath, packaged, 'serve']);
    const args = ['send', '--to', '+33601020304', '--text', 'Hello', '--sender', 'Chappe', '--wait'];
    const { status, stdout } = await run(process.execPath, [packaged, ...args], here);
    assert.equal(status, 0);
    assert.match(stdout, /delivered/);
    assert.equal(await serving.end('SIGTERM'), 0);
  });
});
