// Writes src/generated from the .proto files. `--check` compares instead and fails on a difference.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { protoPath as healthProto } from 'grpc-health-check';
import { LOADER_OPTIONS } from './src/load.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, 'src/generated');
const check = process.argv.includes('--check');
const out = check ? mkdtempSync(path.join(tmpdir(), 'millrace-proto-')) : target;

if (!check) rmSync(target, { recursive: true, force: true });
const files = listFiles(here, '.proto');
execFileSync(
  'proto-loader-gen-types',
  [
    '--longs=Number',
    '--enums=String',
    ...(LOADER_OPTIONS.defaults ? ['--defaults'] : []),
    ...(LOADER_OPTIONS.oneofs ? ['--oneofs'] : []),
    '--includeComments',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.ts',
    '--includeDirs=.',
    `--outDir=${out}`,
    ...files,
  ],
  { cwd: here, stdio: 'inherit' },
);
compileDescriptors(path.join(out, 'descriptors.binpb'));
if (check) {
  const fresh = listFiles(out, '');
  const stale =
    fresh.length !== listFiles(target, '').length ||
    fresh.some((file) => {
      const old = path.join(target, file);
      return !existsSync(old) || !readFileSync(old).equals(readFileSync(path.join(out, file)));
    });
  rmSync(out, { recursive: true });
  if (stale) {
    console.error('proto/src/generated is out of date: run npm run proto');
    process.exit(1);
  }
}

function listFiles(root: string, extension: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.extname(file) !== '' && file.endsWith(extension))
    .filter((file) => !file.includes('node_modules'))
    .toSorted();
}

/** What clients see: without `millrace.peer`, with the health service, which its package brings as a file. */
function compileDescriptors(to: string): void {
  const tree = mkdtempSync(path.join(tmpdir(), 'millrace-descriptors-'));
  cpSync(path.join(here, 'millrace/v1'), path.join(tree, 'millrace/v1'), { recursive: true });
  const health = path.join(tree, 'grpc/health/v1/health.proto');
  mkdirSync(path.dirname(health), { recursive: true });
  cpSync(healthProto, health);
  execFileSync(
    'buf',
    ['build', tree, '--as-file-descriptor-set', '--exclude-source-info', '--output', to],
    { stdio: 'inherit' },
  );
  rmSync(tree, { recursive: true });
}
