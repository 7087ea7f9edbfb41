import type { PartitionLog } from '../../../src/log/partition/partitionLog.ts';
import { type ClusterWorld, partitionKey } from './clusterWorld.ts';
import type { Offsets } from './clientMessages.ts';
import type { Observed, PartitionKey, Produced } from './history.ts';
import type { SimMachine } from './simMachine.ts';
import type { TopicBook } from './topicBook.ts';

/** What must hold at every moment, of what brokers believe and of what clients were told (safety.md, simulation). */
export class ClusterInvariants {
  readonly #world: ClusterWorld;
  readonly #machines: readonly SimMachine[];
  readonly #book: TopicBook;
  /** Who led in an epoch of a partition. */
  readonly #leaders = new Map<string, string>();
  /** In which somebody is known to have led. */
  readonly #latestEpochs = new Map<PartitionKey, number>();
  /** What is committed at each offset, as far as clients know. */
  readonly #committed = new Map<PartitionKey, Map<number, string>>();
  readonly #committedEnds = new Map<PartitionKey, number>();
  /** Of what was acknowledged by all, by leader epoch. */
  readonly #endsByEpoch = new Map<PartitionKey, Map<number, number>>();
  /** Epoch of each copy, in each broker process. */
  readonly #epochs = new Map<string, number>();

  constructor(world: ClusterWorld, machines: readonly SimMachine[], book: TopicBook) {
    this.#world = world;
    this.#machines = machines;
    this.#book = book;
  }

  acknowledged(record: Produced): void {
    if (record.acks !== 'all') return;
    this.#commit(record.partition, record.offset, record.value, 'acknowledged');
    const ends = this.#endsByEpoch.get(record.partition) ?? new Map<number, number>();
    this.#endsByEpoch.set(record.partition, ends);
    const end = ends.get(record.leaderEpoch) ?? 0;
    ends.set(record.leaderEpoch, Math.max(end, record.offset + 1));
  }

  /** A leader tells no offset below what earlier leaders committed (rule 4). */
  told(partition: PartitionKey, { latest, leaderEpoch }: Offsets): void {
    for (const [epoch, end] of this.#endsByEpoch.get(partition) ?? []) {
      if (epoch >= leaderEpoch || end <= latest) continue;
      this.#world.violate(
        `${partition}: in epoch ${leaderEpoch} the latest offset is ${latest}; ${end} was committed in ${epoch}`,
      );
    }
  }

  observed({ partition, offset, value, reader, broker }: Observed): void {
    this.#commit(partition, offset, value, `seen by ${reader} on ${broker}`);
  }

  committedEnd(partition: PartitionKey): number {
    return this.#committedEnds.get(partition) ?? 0;
  }

  /** Of all brokers that are up. */
  check(): void {
    for (const machine of this.#machines) {
      if (machine.isPaused) continue;
      for (const partition of machine.member?.partitions() ?? []) {
        const { topicId, partition: number } = partition.identity;
        const key = partitionKey(topicId, number);
        const { leaderEpoch } = partition;
        const boot = `${machine.host}.${machine.boots}`;
        // A copy that starts anew knows of no epoch.
        const copy = `${boot} ${partition.copyName}`;
        const before = this.#epochs.get(copy) ?? -1;
        if (leaderEpoch < before) {
          this.#world.violate(`${boot}: ${key} goes back from epoch ${before} to ${leaderEpoch}`);
        }
        this.#epochs.set(copy, leaderEpoch);
        this.#checkEnds(boot, key, partition.log, partition.highWatermark);
        if (partition.role === 'leader') this.#checkLeader(boot, key, leaderEpoch, partition.log);
      }
    }
  }

  #checkEnds(boot: string, key: string, log: PartitionLog, highWatermark: number): void {
    if (log.failure !== undefined) return;
    if (highWatermark <= log.logEndOffset) return;
    this.#world.violate(
      `${boot}: ${key} has its high watermark at ${highWatermark}, its end at ${log.logEndOffset}`,
    );
  }

  #checkLeader(boot: string, key: PartitionKey, leaderEpoch: number, log: PartitionLog): void {
    const place = `${key} epoch ${leaderEpoch}`;
    const known = this.#leaders.get(place);
    if (known === boot) return;
    this.#leaders.set(place, boot);
    this.#world.transcript.note(boot, `leads ${place} from ${log.logEndOffset}`);
    if (known !== undefined) this.#world.violate(`${place} is led by ${known} and by ${boot}`);
    const committedEnd = this.#committedBefore(key, leaderEpoch);
    if (log.logEndOffset >= committedEnd || this.#book.isDeleted(log.topicId)) return;
    this.#world.violate(
      `${boot} leads ${place} and ends at ${log.logEndOffset}; committed is ${committedEnd}`,
    );
  }

  /** What a leader of the epoch must have. One that hears late that it was elected need not have what later epochs committed. */
  #committedBefore(key: PartitionKey, leaderEpoch: number): number {
    const latest = Math.max(leaderEpoch, this.#latestEpochs.get(key) ?? -1);
    this.#latestEpochs.set(key, latest);
    if (leaderEpoch === latest) return this.committedEnd(key);
    const ends = Array.from(this.#endsByEpoch.get(key) ?? []);
    return Math.max(0, ...ends.map(([epoch, end]) => (epoch < leaderEpoch ? end : 0)));
  }

  #commit(partition: PartitionKey, offset: number, value: string, how: string): void {
    const records = this.#committed.get(partition) ?? new Map<number, string>();
    this.#committed.set(partition, records);
    const known = records.get(offset);
    records.set(offset, value);
    this.#committedEnds.set(partition, Math.max(this.committedEnd(partition), offset + 1));
    if (known === undefined || known === value) return;
    this.#world.violate(`${partition}@${offset} is ${known}; ${how}: ${value}`);
  }
}
