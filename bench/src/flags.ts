/** The command line of the bench. */
import path from 'node:path';
import { parseArgs } from 'node:util';

export interface Flags {
  readonly quick: boolean;
  readonly targets: readonly string[] | undefined;
  readonly workloads: readonly string[] | undefined;
  readonly seconds: number;
  readonly runs: number;
  readonly brokers: number;
  readonly replicationFactor: number;
  readonly outDir: string;
}

export const usage = `npm run bench -- [options]

  --quick             shorter windows, no 1,000-partition row for peers: within 3 minutes once peers are built
  --targets LIST      of millrace,kafka,nats,nats-sync,ceiling       (default: all but nats-sync)
  --workloads LIST    of produce-1k,produce-100,consume-1k,rate-6,rate-1000   (default: all)
  --seconds N         length of one measured window, seconds         (default: 6; quick: 1.5)
  --runs N            repeats; each goes once round the targets      (default: 3)
  --brokers N         brokers of every target                        (default: 1)
  --replication N     replicas of every partition                    (default: min(3, brokers))
  --out DIR           where latest.json, README.md and chart.svg go  (default: docs/bench)

Peers need Java 17 and Maven (Kafka), Go (NATS); they are cached in $MILLRACE_BENCH_CACHE or ~/.cache/millrace-bench.
`;

/** Throws on unknown flags and on numbers that are none. */
export function parseFlags(args: readonly string[]): Flags | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      quick: { type: 'boolean', default: false },
      targets: { type: 'string' },
      workloads: { type: 'string' },
      seconds: { type: 'string' },
      runs: { type: 'string', default: '3' },
      brokers: { type: 'string', default: '1' },
      replication: { type: 'string' },
      out: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  const brokers = positive('brokers', values.brokers);
  return {
    quick: values.quick,
    targets: values.targets?.split(','),
    workloads: values.workloads?.split(','),
    seconds: positive('seconds', values.seconds ?? (values.quick ? '1.5' : '6')),
    runs: positive('runs', values.runs),
    brokers,
    replicationFactor: positive('replication', values.replication ?? `${Math.min(3, brokers)}`),
    outDir: path.resolve(values.out ?? path.join(import.meta.dirname, '../../docs/bench')),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} wants a number above 0, not ${text}`);
  return value;
}
