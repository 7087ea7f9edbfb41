/** What can be done to a cluster: names, how long it lasts, what it needs. Done in faults.ts. */

export interface FaultTraits {
  /** One sentence for reports. */
  readonly what: string;
  /** Lasts so many milliseconds, both included, drawn anew each time. */
  readonly holdMs: readonly [number, number];
  /** `copies`: all that one broker holds is lost or damaged. The next one waits until that is made good. */
  readonly destroys: 'nothing' | 'copies';
  readonly needs: 'one broker' | 'several brokers' | 'links' | 'small disk';
}

const kind = (
  what: string,
  holdMs: readonly [number, number],
  needs: FaultTraits['needs'] = 'one broker',
  destroys: FaultTraits['destroys'] = 'nothing',
): FaultTraits => ({ what, holdMs, needs, destroys });

export const FAULT_KINDS = {
  kill: kind('kill -9 of some broker', [0, 4000]),
  'kill-leader': kind('kill -9 of the leader of some partition', [0, 4000]),
  'kill-controller': kind('kill -9 of the controller', [0, 4000]),
  'kill-all': kind('kill -9 of all brokers at once', [0, 2000]),
  'kill-storm': kind('kill -9 of some broker again and again while it starts', [2000, 6000]),
  restart: kind('SIGTERM of some broker, started again', [0, 2000]),
  pause: kind('SIGSTOP, later SIGCONT, of some broker', [300, 14_000]),
  'pause-leader': kind('SIGSTOP, later SIGCONT, of the leader of some partition', [300, 14_000]),
  'pause-controller': kind('SIGSTOP, later SIGCONT, of the controller', [300, 14_000]),
  wipe: kind(
    'kill -9, and the directory of the broker is emptied',
    [0, 2000],
    'several brokers',
    'copies',
  ),
  'flip-segment': kind(
    'kill -9, and a bit of a sealed segment is flipped',
    [0, 500],
    'several brokers',
    'copies',
  ),
  'flip-journal': kind(
    'kill -9, and a bit is flipped in what the journal holds for the next boot',
    [0, 500],
    'several brokers',
    'copies',
  ),
  'disk-full': kind('the disk of a broker is full', [1000, 8000], 'small disk'),
  'cut-link': kind('two brokers do not reach each other', [300, 14_000], 'links'),
  'cut-one-way': kind('what one broker sends to another is lost', [300, 14_000], 'links'),
  isolate: kind('a broker reaches no other broker, clients reach it', [300, 14_000], 'links'),
  unplug: kind('nobody reaches a broker and it reaches nobody', [300, 14_000], 'links'),
  'cut-clients': kind('clients do not reach a broker, its peers do', [300, 8000], 'links'),
  'store-locked': kind('somebody holds a write transaction on cluster.db', [300, 20_000]),
  'store-gone': kind('cluster.db is renamed', [300, 8000]),
} as const satisfies Record<string, FaultTraits>;

export type FaultKind = keyof typeof FAULT_KINDS;

export const ALL_FAULTS = Object.keys(FAULT_KINDS) as readonly FaultKind[];

export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(FAULT_KINDS, name);
}
