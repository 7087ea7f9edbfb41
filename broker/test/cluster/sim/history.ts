import type { Acks } from '../../../src/replication/partition.ts';

/** `topic/partition`, of one topic id. */
export type PartitionKey = string;

/** One record that a client sent, once: its value is its own. */
export interface Produced {
  readonly value: string;
  readonly partition: PartitionKey;
  readonly producer: string;
  /** Of this producer in this partition, in the order of its calls. */
  readonly number: number;
  readonly acks: Acks;
  readonly sentMs: number;
  outcome: 'pending' | 'acknowledged' | 'not-applied' | 'unknown';
  settledMs: number;
  /** As acknowledged. */
  offset: number;
  leaderEpoch: number;
}

/** One record that a reader was given. */
export interface Observed {
  readonly partition: PartitionKey;
  readonly offset: number;
  readonly value: string;
  /** Of its batch. */
  readonly leaderEpoch: number;
  /** Polls of one reader go on where the one before ended. */
  readonly reader: string;
  readonly broker: number;
  readonly atMs: number;
}

/** A replica when all is over. */
export interface FinalLog {
  readonly partition: PartitionKey;
  readonly broker: number;
  readonly isLeader: boolean;
  readonly start: number;
  readonly highWatermark: number;
  readonly records: ReadonlyMap<number, string>;
}

/** What clients saw of a cluster, for the checkers. */
export class History {
  readonly produced: Produced[] = [];
  readonly observed: Observed[] = [];
  readonly finals: FinalLog[] = [];
  /** Where a reader was told to go on after what it wanted had been removed by retention. */
  readonly jumps: { readonly reader: string; readonly partition: PartitionKey; to: number }[] = [];
  readonly #numbers = new Map<string, number>();

  send(producer: string, partition: PartitionKey, acks: Acks, sentMs: number): Produced {
    const key = `${producer} ${partition}`;
    const number = this.#numbers.get(key) ?? 0;
    this.#numbers.set(key, number + 1);
    const produced: Produced = {
      value: `${producer}.${partition.slice(0, 4)}${partition.slice(partition.indexOf('/'))}.${number}`,
      partition,
      producer,
      number,
      acks,
      sentMs,
      outcome: 'pending',
      settledMs: Number.POSITIVE_INFINITY,
      offset: -1,
      leaderEpoch: -1,
    };
    this.produced.push(produced);
    return produced;
  }
}
