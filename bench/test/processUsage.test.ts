import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTicks, peakBytesOf, startUsage } from '../src/processUsage.ts';

test('CPU ticks are found behind a command with blanks and parentheses', () => {
  const stat = '7 (odd) name) (x) S 1 7 7 0 -1 4194560 900 0 0 0 120 34 5 6 20 0 11 0 83';
  assert.equal(cpuTicks(stat), 154);
  assert.equal(cpuTicks(''), 0);
});

test('peak memory is read in bytes; a process that ended has none', () => {
  assert.equal(peakBytesOf('VmPeak:\t  9 kB\nVmHWM:\t  2048 kB\nVmRSS:\t 1 kB\n'), 2 << 20);
  assert.equal(peakBytesOf(''), 0);
});

test('work between start and end shows as CPU time of the process', () => {
  const finish = startUsage([{ pid: process.pid, role: 'self' }]);
  const startedMs = performance.now();
  while (performance.now() - startedMs < 120);
  const [self] = finish();
  assert.equal(self?.role, 'self');
  assert.ok(self !== undefined && self.cpuSeconds > 0.02);
  assert.ok(self.rssBytesMax > 10e6);
});
