/** What one run of the bench found: the content of latest.json. */
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import type { Figures } from '../summary.ts';

export interface Report {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly settings: {
    readonly brokers: number;
    readonly replicationFactor: number;
    readonly runs: number;
    readonly seconds: number;
    readonly warmupSeconds: number;
  };
  readonly targets: readonly { readonly name: string; readonly description: string }[];
  readonly figures: readonly Figures[];
}

/** The commit, with `+` when tracked files differ from it; `unknown` outside a checkout. */
export function commitOf(dir: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: dir, encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return git('rev-parse', '--short=12', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}

export function machine(): string {
  const cpus = os.cpus();
  const gib = Math.round(os.totalmem() / 2 ** 30);
  const cpu = cpus[0]?.model.trim() ?? os.arch();
  return `${cpus.length} x ${cpu}, ${gib} GiB, ${os.type()} ${os.release()}, Node ${process.version}`;
}
