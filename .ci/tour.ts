/**
 * Runs each ```sh block of README.md in order and compares its output with the ```text block behind it, where a line
 * `...` stands for any lines. A block marked `restart` has the broker killed with SIGKILL and started again before it; one
 * marked `three-brokers` has it stopped, and three of them started with a directory of their own.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const BLOCK_MS_MAX = 120_000;
const START_MS_MAX = 30_000;
const BLOCK = /^```sh(?: (restart|three-brokers))?\n(.*?)^```\n(?:```text\n(.*?)^```\n)?/gms;

const directory = mkdtempSync(path.join(tmpdir(), 'millrace-tour-'));
let broker = await start(1);
try {
  const readme = readFileSync('README.md', 'utf8');
  let blocks = 0;
  for (const [, before, script = '', expected] of readme.matchAll(BLOCK)) {
    if (before !== undefined) {
      await stop(before === 'restart' ? 'SIGKILL' : 'SIGTERM');
      broker = await start(before === 'restart' ? 1 : 3);
    }
    console.log(script.trimEnd());
    const run = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: BLOCK_MS_MAX,
    });
    process.stdout.write(run.stdout);
    if (run.status !== 0) throw new Error(`exit ${run.status ?? run.signal}`);
    if (expected !== undefined && !matches(run.stdout, expected)) {
      throw new Error(`expected:\n${expected}`);
    }
    blocks++;
  }
  if (blocks < 8) throw new Error(`only ${blocks} blocks found: has the README changed its form?`);
  console.log(`${blocks} blocks of the tour work as written`);
} finally {
  await stop('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
}

async function start(brokers: number): Promise<ChildProcess> {
  const child = spawn('npm', ['start', '--', `--brokers=${brokers}`], {
    env: { ...process.env, MILLRACE_DATA: path.join(directory, `of-${brokers}`) },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    const timer = globalThis.setTimeout(
      () => reject(new Error('the broker did not start')),
      START_MS_MAX,
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('is ready').length <= brokers) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)));
  });
  return child;
}

/** npm and the broker are one process group, which npm leaves first. */
async function stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const { pid } = broker;
  if (pid === undefined || !groupAlive(pid)) return;
  process.kill(-pid, signal);
  for (let waitedMs = 0; groupAlive(pid); waitedMs += 50) {
    if (waitedMs > START_MS_MAX) throw new Error('the broker does not stop');
    await setTimeout(50);
  }
}

function groupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

function matches(printed: string, expected: string): boolean {
  const pattern = expected
    .split('\n')
    .map((line) =>
      line === '...' ? '[^]*?' : line.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
    )
    .join('\n')
    .replaceAll('[^]*?\n', '[^]*?');
  return new RegExp(`^${pattern}$`).test(printed);
}
