// Prepares the folder for `npm pack` and restores it afterwards. Node does not strip types below `node_modules`, so the package
// holds JavaScript in `dist`; the manifest in it lists no package that only the browser or a build needs. Used by the scripts
// `prepack` (build) and `postpack` (--restore). Never changes `src`.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const built = join(root, 'dist');
const manifestPath = join(root, 'package.json');
const lockPath = join(root, 'package-lock.json');
/** Name of a lock file that npm includes in a package: its installation has the versions of this repository. */
const packageLockPath = join(root, 'npm-shrinkwrap.json');
/** The manifest of the checkout while the trimmed one takes its place. */
const savedManifestPath = join(root, 'package.json.checkout');

/** Bundled into `console/dist` or needed to bundle it: 185 MB that an installation of the package does without. */
const browserPackages =
  /^(@fontsource|@fontsource-variable|@mantine|@tabler|@tanstack|@vitejs)\/|^(papaparse|react|react-dom|uplot|uqr|vite)$/;

interface Manifest {
  readonly scripts: Record<string, string>;
  readonly imports: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly [field: string]: unknown;
}

/** A specifier of one of our own files: relative, or by the subpath import `#`. */
const ownSpecifier = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])((?:\.{1,2}\/|#)[^'"\n]+)\.ts\2/g;

/** Returns JavaScript whose lines and columns are those of the TypeScript. */
export function toJavaScript(source: string): string {
  return stripTypeScriptTypes(source).replace(ownSpecifier, '$1$2$3.js$2');
}

/** Returns the manifest of the package: `#` names `dist`, and only a running installation's packages are listed. */
export function packageManifest(manifest: Manifest): Omit<Manifest, 'devDependencies'> {
  const { devDependencies: _development, allowScripts: _allowed, ...rest } = manifest;
  const dependencies = Object.entries(manifest.dependencies).filter(([name]) => !browserPackages.test(name));
  const { prepare: _prepare, prepack: _prepack, ...scripts } = manifest.scripts;
  return {
    ...rest,
    scripts: { start: scripts['start']!, postpack: scripts['postpack']! },
    imports: { '#*': './dist/*' },
    dependencies: Object.fromEntries(dependencies),
  };
}

function buildSource(): number {
  rmSync(built, { recursive: true, force: true });
  const files = globSync('src/**/*', { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of files) {
    const from = join(entry.parentPath, entry.name);
    if (/\.test\.ts$|\.md$/.test(from)) continue;
    const to = join(built, from.slice(join(root, 'src').length));
    mkdirSync(dirname(to), { recursive: true });
    if (from.endsWith('.ts'))
      writeFileSync(to.replace(/\.ts$/, '.js'), toJavaScript(readFileSync(from, 'utf8')));
    else copyFileSync(from, to);
  }
  return files.length;
}

/** Returns the lock file of the trimmed manifest: a part of ours, without a question to the registry. */
function packageLock(manifest: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'chappe-package-'));
  try {
    writeFileSync(join(folder, 'package.json'), manifest);
    copyFileSync(lockPath, join(folder, 'package-lock.json'));
    copyFileSync(join(root, '.npmrc'), join(folder, '.npmrc'));
    const args = ['install', '--package-lock-only', '--offline', '--ignore-scripts', '--loglevel=error'];
    execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return readFileSync(join(folder, 'package-lock.json'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function restore(): void {
  rmSync(packageLockPath, { force: true });
  if (existsSync(savedManifestPath)) renameSync(savedManifestPath, manifestPath);
  rmSync(built, { recursive: true, force: true });
}

/** The package cannot build the console: it has neither the sources nor the packages. */
function buildConsole(): void {
  execFileSync(process.execPath, [join(root, 'bin/build-console.mjs')], { stdio: ['ignore', 2, 2] });
  if (!existsSync(join(root, 'console/dist/index.html'))) throw new Error('the console was not built');
}

function prepare(): void {
  // An earlier build that was interrupted left the trimmed manifest.
  restore();
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest;
  const trimmed = `${JSON.stringify(packageManifest(manifest), null, 2)}\n`;
  const lock = packageLock(trimmed);
  buildConsole();
  const count = buildSource();
  copyFileSync(manifestPath, savedManifestPath);
  writeFileSync(packageLockPath, lock);
  writeFileSync(manifestPath, trimmed);
  console.error(`${count} files in dist; package.json is the package's until npm has packed it`);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { restore: { type: 'boolean' } } });
  if (values.restore) restore();
  else prepare();
}
