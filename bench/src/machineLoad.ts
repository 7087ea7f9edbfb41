/**
 * How much CPU went to anything but the processes measured: other work on the machine, and the kernel's own threads
 * (writing back pages). Figures taken beside a busy neighbour are not worth comparing, so that the report shows it.
 */
import fs from 'node:fs';
import os from 'node:os';

const TICKS_PER_SECOND = 100;

/** Starts a measurement; the returned function ends it, given the CPU seconds of what was measured: 0 to 1. */
export function startMachineLoad(): (measuredCpuSeconds: number) => number {
  const startedMs = performance.now();
  const before = busySeconds(fs.readFileSync('/proc/stat', 'utf8'));
  return (measuredCpuSeconds) => {
    const busy = busySeconds(fs.readFileSync('/proc/stat', 'utf8')) - before;
    const available = ((performance.now() - startedMs) / 1000) * os.availableParallelism();
    return Math.min(1, Math.max(0, (busy - measuredCpuSeconds) / available));
  };
}

/** user + nice + system + irq + softirq of the line for all cores; guest time is in user already. */
export function busySeconds(stat: string): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = stat
    .split('\n', 1)
    .join('')
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}
