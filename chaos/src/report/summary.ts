/** What a chaos run says of itself: chaos.json. */
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import type { Verdict } from '../check/judge.ts';
import { ALL_FAULTS, FAULT_KINDS } from '../fault/faultKind.ts';
import type { FaultEvent } from '../fault/faultRunner.ts';
import type { RandomFaults } from '../fault/randomFaults.ts';
import type { Flags } from '../flags.ts';
import { type AckGap, longestWithin } from '../history/ackGaps.ts';
import type { Outcome } from '../run.ts';

export interface FaultSummary {
  readonly kind: string;
  readonly what: string;
  readonly times: number;
  readonly skipped: number;
  /** Longest time without an acknowledgement in one partition that reaches into one of them, in milliseconds. */
  readonly longestGapMs: number;
  /** The same of those that hit a whole cluster alone; null: none did. */
  readonly longestGapAloneMs: number | null;
}

export interface ChaosSummary {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  /** Repeats the plan, though not the timing of processes. */
  readonly command: string;
  readonly seconds: number;
  readonly operations: {
    readonly sent: number;
    readonly acknowledged: number;
    readonly shown: number;
    readonly brokerStarts: number;
  };
  readonly sendErrors: Readonly<Record<string, number>>;
  readonly readErrors: Readonly<Record<string, number>>;
  readonly faults: readonly FaultSummary[];
  readonly leftOut: Readonly<Record<string, string>>;
  readonly longestGapMs: number;
  readonly healedAfterMs: number;
  readonly ownExits: readonly string[];
  readonly latentDamage: number;
  readonly failures: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/** A partition that was without a leader gets its first acknowledgement somewhat after the fault is over. */
const AFTER_MS = 500;

export function summarize(
  flags: Flags,
  { events, leftOut }: Pick<RandomFaults, 'events' | 'leftOut'>,
  outcome: Outcome,
  endedMs: number,
): ChaosSummary {
  const { gaps, startedMs } = outcome;
  return {
    commit: commitOf(import.meta.dirname),
    date: new Date().toISOString(),
    machine: machine(),
    command: commandOf(flags),
    seconds: Math.round((endedMs - startedMs) / 1000),
    operations: {
      sent: outcome.sent,
      acknowledged: outcome.acknowledged,
      shown: outcome.shown,
      brokerStarts: outcome.starts,
    },
    sendErrors: outcome.sendErrors,
    readErrors: outcome.readErrors,
    faults: faultSummaries(events, gaps),
    leftOut,
    longestGapMs: Math.round(Math.max(0, ...gaps.map(({ fromMs, toMs }) => toMs - fromMs))),
    healedAfterMs: Math.round(outcome.healedAfterMs),
    ownExits: outcome.ownExits.map(({ brokerId, atMs, code, signal, lastLines }) => {
      const seconds = ((atMs - startedMs) / 1000).toFixed(1);
      const how = signal ?? `code ${code}`;
      return `broker ${brokerId} at ${seconds} s with ${how}: ${lastLines.at(-1) ?? ''}`;
    }),
    latentDamage: outcome.latentDamage,
    failures: outcome.failures,
    verdicts: outcome.verdicts,
  };
}

export function isGood({ failures, verdicts }: ChaosSummary): boolean {
  return failures.length === 0 && verdicts.every(({ count }) => count === 0);
}

function faultSummaries(events: readonly FaultEvent[], gaps: readonly AckGap[]): FaultSummary[] {
  return ALL_FAULTS.flatMap((kind) => {
    const all = events.filter((event) => event.kind === kind);
    if (all.length === 0) return [];
    const done = all.filter(({ skipped }) => skipped === undefined);
    const alone = done.filter(({ isAlone }) => isAlone);
    return [
      {
        kind,
        what: FAULT_KINDS[kind].what,
        times: done.length,
        skipped: all.length - done.length,
        longestGapMs: longestOf(done, gaps),
        longestGapAloneMs: alone.length === 0 ? null : longestOf(alone, gaps),
      },
    ];
  });
}

function longestOf(events: readonly FaultEvent[], gaps: readonly AckGap[]): number {
  const longest = events.map(({ fromMs, toMs }) => {
    const gap = longestWithin(gaps, fromMs, toMs + AFTER_MS);
    return gap === undefined ? 0 : gap.toMs - gap.fromMs;
  });
  return Math.round(Math.max(0, ...longest));
}

function commandOf(flags: Flags): string {
  const { brokers, seconds, seed, faults, atOnceMax, partitions, rate, producing } = flags;
  const list = faults.length === ALL_FAULTS.length ? 'all' : faults.join(',');
  return (
    `npm run chaos -- --brokers ${brokers} --seconds ${seconds} --seed ${seed} --faults ${list} ` +
    `--at-once ${atOnceMax} --partitions ${partitions} --rate ${rate} --producing ${producing}`
  );
}

/** The commit, with `+` when tracked files differ from it; `unknown` outside a checkout. */
export function commitOf(dir: string): string {
  const git = (...args: string[]): string =>
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
