/**
 * Runs each command of a staged image once, so that what V8 compiles of it is in the image: a pod starts in half the time,
 * and loads no compiler that strips types. The cache is found by places relative to it, not by user or root folder.
 *
 *   node image/warm.ts FOLDER
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const STARTED_MS_MAX = 120_000;
const NO_PORTS = ['client', 'peer', 'http', 'data', 'peer-data'].flatMap((listener) => [
  `--${listener}-port`,
  '0',
]);
const root = path.resolve(process.argv[2] ?? '');
const data = mkdtempSync(path.join(os.tmpdir(), 'millrace-warm-'));
try {
  for (const command of ['broker', 'cli', 'operator']) {
    mkdirSync(path.join(root, `app/node_modules/.cache/millrace-${command}`), { recursive: true });
  }
  await runOnce('broker/start.js', NO_PORTS, 'told-when-it-serves');
  await runOnce('operator/start.js', ['--version'], 'by-itself');
  await runOnce('cli/bin/millrace.js', ['--version'], 'by-itself');
} finally {
  rmSync(data, { recursive: true, force: true });
}

/** What it compiled is written when it ends. */
function runOnce(
  program: string,
  args: readonly string[],
  ends: 'by-itself' | 'told-when-it-serves',
): Promise<void> {
  const child = spawn(
    path.join(root, 'usr/local/bin/node'),
    [path.join(root, 'app', program), ...args],
    {
      env: {
        NODE_COMPILE_CACHE_PORTABLE: '1',
        MILLRACE_DATA: data,
        MILLRACE_LOG_FORMAT: 'json',
        MILLRACE_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: STARTED_MS_MAX,
    },
  );
  child.stdout.once('data', () => {
    if (ends === 'told-when-it-serves') child.kill('SIGTERM');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} exited with ${code}`)),
    );
  });
}
