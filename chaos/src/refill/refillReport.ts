/** What a run with a broker that came back found: refill.json and refill.md. */
import type { Spread } from '../failover/failoverReport.ts';
import type { Flags } from '../flags.ts';
import { table } from '../report/markdown.ts';
import { commitOf, machine } from '../report/summary.ts';
import type { Outcome } from '../run.ts';
import type { Refill, Return } from './refill.ts';

export interface RefillSummary {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly seconds: number;
  readonly rate: number;
  readonly throttleBytesPerSecond: number;
  readonly logBytes: number;
  readonly calm: Spread;
  readonly returns: readonly Return[];
  readonly failures: readonly string[];
}

export function summarizeRefill(
  flags: Flags,
  throttleBytesPerSecond: number,
  { logBytes, calm, returns }: Refill,
  { failures, verdicts }: Outcome,
): RefillSummary {
  const wrong = verdicts.filter(({ count }) => count > 0);
  return {
    commit: commitOf(import.meta.dirname),
    date: new Date().toISOString(),
    machine: machine(),
    seconds: flags.refill ?? 0,
    rate: flags.rate,
    throttleBytesPerSecond,
    logBytes,
    calm,
    returns,
    failures: [...failures, ...wrong.map(({ checker, count }) => `${checker} ${count}`)],
  };
}

export function refillMarkdown(summary: RefillSummary): string {
  const { seconds, rate, throttleBytesPerSecond, logBytes, calm, returns, failures } = summary;
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const row = (what: string, { p50, p99, max }: Spread, more: readonly string[]) => [
    what,
    p50,
    p99,
    max,
    ...more,
  ];
  const parts = [
    '# A broker comes back',
    `Written by \`npm run chaos -- --refill ${seconds} --rate ${rate}\`; do not edit.`,
    `Commit ${summary.commit}, ${summary.date}, ${summary.machine}. Each broker held ${mib(logBytes)} MiB; ` +
      `catchupBytesPerSecondMax ${mib(throttleBytesPerSecond)} MiB; ${rate} records/s, acks all.`,
    failures.length === 0 ? '**Nothing was wrong.**' : `**Wrong: ${failures.join('; ')}**`,
    table(
      [
        'waits of producers, ms',
        'p50',
        'p99',
        'max',
        'in sync after, s',
        'written to its journal, MiB',
      ],
      [
        row('all is calm', calm, ['', '']),
        ...returns.map(({ what, waits, inSyncMs, journalBytes }) =>
          row(`a ${what} broker comes back`, waits, [
            (inSyncMs / 1000).toFixed(1),
            mib(journalBytes),
          ]),
        ),
      ],
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}
