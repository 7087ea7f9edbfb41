/** Entry of the bench: peers side by side in one run; see flags.ts for its options. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseFlags, usage } from './flags.ts';
import { measureWorkload, warmUp } from './measure.ts';
import { peerCacheDir } from './peerCache.ts';
import { chart } from './report/chart.ts';
import { commitOf, machine, type Report } from './report/report.ts';
import { markdown } from './report/table.ts';
import type { Figures } from './summary.ts';
import type { Target } from './target.ts';
import { CeilingTarget } from './targets/ceiling.ts';
import { KafkaTarget } from './targets/kafka.ts';
import { MillraceTarget } from './targets/millrace.ts';
import { NatsTarget } from './targets/nats.ts';
import { produce1k, type Workload, workloads } from './workload.ts';

const known: readonly Target[] = [
  new MillraceTarget(),
  new KafkaTarget(),
  new NatsTarget('default'),
  new NatsTarget('always'),
  new CeilingTarget(),
];

function choose<T extends { name: string }>(from: readonly T[], names: readonly string[]): T[] {
  return names.map((name) => {
    const found = from.find((each) => each.name === name);
    if (found === undefined)
      throw new Error(`unknown: ${name}; there are ${from.map((each) => each.name).join(', ')}`);
    return found;
  });
}

function defaultTargets(): string[] {
  const names = ['kafka', 'nats', 'ceiling'];
  if (MillraceTarget.available()) return ['millrace', ...names];
  console.error('millrace is left out: its load process is not in this checkout');
  return names;
}

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  if (flags === 'help') {
    console.log(usage);
    return;
  }
  const targets = choose(known, flags.targets ?? defaultTargets());
  const chosen = choose(workloads, flags.workloads ?? workloads.map(({ name }) => name));
  const startedMs = performance.now();
  const options = {
    seconds: flags.seconds,
    warmupSeconds: flags.quick ? 0.5 : 2,
    runs: flags.runs,
    replicationFactor: flags.replicationFactor,
    fillBytes: flags.quick ? 256 << 20 : 512 << 20,
    progress: (line: string) =>
      console.error(
        `${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${line}`,
      ),
  };
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-bench-'));
  const figures: Figures[] = [];
  const failed = new Map<string, string>();
  try {
    for (const target of targets) {
      const dir = path.join(root, target.name);
      fs.mkdirSync(dir);
      try {
        await target.start({ brokers: flags.brokers, dir, cacheDir: peerCacheDir() });
        await warmUp(target, produce1k, options);
        options.progress(`${target.name} is up`);
      } catch (error) {
        // A machine without Java, say, can still compare the others.
        failed.set(target.name, error instanceof Error ? error.message : String(error));
        options.progress(`${target.name} is left out: ${failed.get(target.name)}`);
      }
    }
    const up = targets.filter(({ name }) => !failed.has(name));
    for (const workload of chosen) {
      const able = up.filter(
        (target) => target.runs(workload) && !leftOut(flags.quick, target, workload),
      );
      figures.push(...(await measureWorkload(workload, able, options)));
    }
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
    fs.rmSync(root, { recursive: true, force: true });
  }
  if (failed.size === targets.length) throw new Error('no target started');
  const { runs, seconds, brokers, replicationFactor, outDir } = flags;
  const report: Report = {
    commit: commitOf(import.meta.dirname),
    date: new Date().toISOString(),
    machine: machine(),
    settings: { brokers, replicationFactor, runs, seconds, warmupSeconds: options.warmupSeconds },
    targets: targets.map((target) => ({
      name: target.name,
      description: failed.has(target.name)
        ? `did not start: ${firstLine(failed.get(target.name))}`
        : target.describe(),
    })),
    figures,
  };
  fs.mkdirSync(outDir, { recursive: true });
  fs.writeFileSync(path.join(outDir, 'latest.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  fs.writeFileSync(path.join(outDir, 'README.md'), markdown(report));
  fs.writeFileSync(path.join(outDir, 'chart.svg'), chart(report));
  console.log(markdown(report));
  options.progress(`written to ${outDir}`);
}

const firstLine = (text = ''): string => text.split('\n', 1)[0] ?? '';

/** Thousands of streams or partitions take peers longer to create than a quick run has. */
function leftOut(quick: boolean, target: Target, workload: Workload): boolean {
  return (
    quick && workload.partitions >= 1000 && target.name !== 'millrace' && target.name !== 'ceiling'
  );
}

// Exit handlers end the children; without this a signal would leave them behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

await main();
