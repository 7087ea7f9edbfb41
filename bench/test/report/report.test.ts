import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chart } from '../../src/report/chart.ts';
import type { Report } from '../../src/report/report.ts';
import { markdown, round } from '../../src/report/table.ts';
import { type Run, summarize } from '../../src/summary.ts';
import { workloads } from '../../src/workload.ts';

const produce = workloads[0]!;
const run = (bytes: number): Run => ({
  reply: { records: bytes / 1024, bytes, bytesAll: bytes, seconds: 1 },
  usage: [
    { role: 'broker 0', cpuSeconds: 1, rssBytesMax: 123e6 },
    { role: 'load', cpuSeconds: 1, rssBytesMax: 1 },
  ],
  otherCpuShare: 0.05,
  selfReported: {},
});
const report: Report = {
  commit: 'abc',
  date: '2026-01-01',
  machine: 'm',
  settings: { brokers: 1, replicationFactor: 1, runs: 1, seconds: 1, warmupSeconds: 0 },
  targets: [{ name: 'millrace', description: 'this' }],
  figures: [
    summarize(
      produce,
      'millrace',
      [{ ...run(400e6), selfReported: { 'event loop lag p99, ms': 7.25 } }],
      undefined,
    ),
    summarize(produce, 'kafka', [run(100e6)], undefined),
    summarize(produce, 'ceiling', [run(500e6)], undefined),
    summarize(produce, 'nats', [], 'no stream\nat x'),
  ],
};

test('the table gives figures, ratios, the share of the ceiling, what failed and what brokers report', () => {
  const text = markdown(report);
  assert.match(text, /\| kafka \| 100 \(100 to 100\) \|/);
  assert.match(text, /\| millrace, times kafka \| 4 \|/);
  assert.match(text, /\| millrace, share of ceiling \| 0\.8 \|/);
  assert.match(text, /\| nats \| failed \|/);
  assert.match(text, /nats failed: no stream\n/);
  assert.match(text, /event loop lag p99, ms 7\.25/);
});

test('the chart draws a bar for each target that ran', () => {
  const svg = chart(report);
  assert.equal(svg.match(/<path /g)?.length, 3);
  assert.ok(svg.startsWith('<svg ') && svg.endsWith('</svg>\n'));
});

test('figures are rounded to three digits at most', () => {
  assert.equal(round(123_456.7), '123,457');
  assert.equal(round(12.345), '12.3');
  assert.equal(round(0.12345), '0.12');
  assert.equal(round(Number.NaN), '');
  assert.equal(round(undefined), '');
});
