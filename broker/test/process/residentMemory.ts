/** What a process holds in memory, from the kernel; undefined where there is no /proc. */
import { readFileSync, writeFileSync } from 'node:fs';

const MIB = 2 ** 20;

export function residentMiB(pid: number): number | undefined {
  return field(pid, 'VmRSS');
}

/** The most it ever held. */
export function peakResidentMiB(pid: number): number | undefined {
  return field(pid, 'VmHWM');
}

/** The peak begins anew at what it holds now. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // No such file, no peak either.
  }
}

/** Seconds of CPU that it used so far. */
export function cpuSeconds(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // User and system time in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

function field(pid: number, name: string): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return kib === undefined ? undefined : (Number(kib) * 1024) / MIB;
  } catch {
    return undefined;
  }
}
