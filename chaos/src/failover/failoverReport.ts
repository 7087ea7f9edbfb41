/** What a failover run found: failover.json and failover.md. */
import type { Verdict } from '../check/judge.ts';
import type { Flags } from '../flags.ts';
import { list, table } from '../report/markdown.ts';
import { commitOf, machine } from '../report/summary.ts';
import type { Outcome } from '../run.ts';
import { BLOWS, type Blow, type FailoverRound } from './failover.ts';

export interface Spread {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface FailoverSummary {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly blow: Blow;
  readonly brokers: number;
  readonly partitions: number;
  readonly rate: number;
  readonly rounds: readonly FailoverRound[];
  /** Milliseconds, of every partition that the broker led. */
  readonly nextAck: Spread;
  /** Milliseconds, one of each round. */
  readonly longestGap: Spread;
  readonly inSync: Spread;
  readonly failedSends: number;
  readonly failures: readonly string[];
  readonly verdicts: readonly Verdict[];
}

export function blowOf({ faults }: Flags): Blow {
  const [first, ...more] = faults;
  const blow = BLOWS.find((name) => name === first);
  if (blow === undefined || more.length > 0) {
    throw new Error(`--failover wants one of --faults ${BLOWS.join(', ')}`);
  }
  return blow;
}

/** Nearest rank. Of nothing: zeros. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const rank = (share: number): number =>
    Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return { samples: sorted.length, p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}

export function summarizeFailover(
  flags: Flags,
  rounds: readonly FailoverRound[],
  outcome: Outcome,
): FailoverSummary {
  const nextAcks = rounds.flatMap(({ nextAckMs }) => nextAckMs);
  const never = nextAcks.filter((ms) => ms === null).length;
  const failures = [...outcome.failures];
  if (never > 0) failures.push(`${never} partitions took no record within a minute`);
  return {
    commit: commitOf(import.meta.dirname),
    date: new Date().toISOString(),
    machine: machine(),
    blow: blowOf(flags),
    brokers: flags.brokers,
    partitions: flags.partitions,
    rate: flags.rate,
    rounds,
    nextAck: spread(nextAcks.filter((ms) => ms !== null)),
    longestGap: spread(rounds.map(({ longestGapMs }) => longestGapMs)),
    inSync: spread(rounds.map(({ inSyncMs }) => inSyncMs)),
    failedSends: rounds.reduce((sum, { failedSends }) => sum + failedSends, 0),
    failures,
    verdicts: outcome.verdicts,
  };
}

export function failoverMarkdown(summary: FailoverSummary): string {
  const { blow, brokers, partitions, rate, rounds, verdicts, failures } = summary;
  const wrong = verdicts.filter(({ count }) => count > 0);
  const row = (what: string, { samples, p50, p99, max }: Spread): (string | number)[] => [
    what,
    samples,
    p50,
    p99,
    max,
  ];
  const parts = [
    `# Failover: ${blow}`,
    `Written by \`npm run chaos -- --failover ${rounds.length} --faults ${blow} --rate ${rate}\`; do not edit.`,
    `Commit ${summary.commit}, ${summary.date}, ${summary.machine}. ${brokers} brokers, ${partitions} partitions, ` +
      `${rate} records/s, acks all.`,
    wrong.length + failures.length === 0
      ? '**Nothing was wrong.**'
      : `**Wrong: ${[...wrong.map(({ checker, count }) => `${checker} ${count}`), ...failures].join('; ')}**`,
    table(
      ['milliseconds', 'samples', 'p50', 'p99', 'max'],
      [
        row('until a record sent after the blow is acknowledged, by partition', summary.nextAck),
        row(
          'longest time without an acknowledgement until all is in sync again',
          summary.longestGap,
        ),
        row('from letting the broker go until all copies are in sync', summary.inSync),
      ],
    ),
    `Failed sends: ${summary.failedSends}.`,
    list(wrong.flatMap(({ examples }) => examples)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function isGoodFailover({ failures, verdicts }: FailoverSummary): boolean {
  return failures.length === 0 && verdicts.every(({ count }) => count === 0);
}
