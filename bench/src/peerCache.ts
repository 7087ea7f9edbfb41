/**
 * Peers are downloaded and built once per content of their source folder, outside the repository:
 * $MILLRACE_BENCH_CACHE, else $XDG_CACHE_HOME/millrace-bench, else ~/.cache/millrace-bench.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export function peerCacheDir(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  return process.env['MILLRACE_BENCH_CACHE'] ?? path.join(cache, 'millrace-bench');
}

/** The folder that `build` filled from `sourceDir`; complete, since it is renamed into place. */
export async function builtPeer(
  cacheDir: string,
  sourceDir: string,
  build: (outDir: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const file of fs.readdirSync(sourceDir).toSorted()) {
    hash.update(file).update(fs.readFileSync(path.join(sourceDir, file)));
  }
  const key = hash.digest('hex').slice(0, 16);
  const built = path.join(cacheDir, `${path.basename(sourceDir)}-${key}`);
  if (fs.existsSync(built)) return built;
  const partial = `${built}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  console.error(`building ${path.basename(sourceDir)} into ${built} (once)`);
  await build(partial);
  fs.renameSync(partial, built);
  return built;
}

/** Runs a tool to its end; its own output is the error's message when it fails. */
export async function tool(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await run(command, [...args], { cwd, maxBuffer: 64 << 20 });
  return stdout;
}
