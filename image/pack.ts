/**
 * Packs folders into a container image archive, one layer each, with no engine and no registry. `docker load`, `ctr images
 * import` and `kind load image-archive` read it. The same folders give the same bytes.
 *
 *   node image/pack.ts --out FILE --name NAME:TAG --command PROGRAM [--user UID:GID] FOLDER...
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdtempSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    name: { type: 'string' },
    command: { type: 'string' },
    user: { type: 'string' },
  },
});
const { out, name, command, user } = values;
if (out === undefined || name === undefined || command === undefined || folders.length === 0) {
  throw new Error('usage: pack.ts --out FILE --name NAME:TAG --command PROGRAM FOLDER...');
}
const work = mkdtempSync(path.join(path.dirname(path.resolve(out)), '.image-'));
try {
  await pack(out, name);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function pack(file: string, tag: string): Promise<void> {
  const digests: string[] = [];
  for (const folder of folders) digests.push(await layer(folder));
  const config = JSON.stringify({
    architecture: os.arch() === 'x64' ? 'amd64' : os.arch(),
    os: 'linux',
    config: {
      Cmd: [command],
      Env: ['PATH=/usr/local/bin', 'NODE_ENV=production', 'NODE_COMPILE_CACHE_PORTABLE=1'],
      WorkingDir: '/app',
      ...(user === undefined ? {} : { User: user }),
    },
    rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
    history: digests.map(() => ({ created_by: 'image/pack.ts' })),
  });
  const configFile = `${createHash('sha256').update(config).digest('hex')}.json`;
  const layers = digests.map((digest) => `${digest}/layer.tar`);
  writeFileSync(path.join(work, configFile), config);
  writeFileSync(
    path.join(work, 'manifest.json'),
    JSON.stringify([{ Config: configFile, RepoTags: [tag], Layers: layers }]),
  );
  tar(work, file, ['manifest.json', configFile, ...layers]);
}

async function layer(folder: string): Promise<string> {
  const archive = path.join(work, 'layer.tar');
  tar(folder, archive, ['.']);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(archive)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  mkdirSync(path.join(work, digest), { recursive: true });
  renameSync(archive, path.join(work, digest, 'layer.tar'));
  return digest;
}

function tar(folder: string, file: string, names: readonly string[]): void {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  execFileSync('tar', [...same, '-C', folder, '-cf', path.resolve(file), ...names]);
}
