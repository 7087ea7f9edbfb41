import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsOf, ratio, type Run, spread, summarize } from '../src/summary.ts';
import { type Workload, workloads } from '../src/workload.ts';

const workload = (name: string): Workload => workloads.find((each) => each.name === name)!;

const run = (megabytes: number, p99Ms = 0): Run => ({
  reply: {
    records: megabytes * 1000,
    bytes: megabytes * 1e6,
    bytesAll: megabytes * 2e6,
    seconds: 2,
    p99Ms,
  },
  usage: [
    { role: 'broker 0', cpuSeconds: 1, rssBytesMax: megabytes * 1e6 },
    { role: 'broker 1', cpuSeconds: 2, rssBytesMax: 1e6 },
    { role: 'load', cpuSeconds: 5, rssBytesMax: 1e6 },
  ],
  otherCpuShare: 0.05,
  selfReported: { lag: megabytes },
});

test('a spread is the median with its extremes, of odd, even and no values', () => {
  assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  assert.deepEqual(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
  assert.deepEqual(spread([]), { median: 0, min: 0, max: 0 });
});

test('throughput counts the window, CPU the whole command', () => {
  const figures = summarize(
    workload('produce-1k'),
    'kafka',
    [run(100), run(300), run(200)],
    undefined,
  );
  assert.deepEqual(figures.mbPerSecond, { median: 100, min: 50, max: 150 });
  assert.equal(figures.recordsPerSecond.median, 100_000);
  // 3 s of two brokers over 0.4 GB, the median run.
  assert.equal(figures.brokersCpuSecondsPerGb.median, 7.5);
  assert.equal(figures.processes[0]?.rssMbMax, 300);
  assert.equal(figures.p99Ms, undefined);
  assert.deepEqual(figures.selfReported, { lag: 300 });
});

test('a ratio is above 1 when the subject is better, whichever way the metric runs', () => {
  const produce = workload('produce-1k');
  const fast = summarize(produce, 'millrace', [run(300)], undefined);
  const slow = summarize(produce, 'kafka', [run(100)], undefined);
  assert.equal(ratio(metricsOf(produce)[0]!, fast, slow), 3);

  const rate = workload('rate-6');
  const p99 = metricsOf(rate).find(({ title }) => title === 'p99 ms')!;
  const quick = summarize(rate, 'millrace', [run(1, 4)], undefined);
  const late = summarize(rate, 'kafka', [run(1, 10)], undefined);
  assert.equal(ratio(p99, quick, late), 2.5);
});

test('a target without a successful run has no ratio', () => {
  const produce = workload('produce-1k');
  const subject = summarize(produce, 'millrace', [run(300)], undefined);
  const failed = summarize(produce, 'kafka', [], 'no leader');
  assert.equal(ratio(metricsOf(produce)[0]!, subject, failed), undefined);
});
