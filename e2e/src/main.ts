/**
 * Runs the scenarios one after another and writes docs/e2e. With KUBECONFIG set it takes that cluster, on which the images
 * must be; else it brings up the one of e2e/cluster, runs inside its network, and takes it down again.
 *
 *   npm run e2e -- [--keep] [SCENARIO FILES...]     default: e2e/scenarios/*.test.ts
 */
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeReport } from './report/report.ts';
import { REPOSITORY } from './scenario/program.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean' }, results: { type: 'string' } },
});
const cluster = path.join(REPOSITORY, 'e2e/cluster/cluster');
const cache = path.join(process.env.HOME ?? '/root', '.cache/millrace-e2e');
const results = path.resolve(values.results ?? path.join(cache, 'results'));
const chosen = positionals.map((file) => path.resolve(file));
const scenarios =
  chosen.length > 0 ? chosen : globSync(path.join(REPOSITORY, 'e2e/scenarios/*.test.ts'));
const isForeign = process.env.KUBECONFIG !== undefined;
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const test = [
  process.execPath,
  '--test',
  '--test-concurrency=1',
  '--test-timeout=600000',
  ...scenarios.toSorted(),
];
const startMs = performance.now();
const code = isForeign ? await command(test) : await onOwnCluster();
writeReport(results, {
  isWhole: chosen.length === 0,
  seconds: (performance.now() - startMs) / 1000,
});
process.exit(code);

async function onOwnCluster(): Promise<number> {
  const images = path.join(cache, 'images');
  await must([path.join(REPOSITORY, 'e2e/cluster/build')]);
  await must([path.join(REPOSITORY, 'e2e/buildImages'), images]);
  await must([cluster, 'up']);
  try {
    for (const image of globSync(path.join(images, '*.tar'))) await must([cluster, 'load', image]);
    return await command([cluster, 'exec', 'env', 'E2E_OWN_CLUSTER=1', ...test]);
  } finally {
    if (values.keep !== true) await command([cluster, 'down']);
  }
}

async function must(line: readonly string[]): Promise<void> {
  const status = await command(line);
  if (status !== 0) throw new Error(`${line.join(' ')} exited with ${status}`);
}

function command([program = '', ...args]: readonly string[]): Promise<number> {
  const env = { ...process.env, E2E_RESULTS: results };
  const child = spawn(program, args, { stdio: 'inherit', cwd: REPOSITORY, env });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve(status ?? 1));
  });
}
