/** Figures of one workload on one target, over the repeats. Pure. */
import type { LoadReply } from './load/protocol.ts';
import type { Usage } from './processUsage.ts';
import type { Workload } from './workload.ts';

export interface Run {
  readonly reply: LoadReply;
  readonly usage: readonly Usage[];
  readonly selfReported: Readonly<Record<string, number>>;
  /** Share of the machine's CPU that went elsewhere, 0 to 1. */
  readonly otherCpuShare: number;
}

/** A median and the extremes; runs are few, so that percentiles of them would say nothing. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface ProcessFigures {
  readonly role: string;
  readonly cpuSecondsPerGb: Spread;
  readonly rssMbMax: number;
}

export interface Figures {
  readonly workload: string;
  readonly target: string;
  readonly runs: number;
  readonly mbPerSecond: Spread;
  readonly recordsPerSecond: Spread;
  /** Only at a fixed rate; milliseconds from the intended send time. */
  readonly p50Ms?: Spread;
  readonly p99Ms?: Spread;
  readonly p999Ms?: Spread;
  readonly maxMs?: Spread;
  readonly processes: readonly ProcessFigures[];
  readonly brokersCpuSecondsPerGb: Spread;
  /** The greatest of the runs. */
  readonly selfReported: Readonly<Record<string, number>>;
  /** Share of the machine's CPU that went to what was not measured, 0 to 1. */
  readonly otherCpuShare: Spread;
  /** Set when a run failed: the other figures are then of the runs before it. */
  readonly error?: string;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0;
  return { median: (lower + upper) / 2, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

export function summarize(
  workload: Workload,
  target: string,
  runs: readonly Run[],
  error: string | undefined,
): Figures {
  const replies = runs.map(({ reply }) => reply);
  const perSecond = (pick: (reply: LoadReply) => number | undefined) =>
    spread(replies.map((reply) => (pick(reply) ?? 0) / (reply.seconds ?? 1)));
  const latency = (pick: (reply: LoadReply) => number | undefined) =>
    spread(replies.map((reply) => pick(reply) ?? 0));
  const gigabytes = ({ reply }: Run) => (reply.bytesAll ?? 0) / 1e9;
  const roles = (runs[0]?.usage ?? []).map(({ role }) => role);
  const processes = roles.map((role, i) => ({
    role,
    cpuSecondsPerGb: spread(runs.map((run) => (run.usage[i]?.cpuSeconds ?? 0) / gigabytes(run))),
    rssMbMax: Math.max(...runs.map((run) => run.usage[i]?.rssBytesMax ?? 0)) / 1e6,
  }));
  const brokersCpu = (run: Run) =>
    run.usage.reduce((sum, { role, cpuSeconds }) => sum + (role === 'load' ? 0 : cpuSeconds), 0);
  return {
    workload: workload.name,
    target,
    runs: runs.length,
    mbPerSecond: perSecond(({ bytes }) => (bytes ?? 0) / 1e6),
    recordsPerSecond: perSecond(({ records }) => records),
    ...(workload.kind === 'rate' && {
      p50Ms: latency(({ p50Ms }) => p50Ms),
      p99Ms: latency(({ p99Ms }) => p99Ms),
      p999Ms: latency(({ p999Ms }) => p999Ms),
      maxMs: latency(({ maxMs }) => maxMs),
    }),
    processes,
    brokersCpuSecondsPerGb: spread(runs.map((run) => brokersCpu(run) / gigabytes(run))),
    otherCpuShare: spread(runs.map((run) => run.otherCpuShare)),
    selfReported: worst(runs.map((run) => run.selfReported)),
    ...(error !== undefined && { error }),
  };
}

function worst(reports: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = new Set(reports.flatMap((report) => Object.keys(report)));
  const greatest = (name: string) => Math.max(...reports.map((report) => report[name] ?? 0));
  return Object.fromEntries([...names].map((name) => [name, greatest(name)]));
}

/** The figures a workload is judged by; `better` says which way. */
export interface Metric {
  readonly title: string;
  readonly better: 'higher' | 'lower';
  of(figures: Figures): Spread | undefined;
}

export function metricsOf(workload: Workload): Metric[] {
  if (workload.kind === 'rate') {
    return [
      { title: 'p50 ms', better: 'lower', of: ({ p50Ms }) => p50Ms },
      { title: 'p99 ms', better: 'lower', of: ({ p99Ms }) => p99Ms },
      { title: 'p99.9 ms', better: 'lower', of: ({ p999Ms }) => p999Ms },
    ];
  }
  return workload.recordBytes < 1024
    ? [{ title: 'records/s', better: 'higher', of: ({ recordsPerSecond }) => recordsPerSecond }]
    : [{ title: 'MB/s', better: 'higher', of: ({ mbPerSecond }) => mbPerSecond }];
}

/** How many times better `subject` is than `other` (its share, if the other is the ceiling); both by median. */
export function ratio(metric: Metric, subject: Figures, other: Figures): number | undefined {
  const a = metric.of(subject)?.median;
  const b = metric.of(other)?.median;
  if (!a || !b || subject.runs === 0 || other.runs === 0) return undefined;
  return metric.better === 'higher' ? a / b : b / a;
}
