/** Entry of the chaos runs; see flags.ts for its options. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failover } from './failover/failover.ts';
import {
  blowOf,
  failoverMarkdown,
  isGoodFailover,
  summarizeFailover,
} from './failover/failoverReport.ts';
import { RandomFaults } from './fault/randomFaults.ts';
import { type Flags, parseFlags, usage } from './flags.ts';
import { isIsolated, isolate } from './network/isolation.ts';
import { Refill } from './refill/refill.ts';
import { refillMarkdown, summarizeRefill } from './refill/refillReport.ts';
import { markdown } from './report/markdown.ts';
import { isGood, summarize } from './report/summary.ts';
import { Run } from './run.ts';
import { Scale } from './scale/scale.ts';
import { REFILL_BYTES_PER_SECOND } from './settings.ts';
import { scaleMarkdown, summarizeScale } from './scale/scaleReport.ts';

const startedMs = performance.now();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** A new seed each time, which the report names. */
const newSeed = (): number => Math.floor(Math.random() * 2 ** 31);

function step(line: string): void {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.error(`${seconds.padStart(6)} s  ${line}`);
}

/** True: nothing was wrong. */
async function chaos(flags: Flags, directory: string): Promise<boolean> {
  step(`seed ${flags.seed}, ${flags.brokers} brokers, ${flags.seconds} s, in ${directory}`);
  const faults = new RandomFaults(flags);
  const outcome = await new Run(flags, directory, step).play(faults);
  const summary = summarize(flags, faults, outcome, performance.now());
  const text = markdown(summary);
  console.log(text);
  write(flags, 'chaos', summary, text);
  return isGood(summary);
}

/** True: nothing was wrong; how long it took is not judged here. */
async function failover(flags: Flags, times: number, directory: string): Promise<boolean> {
  const blow = blowOf(flags);
  step(
    `${times} times ${blow}, ${flags.brokers} brokers, ${flags.rate} records/s, in ${directory}`,
  );
  const scenario = new Failover(times, blow);
  const outcome = await new Run(flags, directory, step).play(scenario);
  const summary = summarizeFailover(flags, scenario.rounds, outcome);
  const text = failoverMarkdown(summary);
  console.log(text);
  write(flags, `failover-${blow}`, summary, text);
  return isGoodFailover(summary);
}

/** Judges nothing; throws if the cluster does not live. */
async function scale(flags: Flags, times: number, directory: string): Promise<boolean> {
  step(`${flags.partitions} partitions on ${flags.brokers} brokers, in ${directory}`);
  const summary = summarizeScale(flags, await new Scale(flags, directory, step).measure(times));
  const text = scaleMarkdown(summary);
  console.log(text);
  write(flags, 'scale', summary, text);
  return true;
}

/** True: nothing was wrong; what producers noticed is not judged here. */
async function refill(flags: Flags, seconds: number, directory: string): Promise<boolean> {
  step(`a broker is wiped after ${seconds} s of ${flags.rate} records/s, in ${directory}`);
  const scenario = new Refill(seconds);
  const outcome = await new Run(flags, directory, step).play(scenario);
  const summary = summarizeRefill(flags, REFILL_BYTES_PER_SECOND, scenario, outcome);
  const text = refillMarkdown(summary);
  console.log(text);
  write(flags, 'refill', summary, text);
  return summary.failures.length === 0;
}

async function run(flags: Flags, directory: string): Promise<boolean> {
  if (flags.scale !== undefined) return await scale(flags, flags.scale, directory);
  if (flags.refill !== undefined) return await refill(flags, flags.refill, directory);
  if (flags.failover !== undefined) return await failover(flags, flags.failover, directory);
  return await chaos(flags, directory);
}

function write({ out }: Flags, name: string, summary: object, text: string): void {
  if (out === undefined) return;
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, `${name}.json`), `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(path.join(out, `${name}.md`), text);
}

async function main(): Promise<number> {
  const flags = parseFlags(process.argv.slice(2), newSeed);
  if (flags === 'help') {
    console.log(usage());
    return 0;
  }
  if (flags.namespaces === 'if-possible' && !isIsolated()) step(isolate());
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-chaos-'));
  let good = false;
  try {
    good = await run(flags, directory);
  } finally {
    if (good && !flags.keep) rmSync(directory, { recursive: true, force: true });
    else step(`data and logs of the brokers are in ${directory}`);
  }
  return good ? 0 : 1;
}

process.exitCode = await main();
// Whatever a broken cluster leaves open must not keep this running.
process.exit();
