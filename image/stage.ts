/**
 * Makes the root folder of the image: Node with the shared libraries that it names, the listed files of the repository
 * below /app, the packages that they need, and the commands. It holds nothing else: no shell, no package manager.
 *
 *   node image/stage.ts --list image/files.txt [--list ...] --out FOLDER
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { productionPackages } from './productionPackages.ts';

const USER = 10_001;
/** Of packages, what nothing reads at run time: types, source maps, the sources of what is compiled. */
const LEFT_OUT = /\.(?:d\.[cm]?ts|map|md|markdown|c|h|cc|cpp)$/;
const MODE_PROGRAM = 0o755;

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { list: { type: 'string', multiple: true }, out: { type: 'string' } },
});
if (values.list === undefined || values.out === undefined) {
  throw new Error('usage: stage.ts --list FILE [--list FILE] --out FOLDER');
}
const out = path.resolve(values.out);
stageRepository(out, values.list.flatMap(listed));
stageSystem(out);
stageCommands(out);

function listed(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

function stageRepository(to: string, files: readonly string[]): void {
  for (const file of files) copy(path.join(root, file), path.join(to, 'app', file));
  const workspaces = files
    .filter((file) => path.basename(file) === 'package.json' && path.dirname(file) !== '.')
    .map((file) => path.dirname(file));
  for (const place of productionPackages(root, workspaces)) {
    copy(path.join(root, place), path.join(to, 'app', place));
  }
}

/** Links stay links; packages inside packages are copied when they are needed themselves. */
function copy(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => {
      if (!from.includes('node_modules')) return true;
      const inside = path.relative(from, source);
      if (inside === 'node_modules') return false;
      return !LEFT_OUT.test(inside) && isForThisMachine(inside);
    },
  });
}

/** better-sqlite3 brings a binary for every platform. */
function isForThisMachine(inside: string): boolean {
  if (!inside.startsWith(`prebuilds${path.sep}`)) return true;
  return path.basename(inside, '.node') === `linux-${process.arch}`;
}

function stageSystem(to: string): void {
  const node = realpathSync(process.execPath);
  copy(node, path.join(to, 'usr/local/bin/node'));
  const addons = globSync('app/node_modules/**/*.node', { cwd: to });
  const programs = [node, ...addons.map((addon) => path.join(to, addon))];
  for (const library of new Set(programs.flatMap(sharedLibraries))) {
    copy(realpathSync(library), path.join(to, library));
  }
  for (const folder of ['etc', 'tmp', 'var/lib/millrace']) {
    mkdirSync(path.join(to, folder), { recursive: true });
  }
  writeFileSync(
    path.join(to, 'etc/passwd'),
    `root:x:0:0:root:/:/none\nmillrace:x:${USER}:${USER}:Millrace:/app:/none\n`,
  );
  writeFileSync(path.join(to, 'etc/group'), `root:x:0:\nmillrace:x:${USER}:\n`);
  writeFileSync(path.join(to, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

/** As the loader looks for them, the loader itself included. */
function sharedLibraries(program: string): string[] {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  return lines
    .map((line) => /(\/\S+) \(0x/.exec(line)?.[1])
    .filter((library) => library !== undefined && existsSync(library)) as string[];
}

function stageCommands(to: string): void {
  for (const command of ['broker', 'operator', 'millrace']) {
    const file = path.join(to, 'usr/local/bin', command);
    copy(path.join(import.meta.dirname, 'bin', command), file);
    chmodSync(file, MODE_PROGRAM);
  }
}
