/** The command line of the chaos runs. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PRODUCING, type Producing } from './load/producing.ts';
import { ALL_FAULTS, FAULT_KINDS, type FaultKind, isFaultKind } from './fault/faultKind.ts';

export interface Flags {
  readonly seconds: number;
  readonly seed: number;
  readonly brokers: number;
  readonly faults: readonly FaultKind[];
  readonly atOnceMax: number;
  readonly partitions: number;
  readonly rate: number;
  readonly producers: number;
  readonly producing: Producing;
  readonly consumers: number;
  /** Number of kills of the failover bench; undefined: a chaos run. */
  readonly failover: number | undefined;
  /** Number of kills of a run with many partitions and no load; undefined: another run. */
  readonly scale: number | undefined;
  /** Seconds of filling before a broker is wiped; undefined: another run. */
  readonly refill: number | undefined;
  /** Where the report goes; undefined: nowhere. */
  readonly out: string | undefined;
  readonly keep: boolean;
  readonly namespaces: 'if-possible' | 'never';
}

export function usage(): string {
  const kinds = ALL_FAULTS.map((kind) => `    ${kind.padEnd(17)} ${FAULT_KINDS[kind].what}`);
  return `npm run chaos -- [options]

Runs brokers as processes, producers and consumers on them, and faults; then judges what they saw.
Exit code 1 if anything was wrong.

  --brokers N         (default 3)
  --seconds N         of faults; start, healing and judging come on top   (default 60)
  --seed N            of the plan of faults; default: a new one, which is printed
  --faults LIST       of those below; "all" (default), and "all,-pause,-wipe" leaves some out
  --at-once N         faults that overlap at most; 1: singly              (default 3)
  --partitions N      (default 6)
  --rate N            records per second, of all producers together       (default 1500; failover 5000)
  --producers N       (default 3)
  --producing HOW     mixed: idempotent but for the last (default); idempotent: all (default of failover);
                      doubling: none, and they send again what may be in the log: duplicates must be found
  --consumers N       that follow; one more comes and goes                (default 2)
  --failover N        instead: N times the leader is killed with -9, and how long its partitions
                      are without an acknowledgement is measured; --faults kill-leader (default),
                      kill-controller, pause-leader, pause-controller or
                      restart says what is done to it
  --graceful N        the same with an orderly stop (--faults restart): nobody should notice it
  --scale N           instead: what --partitions (10000) without load cost, and how long they are
                      without leaders when a broker is killed with -9, N times
  --refill SECONDS    instead: after so long a broker is wiped, then killed, and comes back under load
  --out DIR           writes chaos.json and chaos.md (failover-<fault>.json and .md) there
  --keep              keeps the directory with data and logs of the brokers
  --no-namespaces     all at 127.0.0.1: no faults of links, no full disk

Faults:
${kinds.join('\n')}
`;
}

/** Throws on unknown flags and on values that are none. */
export function parseFlags(args: readonly string[], newSeed: () => number): Flags | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      brokers: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string' },
      faults: { type: 'string' },
      'at-once': { type: 'string', default: '3' },
      partitions: { type: 'string' },
      rate: { type: 'string' },
      producers: { type: 'string', default: '3' },
      producing: { type: 'string' },
      consumers: { type: 'string', default: '2' },
      failover: { type: 'string' },
      graceful: { type: 'string' },
      scale: { type: 'string' },
      refill: { type: 'string' },
      out: { type: 'string' },
      keep: { type: 'boolean', default: false },
      'no-namespaces': { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.failover !== undefined && values.graceful !== undefined) {
    throw new Error('--failover and --graceful are two runs');
  }
  const times = values.graceful ?? values.failover;
  const failover = times === undefined ? undefined : count('failover', times);
  const standard =
    values.graceful !== undefined ? 'restart' : failover === undefined ? 'all' : 'kill-leader';
  return {
    brokers: count('brokers', values.brokers),
    seconds: count('seconds', values.seconds),
    seed: values.seed === undefined ? newSeed() : count('seed', values.seed, 0),
    faults: faultKinds(values.faults ?? standard),
    atOnceMax: count('at-once', values['at-once']),
    partitions: count(
      'partitions',
      values.partitions ?? (values.scale === undefined ? '6' : '10000'),
    ),
    rate: count('rate', values.rate ?? (failover === undefined ? '1500' : '5000')),
    producers: count('producers', values.producers),
    producing: producingOf(values.producing ?? (failover === undefined ? 'mixed' : 'idempotent')),
    consumers: count('consumers', values.consumers),
    failover,
    scale: values.scale === undefined ? undefined : count('scale', values.scale),
    refill: values.refill === undefined ? undefined : count('refill', values.refill),
    out: values.out === undefined ? undefined : path.resolve(values.out),
    keep: values.keep,
    namespaces: values['no-namespaces'] ? 'never' : 'if-possible',
  };
}

function producingOf(text: string): Producing {
  const known = PRODUCING.find((each) => each === text);
  if (known === undefined)
    throw new Error(`--producing ${text} is none of ${PRODUCING.join(', ')}`);
  return known;
}

function faultKinds(list: string): readonly FaultKind[] {
  const wanted = new Set<FaultKind>();
  for (const name of list.split(',')) {
    if (name === 'all') for (const kind of ALL_FAULTS) wanted.add(kind);
    else if (name.startsWith('-')) wanted.delete(known(name.slice(1)));
    else wanted.add(known(name));
  }
  if (wanted.size === 0) throw new Error(`--faults ${list} leaves none`);
  return [...wanted];
}

function known(name: string): FaultKind {
  if (!isFaultKind(name)) {
    throw new Error(`--faults: ${name} is none of ${ALL_FAULTS.join(', ')}`);
  }
  return name;
}

function count(name: string, text: string, min = 1): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min) {
    throw new Error(`--${name} wants an integer from ${min}, not ${text}`);
  }
  return value;
}
