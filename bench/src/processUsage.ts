/**
 * CPU time and peak memory of processes, from /proc (Linux). A process counts with its descendants, so that a wrapper
 * hides nothing. Resolution of CPU: 10 ms.
 */
import fs from 'node:fs';

export interface ProcessRole {
  readonly pid: number;
  readonly role: string;
}

export interface Usage {
  readonly role: string;
  readonly cpuSeconds: number;
  readonly rssBytesMax: number;
}

/** USER_HZ is 100 on every Linux platform that Node supports. */
const TICKS_PER_SECOND = 100;

/** Starts a measurement; the returned function ends it. Peak memory is reset at the start. */
export function startUsage(processes: readonly ProcessRole[]): () => Usage[] {
  for (const { pid } of processes) for (const each of tree(pid)) resetPeak(each);
  const before = processes.map(({ pid }) => cpuSeconds(pid));
  return () =>
    processes.map(({ pid, role }, i) => ({
      role,
      cpuSeconds: cpuSeconds(pid) - (before[i] ?? 0),
      rssBytesMax: tree(pid).reduce((sum, each) => sum + peakBytes(each), 0),
    }));
}

function tree(pid: number): number[] {
  const children = readProc(`/proc/${pid}/task/${pid}/children`).trim().split(/\s+/);
  return [pid, ...children.filter((text) => text !== '').flatMap((child) => tree(Number(child)))];
}

function cpuSeconds(pid: number): number {
  const ticks = tree(pid).reduce((sum, each) => sum + cpuTicks(readProc(`/proc/${each}/stat`)), 0);
  return ticks / TICKS_PER_SECOND;
}

/** utime + stime are fields 14 and 15; the command in field 2 may hold blanks and parentheses. */
export function cpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

export function peakBytesOf(status: string): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

const peakBytes = (pid: number): number => peakBytesOf(readProc(`/proc/${pid}/status`));

/** A process that ended reads as empty. */
function readProc(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function resetPeak(pid: number): void {
  try {
    fs.writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Not permitted here: the peak is then that of the process's whole life, an upper bound.
  }
}
