// Builds a Debian package from what `npm pack` gives: `npm run package:debian -- FOLDER`. Needs dpkg-deb and, unless npm's cache
// holds them, the registry for the dependencies. The package brings its Node and its PostgreSQL, because the releases of
// Debian have older ones. docs/operating/packages.md says how to install it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'packaging/debian');
/** Of the machine that builds: the binaries in the package are those that npm chose for it. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

function control(version: string, architecture: string, installedKilobytes: number): string {
  return `Package: chappe
Version: ${version}
Architecture: ${architecture}
Maintainer: The Chappe project <chappe@localhost>
Installed-Size: ${installedKilobytes}
Depends: libc6, passwd
Recommends: systemd
Section: comm
Priority: optional
Description: self-hosted SMS platform
 Speaks the APIs of Octopush and OVH, mail to SMS, http2sms and SMPP, and sends
 through the operator's carriers.
`;
}

function install(folder: string, mode: number, source: string, target: string): void {
  const path = join(folder, target);
  mkdirSync(join(path, '..'), { recursive: true });
  cpSync(join(sources, source), path);
  chmodSync(path, mode);
}

function build(target: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const architecture = architectures[process.arch];
  if (architecture === undefined) throw new Error(`no Debian architecture for ${process.arch}`);
  const work = mkdtempSync(join(tmpdir(), 'chappe-debian-'));
  try {
    const run = (command: string, args: string[], cwd: string) =>
      execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
    run('npm', ['pack', '--loglevel=error', '--pack-destination', work], root);
    const tree = join(work, 'tree');
    const code = join(tree, 'usr/lib/chappe');
    mkdirSync(code, { recursive: true });
    const [tarball] = globSync('chappe-*.tgz', { cwd: work });
    const options = ['--omit=dev', '--ignore-scripts', '--no-save', '--prefer-offline', '--loglevel=error'];
    run('npm', ['install', ...options, '--prefix', code, join(work, tarball!)], work);

    const packaged = join(code, 'node_modules/chappe');
    const documents = join(tree, 'usr/share/doc/chappe');
    cpSync(join(packaged, 'docs'), documents, { recursive: true });
    for (const name of ['README.md', 'CHANGELOG.md', 'NOTICE', 'LICENSE'])
      cpSync(join(packaged, name), join(documents, name === 'LICENSE' ? 'copyright' : name));
    install(tree, 0o755, 'chappe', 'usr/bin/chappe');
    install(tree, 0o644, 'chappe.service', 'usr/lib/systemd/system/chappe.service');
    install(tree, 0o640, 'chappe.env', 'etc/chappe/chappe.env');
    for (const script of ['postinst', 'prerm', 'postrm']) install(tree, 0o755, script, `DEBIAN/${script}`);
    writeFileSync(join(tree, 'DEBIAN/conffiles'), '/etc/chappe/chappe.env\n');
    const used = execFileSync('du', ['--summarize', '--block-size=1024', tree], { encoding: 'utf8' });
    writeFileSync(join(tree, 'DEBIAN/control'), control(version, architecture, Number.parseInt(used, 10)));

    // gzip: xz takes 40 s of processor time for 10 MB less.
    mkdirSync(target, { recursive: true });
    const file = join(target, `chappe_${version}_${architecture}.deb`);
    run('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z6', '--build', tree, file], work);
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[2] === undefined) {
  console.error('usage: npm run package:debian -- FOLDER');
  process.exitCode = 2;
} else console.log(build(resolve(process.argv[2])));
