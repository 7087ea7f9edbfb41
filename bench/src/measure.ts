/**
 * Runs the workloads: for each, every repeat goes once round the targets, so that a drifting machine drifts for all.
 * All brokers stay up; only the one being measured has work. Dirty pages of one measurement are written out before
 * the next begins.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LoadCommand } from './load/protocol.ts';
import { startMachineLoad } from './machineLoad.ts';
import { startUsage } from './processUsage.ts';
import { type Figures, type Run, summarize } from './summary.ts';
import type { Target } from './target.ts';
import type { Workload } from './workload.ts';

export interface MeasureOptions {
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly runs: number;
  readonly replicationFactor: number;
  /** Size of the topic that the consume workload reads. */
  readonly fillBytes: number;
  progress(line: string): void;
}

/**
 * Records that each partition gets before a fixed rate is measured: the first append may create files, and the first
 * index entry, 4 KiB later, maps them. [Kafka: 30 s of CPU for the indexes of 1,000 partitions]
 */
const ROUNDS_BEFORE_RATE = 8;

const syncDisks = promisify(execFile);

interface Row {
  readonly target: Target;
  readonly runs: Run[];
  error: string | undefined;
}

export async function measureWorkload(
  workload: Workload,
  targets: readonly Target[],
  options: MeasureOptions,
): Promise<Figures[]> {
  const rows = targets.map((target): Row => ({ target, runs: [], error: undefined }));
  for (const row of rows) await attempt(row, () => setUp(workload, row.target, options));
  for (let repeat = 0; repeat < options.runs; repeat++) {
    for (const row of rows) {
      if (row.error !== undefined) continue;
      await attempt(row, async () => {
        const run = await measureOnce(workload, row.target, repeat, options);
        row.runs.push(run);
        options.progress(`${workload.name} ${row.target.name} ${JSON.stringify(run.reply)}`);
      });
    }
  }
  const figures = rows.map(({ target, runs, error }) =>
    summarize(workload, target.name, runs, error),
  );
  for (const row of rows) await attempt(row, () => tearDown(workload, row.target));
  return figures;
}

/** Compiles hot code and fills caches; measures nothing. */
export async function warmUp(
  target: Target,
  workload: Workload,
  options: MeasureOptions,
): Promise<void> {
  const topic = 'warm-up';
  await createTopic(topic, workload, target, options);
  const once = { ...options, warmupSeconds: 0, seconds: options.warmupSeconds * 3 };
  await target.load().ask({ ...commandOf(workload, once), topic });
  await deleteTopic(topic, workload, target);
}

async function attempt(row: Row, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    row.error ??= error instanceof Error ? error.message : String(error);
  }
}

/** Produce runs get a new topic each: nobody pays for what an earlier run left behind. */
const topicPerRun = ({ kind }: Workload): boolean => kind === 'produce';

async function setUp(workload: Workload, target: Target, options: MeasureOptions): Promise<void> {
  if (topicPerRun(workload)) return;
  await createTopic(workload.name, workload, target, options);
  const settings = produceSettings(workload);
  if (workload.kind === 'consume') {
    await target.load().ask({ op: 'fill', records: recordsToRead(workload, options), ...settings });
  } else {
    const { perSecond, partitions } = workload;
    const seconds = Math.max(0.1, (ROUNDS_BEFORE_RATE * partitions) / perSecond);
    await target.load().ask({ op: 'rate', seconds, warmupSeconds: 0, perSecond, ...settings });
  }
}

async function tearDown(workload: Workload, target: Target): Promise<void> {
  if (!topicPerRun(workload)) await deleteTopic(workload.name, workload, target);
}

async function measureOnce(
  workload: Workload,
  target: Target,
  repeat: number,
  options: MeasureOptions,
): Promise<Run> {
  const topic = topicPerRun(workload) ? `${workload.name}-run${repeat}` : workload.name;
  if (topicPerRun(workload)) await createTopic(topic, workload, target, options);
  await syncDisks('sync');
  // Restarts what brokers count since they were last asked.
  await target.selfReported();
  const endLoad = startMachineLoad();
  const endUsage = startUsage(target.processes());
  const reply = await target.load().ask({ ...commandOf(workload, options), topic });
  const usage = endUsage();
  const otherCpuShare = endLoad(usage.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0));
  const run = { reply, usage, otherCpuShare, selfReported: await target.selfReported() };
  if (topicPerRun(workload)) await deleteTopic(topic, workload, target);
  return run;
}

function commandOf(workload: Workload, options: MeasureOptions): LoadCommand {
  const { seconds, warmupSeconds } = options;
  const settings = produceSettings(workload);
  switch (workload.kind) {
    case 'produce':
      return { op: 'produce', seconds, warmupSeconds, ...settings };
    case 'rate':
      return { op: 'rate', seconds, warmupSeconds, perSecond: workload.perSecond, ...settings };
    case 'consume':
      return { op: 'consume', seconds, records: recordsToRead(workload, options), ...settings };
  }
}

const recordsToRead = (workload: Workload, { fillBytes }: MeasureOptions): number =>
  Math.floor(fillBytes / workload.recordBytes);

function produceSettings(workload: Workload) {
  const { name, partitions, recordBytes, batchBytes, lingerMs } = workload;
  return { topic: name, partitions, recordBytes, batchBytes, lingerMs };
}

function createTopic(
  topic: string,
  { partitions }: Workload,
  target: Target,
  { replicationFactor }: MeasureOptions,
) {
  return target.load().ask({ op: 'create', topic, partitions, replicationFactor });
}

const deleteTopic = (topic: string, { partitions }: Workload, target: Target) =>
  target.load().ask({ op: 'delete', topic, partitions });
